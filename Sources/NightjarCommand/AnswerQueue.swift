import NightjarPlatform

/// The lines that a command has read and not answered yet, in order. The reader waits while there are too many, or too many
/// bytes.
final class AnswerQueue<Answer: Sendable>: Sendable {
    private struct State {
        var answers: [(answer: Answer, bytes: Int)] = []
        /// The next one to take.
        var first = 0
        var bytes = 0
        var isClosed = false
    }

    /// So many that a GPU gets whole batches.
    private let mostLines = 1 << 16
    private let mostBytes = 64 << 20

    private let state = Monitor(State())

    /// Blocks while the queue is full.
    ///
    /// - Parameter bytes: the line's length.
    func put(_ answer: Answer, bytes: Int) {
        state.wait { [mostLines, mostBytes] state -> Void? in
            let count = state.answers.count - state.first
            guard count == 0 || count < mostLines && state.bytes + bytes <= mostBytes else { return nil }
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

    /// Answers the lines on a thread of its own, while `read` puts them; returns when all are answered.
    ///
    /// - Parameter print: gets each answer, in order, and how many there are with it.
    /// - Returns: how `read` ended.
    /// - Throws: when the system gives no thread.
    func answering(
        on thread: String, with print: @escaping @Sendable (Answer, Int) -> Void, read: () throws(CommandError) -> Void
    ) async throws(CommandError) -> Result<Void, CommandError> {
        let printing: PinnedThread
        do {
            printing = try PinnedThread(name: thread) {
                var number = 0
                while let answer = self.take() {
                    number += 1
                    print(answer, number)
                }
            }
        } catch { throw CommandError(.failed, error.description) }
        let ended = Result { () throws(CommandError) in try read() }
        close()
        await printing.joined()
        return ended
    }
}
