import CHashing

/// SHA-256 of SHA-256, as Bitcoin names blocks, transactions and the nodes of their tree.
package enum DoubleSHA256 {
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        nj_sha256d(bytes, bytes.count, &digest)
        return digest
    }

    /// The root of a tree of transactions, from its first leaf and the branches beside the way up.
    package static func root(first: [UInt8], branches: [[UInt8]]) -> [UInt8] {
        branches.reduce(first) { digest($0 + $1) }
    }
}
