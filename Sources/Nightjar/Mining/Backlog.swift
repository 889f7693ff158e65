/// A queue: first in, first out. Both ends take constant time on average.
///
/// An array moves all other elements when its first is removed. The package swift-collections has a better queue; it is
/// not used here, because every user of the library would have to build that package for these twenty lines.
struct Backlog<Element> {
    /// The elements before `first` have been taken.
    private var elements: [Element?] = []
    private var first = 0

    var count: Int { elements.count - first }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Takes the element that has waited longest; `nil` when there is none.
    mutating func takeFirst() -> Element? {
        guard first < elements.count else { return nil }
        let element = elements[first]
        elements[first] = nil
        first += 1
        // Moves at most as many elements as were taken since the last move.
        if first * 2 >= elements.count {
            elements.removeFirst(first)
            first = 0
        }
        return element
    }
}

extension Backlog: Sendable where Element: Sendable {}
