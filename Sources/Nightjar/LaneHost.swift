import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// One lane on a thread of its own, kept alive between calls, for whoever awaits single digests.
///
/// The lane passes its known answers before the first call is served; if it does not, every call gets that error.
final class LaneHost: Sendable {
    private let calls = BoundedQueue<@Sendable (Result<any Lane, any Error>) -> Void>(capacity: .max)
    private let thread: PinnedThread

    init(
        device: DeviceID, algorithm: Algorithm, niceness: Int, make: @escaping @Sendable () throws -> any Lane
    ) throws(ThreadError) {
        thread = try PinnedThread(name: "\(device) hash", niceness: niceness) { [calls] in
            let lane = Result<any Lane, any Error> {
                let lane = try make()
                _ = try lane.passKnownAnswers(of: algorithm, on: device)
                return lane
            }
            while let call = calls.take() { call(lane) }
        }
    }

    /// Queues a call; the lane's thread runs it. Not after ``close()``.
    func enqueue(_ call: @escaping @Sendable (Result<any Lane, any Error>) -> Void) { calls.put(call) }

    /// Serves what is queued, and ends.
    func close() { calls.close() }

    func joined() async { await thread.joined() }
}

/// Runs `body` on a thread of its own and waits for it: for what blocks too long for the cooperative pool.
func onThread<Value: Sendable>(
    _ name: String, _ body: @escaping @Sendable () -> Value
) async throws(ThreadError) -> Value {
    let result = Monitor<Value?>(nil)
    let thread = try PinnedThread(name: name) {
        let value = body()
        result.withLock { $0 = value }
    }
    await thread.joined()
    guard let value = result.withLock({ $0 }) else {
        preconditionFailure("the thread has ended, so that it has a result")
    }
    return value
}
