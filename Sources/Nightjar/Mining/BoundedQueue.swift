import NightjarPlatform

/// A bounded queue between hashing threads. `put` blocks while it is full; no element is dropped.
package final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements = Backlog<Element>()
        var isClosed = false
    }

    private let state = Monitor(State())
    private let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// Blocks while the queue is full. A call after ``close()`` is a programmer's error and traps.
    package func put(_ element: Element) {
        state.wait { state -> Void? in
            precondition(!state.isClosed, "the queue outlives those who put into it")
            guard state.elements.count < capacity else { return nil }
            state.elements.append(element)
            return ()
        }
    }

    /// Blocks until there is an element; `nil` when the queue is closed and empty.
    package func take() -> Element? {
        state.wait { state -> Element?? in
            if let element = state.elements.takeFirst() { return .some(element) }
            return state.isClosed ? .some(nil) : nil
        }
    }

    /// After this, ``take()`` returns `nil` as soon as the queue is empty.
    package func close() { state.change { $0.isClosed = true } }
}
