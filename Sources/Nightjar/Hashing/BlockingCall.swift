import NightjarCore
import NightjarPlatform
import Synchronization

/// Says to a call that blocks its thread whether its result is still wanted.
package final class Cancellation: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package func cancel() { flag.store(true, ordering: .relaxed) }
}

/// Runs `body`, which blocks too long for Swift's cooperative pool, on a thread of its own.
///
/// Cancelling the task tells `body`, which ends soon and says so in its own way; this returns when it has.
func onThread<Value: Sendable>(
    _ name: String, _ body: @escaping @Sendable (Cancellation) -> Value
) async throws(ThreadError) -> Value {
    let cancellation = Cancellation()
    let result = Monitor<Value?>(nil)
    let thread = try PinnedThread(name: name) {
        let value = body(cancellation)
        result.withLock { $0 = value }
    }
    await withTaskCancellationHandler {
        await thread.joined()
    } onCancel: {
        cancellation.cancel()
    }
    guard let value = result.withLock({ $0 }) else {
        preconditionFailure("the thread has ended, so that it has a result")
    }
    return value
}
