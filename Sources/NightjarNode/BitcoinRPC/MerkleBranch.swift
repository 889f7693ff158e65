import NightjarWire

/// The hashes that lead from a block's first transaction to its Merkle root.
///
/// The first transaction changes with each extra nonce. With the branch, its new root costs one hash for each level of
/// the tree, not one for each transaction.
package enum MerkleBranch {
    /// - Parameter ids: of all transactions but the first, in their order, 32 bytes each.
    package static func of(_ ids: [[UInt8]]) -> [[UInt8]] {
        var branch: [[UInt8]] = []
        // The level of the tree without its first node, which is not known.
        var level = ids
        while let neighbour = level.first {
            branch.append(neighbour)
            level = stride(from: 1, to: level.count, by: 2).map { i in
                // The last node of an odd level is hashed with itself.
                DoubleSHA256.digest(level[i] + level[min(i + 1, level.count - 1)])
            }
        }
        return branch
    }
}
