/// Elements that wait, first in, first out: both ends in constant time, taken over all calls.
///
/// Taking from the front of an array moves all that is behind it. The package swift-collections has a queue without
/// that; it is not used here because every user of the library would have to build it for these twenty lines.
struct Backlog<Element> {
    /// Those before `first` have been taken.
    private var elements: [Element?] = []
    private var first = 0

    var count: Int { elements.count - first }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Takes the one that has waited longest; `nil` when none waits.
    mutating func takeFirst() -> Element? {
        guard first < elements.count else { return nil }
        let element = elements[first]
        elements[first] = nil
        first += 1
        // At least as many have been taken since as are moved now.
        if first * 2 >= elements.count {
            elements.removeFirst(first)
            first = 0
        }
        return element
    }
}

extension Backlog: Sendable where Element: Sendable {}
