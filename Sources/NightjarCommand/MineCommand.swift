import Nightjar
import NightjarCore
import NightjarMiner
import NightjarStratum

extension Mine {
    func execute() async throws(Failure) -> Int32 {
        let signals = Signals()
        let targets = try targets()
        Secrets.hidePasswords()
        let limits = try limits()
        let wanted = try algorithm.map(Names.algorithm)
        let selectors = try Names.devices(device)
        let engine = try chooseDevices(selectors, for: wanted)
        let output = LineOutput()
        return sandbox
            ? try await mineInSandbox(engine, wanted, limits, output, signals)
            : try await mineAtPools(targets, engine, wanted, limits, output, signals)
    }

    private func mineAtPools(
        _ targets: [(url: PoolURL, login: Login)], _ engine: Engine, _ wanted: Algorithm?, _ limits: Miner.Limits,
        _ output: LineOutput, _ signals: Signals
    ) async throws(Failure) -> Int32 {
        var options = UpstreamOptions()
        options.algorithms = wanted.map { [$0] } ?? Catalog.all.filter { algorithm in
            engine.devices.contains { engine.support(for: algorithm, on: $0.id) == .supported }
        }
        options.algorithm = wanted
        options.agent = "nightjar/\(Program.version)"
        options.niceHash = niceHash
        options.keepalive = keepalive
        let upstream: PoolGroup = try .pools(targets, options: options)
        let ledger: ShareLedger
        do { ledger = try ShareLedger(path: LedgerLocation.standard()) } catch {
            throw Failure(.badConfiguration, "\(error)")
        }
        if log == nil {
            introduce(engine, output)
            for (url, login) in targets { output.write("mining at \(url) for \(HumanReporter.printable(login.user))") }
            output.write("shares are written to \(ledger.path)")
            if ledger.recovered > 0 { output.write("\(ledger.recovered) unfinished shares of an earlier run have expired") }
        }
        return try await mine(engine, upstream, ledger, limits, output, signals)
    }

    func mine(
        _ engine: Engine, _ upstream: any Upstream, _ ledger: ShareLedger, _ limits: Miner.Limits, _ output: LineOutput,
        _ signals: Signals
    ) async throws(Failure) -> Int32 {
        let reporter: any Reporter = log == .json ? JSONReporter(write: output.write) : HumanReporter(write: output.write)
        let miner = Miner(
            hashing: engine.startMining(), devices: engine.devices.map(\.id), upstream: upstream, ledger: ledger,
            reporter: reporter, limits: limits)
        signals.hand(to: { wish in
            Task {
                switch wish {
                case .end(let number): await miner.stop(.signal(number))
                case .haste: await miner.hurry()
                }
            }
        })
        let reader = Task { for await _ in output.lost { await miner.stop(.outputLost) } }
        let outcome = await miner.run()
        output.flush()
        // The process ends without waiting for the last user of the ledger to let go of it.
        try? ledger.close()
        reader.cancel()

        switch outcome.end {
        case .signal(let number): return 128 + number
        case .shares: return 0
        case .noDevice(let reason): throw Failure(.failed, "no usable device is left: \(reason)")
        case .outputLost: throw Failure(.failed, "standard output: nobody reads it any more")
        case .duration:
            guard !outcome.hadJob else { return 0 }
            let why = outcome.trouble.map { ": \($0)" } ?? ""
            throw Failure(.unavailable, "no pool or node could be used before --max-seconds ran out\(why)")
        }
    }

    /// Who mines, and on what.
    func introduce(_ engine: Engine, _ output: LineOutput) {
        output.write("nightjar \(Program.version)")
        for device in engine.devices { output.write("  \(device.id): \(HumanReporter.printable(device.name))") }
    }

    /// The engine on the devices that are to mine.
    ///
    /// A device that was named and cannot run the wanted algorithm is a fault; one that was only implied is left out.
    private func chooseDevices(_ selectors: [DeviceSelector]?, for wanted: Algorithm?) throws(Failure) -> Engine {
        let engine = try Failure.engine(devices: selectors, threads: threads, randomX: randomX)
        guard let wanted else { return engine }
        var able: [DeviceSelector] = []
        for device in engine.devices {
            switch engine.support(for: wanted, on: device.id) {
            case .supported: able.append(.device(device.id))
            case .unsupported(let reason):
                if let selectors, selectors.contains(.device(device.id)) || selectors == [.allOpenCL] {
                    throw Failure.cannotRun(wanted, on: device.id, reason: reason)
                }
            }
        }
        guard !able.isEmpty else { throw Failure(.failed, "no device here runs \(wanted)") }
        return able.count == engine.devices.count ? engine : try Failure.engine(devices: able, threads: threads, randomX: randomX)
    }
}
