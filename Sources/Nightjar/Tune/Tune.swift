import NightjarCore

extension Engine {
    /// Searches for the launch settings that make an algorithm fastest on a device, by measurement, and keeps them for
    /// every later run on this machine with the same device, driver and kernels.
    ///
    /// Settings whose digests differ from the CPU's are never chosen. Cancelling the task keeps nothing.
    /// - Parameters:
    ///   - seconds: how long the search may take, beyond the batch in hand and the driver's compiling.
    ///   - progress: called from a thread, before each measurement.
    package func tune(
        _ algorithm: Algorithm, on device: DeviceID, seconds: Double,
        progress: (@Sendable (TuneProgress) -> Void)? = nil
    ) async -> TuneResult {
        let core = core
        do {
            return try await blocking("tune") { cancellation throws(NightjarError) in
                var tuner = core.tuner(algorithm, on: device, seconds, cancellation, progress)
                return tuner.run(core.backend(of: device))
            }
        } catch {
            return core.tuner(algorithm, on: device, seconds, Cancellation(), progress).failed(error)
        }
    }
}

extension EngineCore {
    fileprivate func tuner(
        _ algorithm: Algorithm, on device: DeviceID, _ seconds: Double, _ cancellation: Cancellation,
        _ progress: (@Sendable (TuneProgress) -> Void)?
    ) -> Tuner {
        Tuner(
            algorithm: algorithm, device: device, seconds: seconds, verifier: verifier,
            isCancelled: { cancellation.isCancelled }, progress: progress ?? { _ in })
    }
}
