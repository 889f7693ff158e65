/// A block that was handed to a node.
package struct MinedBlock: Sendable, Hashable {
    package let height: UInt64
    /// As the node writes it.
    package let id: String

    package init(height: UInt64, id: String) {
        self.height = height
        self.id = id
    }
}
