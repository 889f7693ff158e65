import Nightjar
import NightjarCore
import NightjarPlatform

/// The lines of `nightjar verify` that have been read and are not answered yet, in order. The reader waits while there are
/// too many, or too many bytes.
final class VerdictQueue: Sendable {
    /// What is known of a line.
    enum Answer: Sendable {
        case pending(PendingVerification)
        case aboveTarget
        /// The line can't be checked.
        case unreadable(reason: String)
        /// The share could not be hashed.
        case failed(NightjarError)
    }

    private struct State {
        var answers: [(answer: Answer, bytes: Int)] = []
        /// The next one to take.
        var first = 0
        var bytes = 0
        var isClosed = false
    }

    private static let mostLines = 1024
    private static let mostBytes = 64 << 20

    private let state = Monitor(State())

    /// Blocks while the queue is full.
    ///
    /// - Parameter bytes: the line's length.
    func put(_ answer: Answer, bytes: Int) {
        state.wait { state -> Void? in
            let count = state.answers.count - state.first
            guard count == 0 || count < Self.mostLines && state.bytes + bytes <= Self.mostBytes else { return nil }
            state.answers.append((answer, bytes))
            state.bytes += bytes
            return ()
        }
    }

    /// Blocks until there is an answer; `nil` when the queue is closed and empty.
    func take() -> Answer? {
        state.wait { state -> Answer?? in
            guard state.first < state.answers.count else { return state.isClosed ? .some(nil) : nil }
            let (answer, bytes) = state.answers[state.first]
            state.first += 1
            state.bytes -= bytes
            if state.first * 2 >= state.answers.count {
                state.answers.removeFirst(state.first)
                state.first = 0
            }
            return answer
        }
    }

    /// No line follows.
    func close() { state.change { $0.isClosed = true } }
}
