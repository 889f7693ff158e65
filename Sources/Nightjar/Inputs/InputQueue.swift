import NightjarCore
import NightjarPlatform

/// The lists that wait for threads. Each thread takes as many inputs at once as its lane gains from.
///
/// Lists for the same lanes are served in order, and different lanes in turn: one algorithm's long list does not hold up
/// another's. A list's owner waits for it, so that there are as many lists as callers let wait.
final class InputQueue: Sendable {
    /// Inputs of one epoch for one lane, of one list or several.
    struct Portion: Sendable {
        let shelf: LaneShelf
        var parts: [InputList.Part] = []
    }

    private struct Line {
        let shelf: LaneShelf
        var lists = Backlog<InputList>()
        /// The list that is being taken from.
        var front: InputList?
        /// The inputs that no thread has taken.
        var waiting = 0
        /// The threads that hash for this line.
        var working = 0

        /// The first list from which there is something to take.
        mutating func current() -> InputList? {
            while true {
                guard let list = front ?? lists.takeFirst() else { return nil }
                guard list.isOver else {
                    front = list
                    return list
                }
                // The owner of a list that was given up does not wait for the rest.
                waiting -= list.rest
                front = nil
            }
        }
    }

    private struct State {
        /// The line that was served last stands last.
        var lines: [Line] = []
        var isClosed = false
    }

    private let state = Monitor(State())

    func put(_ list: InputList, for shelf: LaneShelf) {
        state.change { state in
            let index = state.lines.firstIndex { $0.shelf === shelf } ?? state.lines.count
            if index == state.lines.count { state.lines.append(Line(shelf: shelf)) }
            state.lines[index].lists.append(list)
            state.lines[index].waiting += list.count
        }
    }

    /// Blocks until there are inputs; `nil` when the queue is closed and empty. The caller says ``finished(_:)``.
    func take() -> Portion? {
        state.wait { state -> Portion?? in
            for index in state.lines.indices where state.lines[index].working < state.lines[index].shelf.limit {
                guard let portion = Self.portion(of: &state.lines[index]) else { continue }
                state.lines[index].working += 1
                state.lines.append(state.lines.remove(at: index))
                return portion
            }
            return state.isClosed ? .some(nil) : nil
        }
    }

    private static func portion(of line: inout Line) -> Portion? {
        guard let first = line.current() else { return nil }
        var portion = Portion(shelf: line.shelf)
        // A short line is shared among the threads.
        var room = min(line.shelf.batch, (line.waiting + line.shelf.limit - 1) / line.shelf.limit)
        while room > 0, let list = line.current(), list.epoch == first.epoch {
            let range = list.take(room)
            room -= range.count
            line.waiting -= range.count
            portion.parts.append((list, range))
        }
        return portion
    }

    func finished(_ portion: Portion) {
        state.change { state in
            guard let index = state.lines.firstIndex(where: { $0.shelf === portion.shelf }) else { return }
            state.lines[index].working -= 1
            if state.lines[index].working == 0, state.lines[index].current() == nil { state.lines.remove(at: index) }
        }
    }

    /// After this, ``take()`` returns `nil` as soon as the queue is empty.
    func close() { state.change { $0.isClosed = true } }
}
