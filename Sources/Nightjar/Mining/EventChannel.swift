import NightjarPlatform

/// Carries events from hashing threads to tasks that await them, or to threads that block for them.
///
/// A consumer that is slow blocks the threads, once `capacity` events wait, so that neither memory grows nor an event
/// is lost. ``relax()`` lifts the limit at the end of a run, when the consumer may be gone. With several consumers each
/// event goes to one of them.
package final class EventChannel<Element: Sendable>: Sendable {
    private struct Consumer {
        let number: UInt64
        let continuation: CheckedContinuation<Element?, Never>
    }

    private struct State {
        var elements = Backlog<Element>()
        var isRelaxed = false
        var isFinished = false
        /// The tasks that await an element, in the order in which they came. Empty while there are elements.
        var consumers: [Consumer] = []
        var lastNumber: UInt64 = 0
    }

    private let state = Monitor(State())
    private let capacity: Int

    package init(capacity: Int) { self.capacity = capacity }

    /// For threads only: blocks while the channel is full.
    package func send(_ element: Element) {
        let consumer = state.wait { state -> Consumer?? in
            if !state.consumers.isEmpty { return .some(state.consumers.removeFirst()) }
            guard state.isRelaxed || state.elements.count < capacity else { return nil }
            state.elements.append(element)
            return .some(nil)
        }
        consumer?.continuation.resume(returning: element)
    }

    /// Never blocks a thread again.
    package func relax() { state.change { $0.isRelaxed = true } }

    /// Ends the channel as soon as it is empty.
    package func finish() {
        let consumers = state.change { state in
            state.isFinished = true
            defer { state.consumers = [] }
            return state.consumers
        }
        for consumer in consumers { consumer.continuation.resume(returning: nil) }
    }

    /// The next event; `nil` at the end, or when the task is cancelled.
    package func next() async -> Element? {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.change { state -> Element?? in
                    if let element = state.elements.takeFirst() { return .some(element) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    state.consumers.append(Consumer(number: number, continuation: continuation))
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let consumer = state.change { state -> Consumer? in
                // A consumer that does not wait yet will see that its task is cancelled.
                let index = state.consumers.firstIndex { $0.number == number }
                return index.map { state.consumers.remove(at: $0) }
            }
            consumer?.continuation.resume(returning: nil)
        }
    }

    /// As ``next()``, blocking the calling thread.
    package func take() -> Element? {
        state.wait { state -> Element?? in
            if let element = state.elements.takeFirst() { return .some(element) }
            return state.isFinished ? .some(nil) : nil
        }
    }
}
