import NightjarCore
import NightjarDevices

extension Engine {
    /// Measures an algorithm on a device, after known answers have passed there.
    ///
    /// All lanes share the nonces from 0 on, so that the checksum depends on nothing but their number.
    /// With ``RandomXMode/automatic``, RandomX is in full mode on the CPU as it is in mining, unless the hashes asked
    /// for are so few that they are done before a dataset is. Nothing else should run meanwhile.
    /// - Parameters:
    ///   - algorithm: what to measure.
    ///   - device: one of ``Engine/devices``.
    ///   - length: how many hashes, or for how long.
    ///   - progress: called from the lanes' threads with the hashes done so far.
    /// - Throws: ``NightjarError``. No speed is told of a device whose hashes are wrong: then its code is `selftest`.
    public func bench(
        _ algorithm: Algorithm, on device: DeviceID, length: BenchLength, progress: (@Sendable (Int) -> Void)? = nil
    ) async throws(NightjarError) -> BenchResult {
        try await benchOutcome(algorithm, on: device, length: length, progress: progress).result.get()
    }

    /// As ``bench(_:on:length:progress:)``, for those who want to show a failure too.
    ///
    /// - Parameters:
    ///   - settings: launch settings that differ from the device's defaults, instead of what was tuned; `nil` for the
    ///     device as it mines.
    ///   - setup: called from a lane's thread, before the hashes, with how far a dataset is filled, from 0 to 1.
    package func benchOutcome(
        _ algorithm: Algorithm, on device: DeviceID, length: BenchLength,
        settings: TuningSettings? = nil, progress: (@Sendable (Int) -> Void)? = nil,
        setup: (@Sendable (Double) -> Void)? = nil
    ) async -> BenchOutcome {
        let core = core
        do {
            return try await blocking("bench") { cancellation throws(NightjarError) in
                core.bench(
                    algorithm, on: device, length: length, settings: settings, cancellation: cancellation,
                    progress: progress, setup: setup)
            }
        } catch {
            var outcome = core.emptyOutcome(algorithm, on: device)
            outcome.error = error
            return outcome
        }
    }
}

extension Engine {
    /// Runs `body`, which measures with ``EngineCore/benchSession(_:on:hashes:settings:cancellation:progress:setup:)``, on a
    /// thread that may block.
    package func withBenchSessions<Value: Sendable>(
        _ body: @escaping @Sendable (EngineCore, Cancellation) throws(NightjarError) -> Value
    ) async throws(NightjarError) -> Value {
        let core = core
        return try await blocking("bench") { cancellation throws(NightjarError) in try body(core, cancellation) }
    }
}

extension EngineCore {
    /// As ``Engine/benchOutcome(_:on:length:settings:progress:setup:)``, blocking the calling thread.
    package func bench(
        _ algorithm: Algorithm, on device: DeviceID, length: BenchLength, settings: TuningSettings? = nil,
        cancellation: Cancellation, progress: (@Sendable (Int) -> Void)? = nil,
        setup: (@Sendable (Double) -> Void)? = nil
    ) -> BenchOutcome {
        do { try length.check() } catch {
            var outcome = emptyOutcome(algorithm, on: device)
            outcome.error = error
            return outcome
        }
        let session = benchSession(
            algorithm, on: device, hashes: length.hashes, settings: settings, cancellation: cancellation,
            progress: progress, setup: setup)
        _ = session.measure(length)
        return session.end()
    }

    /// A benchmark with its lanes ready. It blocks the calling thread until they are.
    ///
    /// - Parameters:
    ///   - hashes: how many will be wanted; `nil` when that is not known, or for many.
    ///   - lanes: CPU threads, in place of the engine's number.
    package func benchSession(
        _ algorithm: Algorithm, on device: DeviceID, hashes: UInt64?, settings: TuningSettings? = nil,
        lanes: Int? = nil, cancellation: Cancellation, progress: (@Sendable (Int) -> Void)? = nil,
        setup: (@Sendable (Double) -> Void)? = nil
    ) -> BenchSession {
        let run = BenchRun(
            algorithm: algorithm, device: device, settings: settings, randomX: randomX, cancellation: cancellation,
            setup: setup, progress: progress)
        return BenchSession(
            run, backend(of: device), threads: lanes ?? threads, hashes: hashes, emptyOutcome(algorithm, on: device))
    }

    /// The settings of a scan over batches: those that are given, with an eighth of their batch to eight times it, as far as
    /// the device allows. Batches rise, and the given one is among them. Empty for a device that has no batches.
    ///
    /// - Parameter settings: all settings that the device was measured with, tuned or not.
    package func batchScan(
        _ algorithm: Algorithm, on device: DeviceID, around settings: TuningSettings
    ) -> [TuningSettings] {
        guard let tunable = backend(of: device) as? any TunableBackend, let batch = settings["batch"] else { return [] }
        let batches = Set([8, 4, 2].map { batch / $0 } + [1, 2, 4, 8].map { batch * $0 })
        return batches.filter { $0 > 0 }.sorted().compactMap { batch in
            var settings = settings
            settings["batch"] = batch
            return (try? tunable.plan(algorithm, on: device, settings: settings)) == nil ? nil : settings
        }
    }

    func emptyOutcome(_ algorithm: Algorithm, on device: DeviceID) -> BenchOutcome {
        BenchOutcome(
            algorithm: algorithm, device: device, deviceName: devices.first { $0.id == device }?.name ?? "")
    }
}
