/// What a ``JSONReader`` builds from what it reads.
package protocol JSONTree {
    /// - Parameter line: the line, from 1, on which the value begins.
    static func node(_ element: JSONElement<Self>, line: Int) -> Self
}

/// One value whose parts are already built.
package indirect enum JSONElement<Node> {
    case null
    case bool(Bool)
    /// The literal as it was written.
    case number(String)
    case string(String)
    case array([Node])
    case object([JSONMember<Node>])
}

package struct JSONMember<Node> {
    package let name: String
    /// The line of its name, from 1.
    package let line: Int
    package let node: Node
}

extension JSONElement: Sendable where Node: Sendable {}
extension JSONElement: Equatable where Node: Equatable {}
extension JSONElement: Hashable where Node: Hashable {}
extension JSONMember: Sendable where Node: Sendable {}
extension JSONMember: Equatable where Node: Equatable {}
extension JSONMember: Hashable where Node: Hashable {}
