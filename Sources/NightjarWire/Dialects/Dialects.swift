import NightjarCore

/// The pool languages that are spoken. A dialect is a row of ``builtIn``.
package struct Dialects: Sendable {
    package let rows: [DialectRow]

    package static let builtIn = Dialects([.monero, .bitcoin])

    /// - Parameter rows: at least one; a programmer's error otherwise.
    package init(_ rows: [DialectRow]) {
        precondition(!rows.isEmpty, "a pool is spoken to in some language")
        self.rows = rows
    }

    /// What pools for `algorithm` speak: the last row that serves it. The first row stands in where none does, and where
    /// the pool is to name the algorithm.
    package func row(for algorithm: Algorithm?) -> DialectRow {
        guard let algorithm else { return rows[0] }
        return rows.last { $0.serves(algorithm) } ?? rows[0]
    }
}
