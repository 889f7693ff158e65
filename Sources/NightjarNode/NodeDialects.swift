import NightjarCore

/// The node languages that are spoken. A dialect is a row of ``builtIn``.
package struct NodeDialects: Sendable {
    package let rows: [NodeRow]

    package static let builtIn = NodeDialects([.monero, .bitcoin])

    /// - Parameter rows: at least one; a programmer's error otherwise.
    package init(_ rows: [NodeRow]) {
        precondition(!rows.isEmpty, "a node is spoken to in some language")
        self.rows = rows
    }

    /// What nodes for `algorithm` speak: the last row that serves it. The first row stands in where none does, and where
    /// the node is to name the algorithm.
    package func row(for algorithm: Algorithm?) -> NodeRow {
        guard let algorithm else { return rows[0] }
        return rows.last { $0.serves(algorithm) } ?? rows[0]
    }
}
