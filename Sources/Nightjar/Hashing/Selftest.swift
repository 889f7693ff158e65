import NightjarCore
import NightjarDevices
import NightjarPlatform

extension Engine {
    /// Checks an algorithm's known answers on a device: on every CPU lane, or on another device's first.
    ///
    /// - Returns: how many answers there are; all were right.
    /// - Throws: ``NightjarError``: `unsupported` when the device can't run it, `selftest` when a hash was wrong,
    ///   `device` when it failed.
    @discardableResult
    public func selftest(_ algorithm: Algorithm, on device: DeviceID) async throws(NightjarError) -> Int {
        let core = core
        return try await blocking("selftest") { cancellation throws(NightjarError) in
            try core.selftest(algorithm, on: device, cancellation: cancellation)
        }
    }

    /// Runs a call of the blocking core on a thread of its own, after the lanes that are kept for single hashes have
    /// gone.
    func blocking<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable (Cancellation) throws(NightjarError) -> Value
    ) async throws(NightjarError) -> Value {
        await releaseLanes()
        let result: Result<Value, NightjarError>
        do {
            result = try await onThread(name) { cancellation in
                Result { () throws(NightjarError) in try body(cancellation) }
            }
        } catch { throw NightjarError.noThread(error.description) }
        return try result.get()
    }
}

extension EngineCore {
    /// As ``Engine/selftest(_:on:)``, blocking the calling thread.
    package func selftest(
        _ algorithm: Algorithm, on device: DeviceID, cancellation: Cancellation
    ) throws(NightjarError) -> Int {
        let backend = try require(algorithm, on: device)
        let group: LaneGroup
        do {
            group = try LaneGroup(
                backend, device: device, algorithm: algorithm, threads: threads,
                isCancelled: { cancellation.isCancelled }
            ) { _, _ in }
        } catch { throw NightjarError(error, on: device) }
        defer { group.join() }
        switch group.waitUntilPrepared() {
        case .ready:
            group.release()
            backend.acquit(device)
            return KnownAnswers.answers(for: algorithm).count
        case .failed(let error):
            backend.letGo(of: device, after: error)
            throw error
        case .cancelled: throw .cancelled
        }
    }
}
