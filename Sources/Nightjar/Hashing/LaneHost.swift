import NightjarCore
import NightjarDevices
import NightjarPlatform

/// One lane on a thread of its own, kept alive between calls for single digests.
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

    /// Serves the queued calls, and ends.
    func close() { calls.close() }

    func join() { thread.join() }

    func joined() async { await thread.joined() }
}
