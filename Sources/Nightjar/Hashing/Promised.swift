import NightjarCore
import NightjarPlatform

/// A value that a thread is going to give. Its owner awaits it in a task, or blocks for it.
///
/// The first outcome counts; later ones are dropped. When the task of an owner is cancelled, the outcome is the error
/// `cancelled`, for all who wait.
package final class Promised<Value: Sendable>: Sendable {
    package typealias Outcome = Result<Value, NightjarError>

    private struct State {
        var outcome: Outcome?
        var waiters: [CheckedContinuation<Outcome, Never>] = []
    }

    private let state = Monitor(State())

    package init() {}

    /// Whether it has been given, or is not wanted any more.
    package var isOver: Bool { state.withLock { $0.outcome != nil } }

    package func fulfil(_ outcome: Outcome) {
        let waiters = state.change { state -> [CheckedContinuation<Outcome, Never>] in
            guard state.outcome == nil else { return [] }
            state.outcome = outcome
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    /// Blocks the calling thread until the value is there.
    package func wait() throws(NightjarError) -> Value { try state.wait { $0.outcome }.get() }

    /// The value, once it is there.
    package func value() async throws(NightjarError) -> Value {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome = state.withLock { state in
                    if state.outcome == nil { state.waiters.append(continuation) }
                    return state.outcome
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            fulfil(.failure(.cancelled))
        }
        return try outcome.get()
    }
}
