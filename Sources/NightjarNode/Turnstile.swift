import NightjarPlatform
import Synchronization

/// Lets in one caller at a time, in the order in which they come.
package final class Turnstile: Sendable {
    private struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<Bool, Never>
        let timer: Task<Void, Never>
    }

    private struct State {
        var isTaken = false
        var waiting: [Waiter] = []
        var last: UInt64 = 0
    }

    private let state = Locked(State())

    package init() {}

    /// Waits for its turn.
    ///
    /// - Returns: `false` when the caller was cancelled or the time is over; otherwise the caller must call
    ///   ``leave()``.
    package func enter(within limit: Duration) async -> Bool {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isIn = state.withLock { state -> Bool? in
                    // A cancellation after this look finds the waiter in the list.
                    guard !Task.isCancelled else { return false }
                    guard state.isTaken else {
                        state.isTaken = true
                        return true
                    }
                    let timer = Task {
                        if (try? await Task.sleep(for: limit)) != nil { self.giveUp(number) }
                    }
                    state.waiting.append(Waiter(number: number, continuation: continuation, timer: timer))
                    return nil
                }
                if let isIn { continuation.resume(returning: isIn) }
            }
        } onCancel: {
            giveUp(number)
        }
    }

    /// Lets the next one in.
    package func leave() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.timer.cancel()
        next?.continuation.resume(returning: true)
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        waiter?.timer.cancel()
        waiter?.continuation.resume(returning: false)
    }
}
