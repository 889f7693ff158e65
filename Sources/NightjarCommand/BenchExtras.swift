import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarReport

/// What a benchmark measures beside each pair alone, where the user wants it.
struct BenchExtras {
    let together: Bool
    let scan: Bool
    let ceilings: Bool
    /// Seconds of a window.
    let seconds: Double
    let settings: TuningSettings?

    struct Findings: Sendable {
        var together: TogetherRates?
        var scan: [ScanPoint] = []
        /// By the result's index.
        var reached: [Int: [ReachedLimit]] = [:]
        var warnings: [String] = []
    }

    /// - Parameter measured: the results of `pairs`, in the same order.
    func measure(
        _ pairs: [AlgorithmOnDevice], _ measured: [BenchMeasurement.Measured], _ engine: Engine, mode: RandomXMode
    ) async throws(CommandError) -> Findings {
        let progress = BenchProgress()
        defer { progress.clear() }
        var findings = Findings()
        let good = zip(pairs, measured).filter { $1.row.hashrate != nil }
        if together { try await measureTogether(good.map(\.0), engine, mode, progress, &findings) }
        if scan {
            for (pair, result) in good {
                let scan = BenchScan(seconds: seconds)
                let usual = result.outcome.facts
                let found = try await blocking(engine) { core, cancellation in
                    scan.measure(pair, usual: usual, core, cancellation, progress: progress)
                }
                findings.scan += found.points
                findings.warnings += found.faults.map { "No speed of the scan for \($0)." }
            }
        }
        if ceilings { await measureCeilings(pairs, measured, engine, progress, &findings) }
        return findings
    }

    private func measureTogether(
        _ pairs: [AlgorithmOnDevice], _ engine: Engine, _ mode: RandomXMode, _ progress: BenchProgress,
        _ findings: inout Findings
    ) async throws(CommandError) {
        var rates = TogetherRates(results: [], sums: [])
        var algorithms: [Algorithm] = []
        for pair in pairs where !algorithms.contains(pair.algorithm) { algorithms.append(pair.algorithm) }
        for algorithm in algorithms {
            let mine = pairs.filter { $0.algorithm == algorithm }
            guard mine.count > 1 else { continue }
            let fits =
                BenchGroups.groups(mine, devices: engine.devices, mode: mode, memory: AvailableMemory.current()).count
                == 1
            guard fits else {
                findings.warnings.append("\(algorithm) was not measured on all devices at once: memory is too short.")
                continue
            }
            progress.begin("together: \(algorithm)", "on \(mine.map(\.device.description).joined(separator: ", "))")
            let benchmark = BenchTogether(seconds: seconds, settings: settings)
            let devices = mine.map(\.device)
            let found = try await blocking(engine) { core, cancellation in
                benchmark.measure(algorithm, on: devices, core, cancellation)
            }
            if let fault = found.fault {
                findings.warnings.append("\(algorithm) was not measured on all devices at once: \(fault).")
                continue
            }
            rates.results += found.rates.map {
                .init(pair: MeasuredPair(algorithm.name, $0.device.description), hashrate: $0.rate)
            }
            rates.sums.append(.init(algorithm: algorithm.name, hashrate: found.rates.reduce(0) { $0 + $1.rate }))
        }
        findings.together = rates
    }

    private func measureCeilings(
        _ pairs: [AlgorithmOnDevice], _ measured: [BenchMeasurement.Measured], _ engine: Engine,
        _ progress: BenchProgress, _ findings: inout Findings
    ) async {
        var memory: [DeviceID: MemoryMeasurement] = [:]
        for device in engine.devices where device.id != .cpu && pairs.contains(where: { $0.device == device.id }) {
            progress.begin("ceilings of \(device.id)", "random reads, streams, integers")
            do { memory[device.id] = try await engine.measureMemory(of: device.id) } catch {
                findings.warnings.append("What \(device.id) can do was not measured: \(error)")
            }
        }
        progress.begin("ceilings", "the processor's clock")
        let clock = measured.contains { $0.row.device == "cpu" } ? BenchCeilings.clock() : nil
        for (index, result) in measured.enumerated() {
            guard let rate = result.row.hashrate else { continue }
            let work = HashWork(pairs[index].algorithm, isFull: result.outcome.randomX == .full)
            let device = pairs[index].device
            let reached =
                device == .cpu
                ? BenchCeilings.processor(work, rate: rate, threads: result.outcome.facts.lanes, clock: clock)
                : memory[device].map { BenchCeilings.device(work, rate: rate, $0, lanes: result.outcome.facts) } ?? []
            if !reached.isEmpty { findings.reached[index] = reached }
        }
    }

    private func blocking<Value: Sendable>(
        _ engine: Engine, _ body: @escaping @Sendable (EngineCore, Cancellation) -> Value
    ) async throws(CommandError) -> Value {
        do {
            return try await engine.withBenchSessions { core, cancellation throws(NightjarError) in
                body(core, cancellation)
            }
        } catch { throw CommandError(.failed, "\(error)") }
    }
}
