import Glibc
import Nightjar
import NightjarAPI
import NightjarCore
import NightjarMiner
import NightjarNode
import NightjarOpenCL
import NightjarPlatform
import NightjarWire
import Synchronization

/// A run of `mine`, from its settings to its exit code.
struct MineRun {
    let settings: RunSettings
    /// What the user should know about the settings, one sentence each.
    let warnings: [String]
    let sources: SettingSources
    let engine: Engine
    let output: LineOutput
    let signals: Signals

    /// The program's name and version, as sent to pools.
    static let agent = "nightjar/\(Version.number)"

    /// All secrets of this process, so that a pool's words hide those of the others too.
    static let secrets = KnownSecrets()

    /// Measured by this process, for all its pools.
    static let rate = KnownRate()

    var isForPeople: Bool { settings.log == .text }

    var limits: Miner.Limits {
        var limits = Miner.Limits()
        limits.duration = settings.maxSeconds.map { .seconds($0) }
        limits.shares = settings.maxShares
        return limits
    }

    /// Tells people who mines, and on which devices.
    func introduce() {
        guard isForPeople else { return }
        output.write("nightjar \(Version.number)")
        for device in engine.devices { output.write("  \(device.id): \(printable(device.name))") }
        for warning in warnings { output.write("warning: \(printable(warning))") }
    }

    func atPools() async throws(CommandError) -> Int32 {
        let upstream: PoolGroup
        do { upstream = PoolGroup(try Self.links(settings, engine)) } catch { throw CommandError(error) }
        introduce()
        let opened: RunLedger
        do { opened = try RunLedger(settings.ledger) } catch { throw CommandError(.failed, "\(error)") }
        let ledger = opened.ledger
        var notices = opened.notices
        if let forgotten = try? ledger.forget(olderThan: settings.ledgerDays), forgotten.inDoubt > 0 {
            notices.append(
                """
                \(forgotten.inDoubt) shares are older than \(settings.ledgerDays) days by this clock, and stay: the ledger \
                was not used on as many days since
                """)
        }
        if isForPeople {
            for pool in settings.pools {
                output.write("mining at \(pool.settings.url) for \(printable(pool.settings.user))")
            }
            for notice in notices { output.write("warning: \(printable(notice))") }
            if opened.fault == nil { output.write("shares are written to \(ledger.path)") }
            if ledger.recovered > 0 {
                output.write("\(ledger.recovered) unfinished shares of an earlier run have expired")
            }
        }
        return try await mine(
            upstream, ledger, limits, pools: upstream, ledgerWarnings: notices, historyFault: opened.fault)
    }

    /// The pools and nodes that the user listed, each with its own login.
    static func links(_ settings: RunSettings, _ engine: Engine) throws(SettingError) -> [any UpstreamLink] {
        var common = UpstreamOptions()
        common.algorithms =
            settings.algorithm.map { [$0] }
            ?? Catalog.all.filter { algorithm in
                engine.devices.contains { engine.support(for: algorithm, on: $0.id) == .supported }
            }
        common.algorithm = settings.algorithm
        common.agent = agent
        common.secrets = secrets
        common.rate = rate
        secrets.add([settings.api?.token].compactMap { $0 })
        var links: [any UpstreamLink] = []
        for pool in settings.pools {
            do { links.append(try pool.settings.link(options: common)) } catch {
                throw SettingError(pool.origin, "\(error)")
            }
        }
        return links
    }

    /// - Parameters:
    ///   - pools: the group whose pools a changed configuration may replace.
    ///   - ledgerWarnings: what the user should know about the ledger, one sentence each.
    ///   - historyFault: why no file has the run's shares.
    func mine(
        _ upstream: any Upstream, _ ledger: ShareLedger, _ limits: Miner.Limits, pools: PoolGroup?,
        ledgerWarnings: [String] = [], historyFault: String? = nil
    ) async throws(CommandError) -> Int32 {
        let hashing: Mining
        do { hashing = try engine.startMining() } catch { throw CommandError(.failed, "\(error)") }
        let statistics = Statistics(devices: engine.devices, pool: upstream.name, historyFault: historyFault)
        let teller: any Reporter =
            isForPeople
            ? HumanReporter(write: output.event)
            : JSONReporter(warnings: warnings + ledgerWarnings, write: output.write)
        let reporter = Reporters([RateReporter(Self.rate), teller])
        let miner = Miner(
            hashing: hashing, devices: engine.devices.map(\.id), upstream: upstream, ledger: ledger,
            reporter: reporter, statistics: statistics, limits: limits)
        ProgramTrial.tell.withLock { $0 = { line in Task { await miner.tell(.notice(line)) } } }
        let screen = isForPeople ? Screen(output, statistics, miner) : nil
        let caretaker = Caretaker(settings.care)
        let following = ConfigurationFollower(
            settings: settings, sources: sources, engine: engine, miner: miner, caretaker: caretaker, pools: pools)
        let hadTerminal = isatty(STDOUT_FILENO) == 1
        signals.hand(to: { [output] wish in
            Task {
                switch wish {
                case .end(let number): await miner.stop(.signal(number))
                case .haste: await miner.hurry()
                case .hangUp:
                    let isGone = hadTerminal && isatty(STDOUT_FILENO) == 0
                    guard !isGone, output.hasFile || following.hasFile else { return await miner.stop(.signal(SIGHUP)) }
                    output.reopen { reason in
                        Task { await miner.tell(.error("log file \(reason); the old file stays in use")) }
                    }
                    following.lookAgain()
                }
            }
        })
        let tasks = [
            Task { [output] in for await _ in output.lost { await miner.stop(.outputLost) } },
            Task { [output] in
                for await fault in output.full {
                    await miner.tell(.error("log file \(fault); the log is full, and takes no more lines"))
                }
            },
            Task { await following.run() },
            Task { await EnergyBook.keep(statistics, in: ledger) },
            Task { await caretaker.run(miner, devices: { following.devices }, statistics: statistics) },
            Task { [settings] in
                while (try? await Task.sleep(for: .seconds(6 * 3600))) != nil {
                    _ = try? ledger.forget(olderThan: settings.ledgerDays)
                }
            },
        ]
        let api = try await startAPI(statistics, miner, following)
        let outcome = await miner.run()
        await api?.stop()
        for task in tasks { task.cancel() }
        screen?.close()
        let isWritten = output.flush()
        // Close the ledger here: the process ends while other code may still hold it.
        try? ledger.close()
        do { return try status(outcome) } catch {
            guard isWritten else {
                // Standard error may be the same pipe, whose reader has stopped.
                Output.tryStandardError("error: \(printable(error.message))")
                return error.code.rawValue
            }
            throw error
        }
    }

    private func status(_ outcome: Miner.Outcome) throws(CommandError) -> Int32 {
        switch outcome.end {
        case .signal(let number): return 128 + number
        case .shares, .request, .outputLost: break
        case .noDevice(let reason): throw CommandError(.failed, "no usable device is left: \(reason)")
        case .noUpstream(let reason): throw CommandError(.unavailable, "no pool or node can be used: \(reason)")
        case .duration:
            guard !outcome.hadJob else { break }
            let why = outcome.trouble.map { ": \($0)" } ?? ""
            throw CommandError(.unavailable, "no pool or node could be used before --max-seconds ran out\(why)")
        }
        // The summary's line must have been written, too.
        if let loss = output.loss { throw CommandError(.failed, "standard output: \(loss)") }
        return 0
    }
}
