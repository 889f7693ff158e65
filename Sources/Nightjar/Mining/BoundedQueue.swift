import NightjarPlatform

/// A bounded queue between hashing threads. A full one blocks who puts; nothing is ever dropped.
package final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements = Backlog<Element>()
        var isClosed = false
    }

    private let state = Monitor(State())
    private let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// Blocks while the queue is full. Not after ``close()``: a programmer's error.
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

    /// Lets ``take()`` end once what is in the queue is out.
    package func close() { state.change { $0.isClosed = true } }
}
