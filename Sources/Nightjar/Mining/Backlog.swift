/// A queue: first in, first out. Both ends take constant time on average.
///
/// An array moves all other elements when its first is removed. The package swift-collections has a better queue; it is
/// not used here, because every user of the library would have to build that package for these twenty lines.
package struct Backlog<Element> {
    /// The elements before `first` have been taken.
    private var elements: [Element?] = []
    private var first = 0

    package init() {}

    package var count: Int { elements.count - first }
    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ element: Element) { elements.append(element) }

    /// Takes the element that has waited longest; `nil` when there is none.
    package mutating func takeFirst() -> Element? {
        guard first < elements.count else { return nil }
        let element = elements[first]
        elements[first] = nil
        first += 1
        if isEmpty {
            // A queue that was long once does not keep its room for the rest of the run.
            elements.removeAll(keepingCapacity: elements.capacity <= Self.keptRoom)
            first = 0
        } else if first * 2 >= elements.count {
            // Moves at most as many elements as were taken since the last move.
            elements.removeFirst(first)
            first = 0
        }
        return element
    }

    private static var keptRoom: Int { 64 }

    /// Elements that there is memory for.
    package var room: Int { elements.capacity }
}

extension Backlog: Sendable where Element: Sendable {}
