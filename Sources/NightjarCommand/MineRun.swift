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
    let devices: MineDevices
    let output: LineOutput
    let signals: Signals

    var engine: Engine { devices.engine }

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

    /// Tells people who mines, on which devices and where, and warnings below that.
    ///
    /// - Parameter places: pools, the ledger and the like, each with its name.
    func introduce(_ places: [(name: String, text: String)], warnings more: [String] = []) {
        guard isForPeople else { return }
        let keys = Terminal.isThere ? Screen.keys : nil
        let lines = Introduction.lines(
            devices: engine.devices, rivals: devices.rivals, places: places, keys: keys)
        for line in lines { output.write(line) }
        for warning in warnings + more { output.write("warning: \(printable(warning))", .warning) }
    }

    func atPools() async throws(CommandError) -> Int32 {
        let split = try MineDevices.split(settings, engine)
        let plans: [Teams.Plan]
        do { plans = try Self.plans(settings, engine) } catch { throw CommandError(error) }
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
        var places = split.teams.flatMap { team in
            // Where all devices work for the same pools, they need no names.
            let names = team.devices.map(\.id.description).joined(separator: ", ")
            let who = split.teams.count > 1 ? " on \(names)" : ""
            return team.pools.map { (name: "pool", text: "\($0.settings.url) for \($0.settings.user)\(who)") }
        }
        if opened.fault == nil { places.append((name: "shares", text: ledger.path)) }
        introduce(places, warnings: split.warnings + notices)
        if isForPeople, ledger.recovered > 0 {
            output.write("\(ledger.recovered) unfinished shares of an earlier run have expired")
        }
        return try await mine(
            plans, ledger, limits, pools: settings.pools.map(\.url.description),
            ledgerWarnings: split.warnings + notices,
            historyFault: opened.fault)
    }

    /// The devices with their pools and nodes, each pool with its own login.
    static func plans(_ settings: RunSettings, _ engine: Engine) throws(SettingError) -> [Teams.Plan] {
        secrets.add([settings.api?.token].compactMap { $0 })
        // A file that cannot be read is told by `bench --keep`, and does no harm here.
        let measured = MeasuredRates.place().flatMap { try? MeasuredRates(path: $0) } ?? MeasuredRates()
        let split = try TeamSplit(settings, devices: engine.devices) { engine.support(for: $0, on: $1) }
        return try split.teams.map { (team) throws(SettingError) in
            let able = Catalog.all.filter { algorithm in
                team.devices.contains { engine.support(for: algorithm, on: $0.id) == .supported }
            }
            let pools = try team.pools.map { (pool) throws(SettingError) in
                var options = UpstreamOptions()
                options.algorithm = pool.algorithm ?? settings.algorithm
                options.algorithms = options.algorithm.map { [$0] } ?? able
                options.agent = agent
                options.secrets = secrets
                options.rate = rate
                options.measured = measured.sums(of: team.devices)
                do throws(PoolURLError) {
                    return TeamPools.Member(try pool.settings.link(options: options), weight: pool.weight)
                } catch {
                    let isUser = if case .badAddress = error { true } else { false }
                    throw SettingError(isUser ? pool.userOrigin : pool.origin, "\(error)")
                }
            }
            return Teams.Plan(devices: team.devices, pools: pools)
        }
    }

    /// Starts the lanes of teams on an engine.
    static func start(_ engine: Engine) -> Teams.Start {
        { devices, count, earlier in
            try engine.startMining(on: devices, runs: count, after: earlier.compactMap { $0 as? Mining })
        }
    }

    /// - Parameters:
    ///   - plans: the devices with their pools, which a changed configuration may replace.
    ///   - pools: their addresses, as the log begins with them.
    ///   - ledgerWarnings: what the user should know about ledger and devices, one sentence each.
    ///   - historyFault: why no file has the run's shares.
    func mine(
        _ plans: [Teams.Plan], _ ledger: ShareLedger, _ limits: Miner.Limits, pools: [String],
        ledgerWarnings: [String] = [],
        historyFault: String? = nil
    ) async throws(CommandError) -> Int32 {
        let statistics = Statistics(devices: [], pool: "", historyFault: historyFault)
        let teller: any Reporter =
            isForPeople
            ? HumanReporter(snapshot: { statistics.snapshot() }, write: output.event)
            : JSONReporter(warnings: warnings + ledgerWarnings, write: output.write)
        let reporter = Reporters([RateReporter(Self.rate), teller])
        reporter.report(
            .started(
                version: Version.number, devices: engine.devices.map(\.id.description), threads: settings.threads,
                pools: pools))
        let miner = Teams(
            ledger: ledger, reporter: reporter, statistics: statistics, limits: limits, slice: settings.slice,
            start: Self.start(engine))
        do { try await miner.form(plans) } catch { throw CommandError(.failed, "\(error)") }
        ProgramTrial.tell.withLock { $0 = { line in Task { await miner.tell(.notice(line)) } } }
        let screen = isForPeople ? Screen(output, statistics, miner) : nil
        let caretaker = Caretaker(settings.care)
        let following = ConfigurationFollower(
            settings: settings, sources: sources, engine: engine, miner: miner, caretaker: caretaker)
        let hadTerminal = isatty(Output.descriptor) == 1
        signals.hand(to: { [output] wish in
            Task {
                switch wish {
                case .end(let number):
                    // The run may be ending for another reason already, and the user wants no wait.
                    if statistics.snapshot().isStopping { await miner.hurry() }
                    await miner.stop(.signal(number))
                case .haste: await miner.hurry()
                case .hangUp:
                    let isGone = hadTerminal && isatty(Output.descriptor) == 0
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
