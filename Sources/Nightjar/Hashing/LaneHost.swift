import NightjarCore
import NightjarDevices
import NightjarPlatform

/// One lane on a thread of its own, kept alive between calls that hash whole inputs.
///
/// The lane passes its known answers before the first call is served; if it does not, every call gets that error.
final class LaneHost: Sendable {
    private let waiting = WaitingInputs()
    private let thread: PinnedThread

    /// - Parameters:
    ///   - make: makes the lane, on its own thread.
    ///   - judge: is told there how each turn came out, before its calls are: `nil`, or the error.
    init(
        device: DeviceID, algorithm: Algorithm, niceness: Int, make: @escaping @Sendable () throws -> any Lane,
        judge: @escaping @Sendable (NightjarError?) -> Void
    ) throws(ThreadError) {
        thread = try PinnedThread(name: "\(device) hash", niceness: niceness) { [waiting] in
            let lane = Result<any Lane, any Error> {
                let lane = try make()
                try lane.passKnownAnswersAsInputs(of: algorithm, on: device)
                return lane
            }
            var room = InputRoom()
            while let parts = waiting.take((try? lane.get().mostInputs) ?? .max) {
                var failure: NightjarError?
                do { try room.hash(parts, on: lane.get(), algorithm) } catch {
                    failure = NightjarError(error, on: device)
                }
                judge(failure)
                if let failure { waiting.fail(parts.map(\.list), failure) }
                for (list, range) in parts { list.finish(range, failure) }
            }
        }
    }

    /// Queues a list of the lane's algorithm. Its owner waits for it. Not after ``close()``.
    func hash(_ list: InputList) { waiting.put(list) }

    /// Serves what is queued, and ends.
    func close() { waiting.close() }

    func join() { thread.join() }

    func joined() async { await thread.joined() }
}
