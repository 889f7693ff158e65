import NightjarCPU
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

/// Events on their way from hashing threads to one task.
///
/// A consumer that is slow blocks the threads, once `capacity` events wait, so that neither memory grows nor an event
/// is lost. ``relax()`` lifts the limit at the end of a run, when the consumer may be gone.
package final class EventChannel<Element: Sendable>: Sendable {
    private struct State {
        var elements = Backlog<Element>()
        var isRelaxed = false
        var isFinished = false
        var consumer: CheckedContinuation<Element?, Never>?
    }

    private let state = Monitor(State())
    private let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// For threads only: blocks while the channel is full.
    package func send(_ element: Element) {
        let consumer = state.wait { state -> CheckedContinuation<Element?, Never>?? in
            if let consumer = state.consumer {
                state.consumer = nil
                return .some(consumer)
            }
            guard state.isRelaxed || state.elements.count < capacity else { return nil }
            state.elements.append(element)
            return .some(nil)
        }
        consumer?.resume(returning: element)
    }

    /// Never blocks a thread again.
    package func relax() { state.change { $0.isRelaxed = true } }

    /// Ends the channel once what is in it is out.
    package func finish() {
        let consumer = state.change { state in
            state.isFinished = true
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: nil)
    }

    /// The next event; `nil` at the end, or when the task is cancelled. One consumer at a time.
    package func next() async -> Element? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.change { state -> Element?? in
                    if let element = state.elements.takeFirst() { return .some(element) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    precondition(state.consumer == nil, "an event stream has one consumer")
                    state.consumer = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let consumer = state.change { state in
                defer { state.consumer = nil }
                return state.consumer
            }
            consumer?.resume(returning: nil)
        }
    }
}
