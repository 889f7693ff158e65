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

extension EngineCore {
    /// As ``Engine/benchOutcome(_:on:length:settings:progress:setup:)``, blocking the calling thread.
    package func bench(
        _ algorithm: Algorithm, on device: DeviceID, length: BenchLength, settings: TuningSettings? = nil,
        cancellation: Cancellation, progress: (@Sendable (Int) -> Void)? = nil,
        setup: (@Sendable (Double) -> Void)? = nil
    ) -> BenchOutcome {
        let run = BenchRun(
            algorithm: algorithm, device: device, length: length, settings: settings, randomX: randomX,
            cancellation: cancellation, setup: setup, progress: progress)
        return run.outcome(backend(of: device), threads: threads, emptyOutcome(algorithm, on: device))
    }

    func emptyOutcome(_ algorithm: Algorithm, on device: DeviceID) -> BenchOutcome {
        BenchOutcome(
            algorithm: algorithm, device: device, deviceName: devices.first { $0.id == device }?.name ?? "")
    }
}
