import NightjarCore
import NightjarPlatform

/// The lists that wait for one lane.
///
/// The lane takes as many inputs at once as it gains from. They have one epoch, because another one may cost a compilation
/// or a cache: that of the list which waits longest, whatever stands between the lists.
final class WaitingInputs: Sendable {
    private struct State {
        /// In the order of their arrival.
        var lists: [InputList] = []
        var isClosed = false
    }

    private let state = Monitor(State())

    func put(_ list: InputList) { state.change { $0.lists.append(list) } }

    /// Takes at most `most` inputs, at least one. Blocks until there are some; `nil` when it is closed and empty.
    func take(_ most: Int) -> [InputList.Part]? {
        state.wait { state -> [InputList.Part]?? in
            state.lists.removeAll(where: \.isOver)
            guard let first = state.lists.first else { return state.isClosed ? .some(nil) : nil }
            var parts: [InputList.Part] = []
            var room = max(1, most)
            for list in state.lists where list.epoch == first.epoch {
                let range = list.take(room)
                parts.append((list, range))
                room -= range.count
                if room == 0 { break }
            }
            // What was taken is not kept alive.
            state.lists.removeAll { $0.rest == 0 }
            return parts
        }
    }

    /// Ends what is left of lists of which a part failed: a lane that failed once may take long to fail again.
    func fail(_ lists: [InputList], _ error: NightjarError) {
        state.withLock { _ in
            for list in lists where list.rest > 0 { list.fail(error) }
        }
    }

    /// After this, ``take(_:)`` returns `nil` as soon as nothing waits.
    func close() { state.change { $0.isClosed = true } }
}
