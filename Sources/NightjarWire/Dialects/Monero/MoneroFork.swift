import NightjarCore

/// The algorithm of Monero's chain for each block version (monero `cryptonote_core/cryptonote_tx_utils.cpp`,
/// `get_block_longhash`).
package enum MoneroFork {
    /// The first version whose proof of work is RandomX v2. Its blocks carry the RandomX hash beside the nonce, in a
    /// form that monero's release does not have yet.
    private static let firstUnknown: UInt64 = 17

    /// - Parameter version: a block's major version.
    /// - Throws: ``Unknown`` for a version beyond this table.
    package static func algorithm(version: UInt64) throws(Unknown) -> Algorithm {
        switch version {
        case firstUnknown...: throw Unknown(version: version)
        case 12...: .rx0
        case 10...: .cnR
        case 8...: .cn2
        case 7: .cn1
        default: .cn0
        }
    }

    /// A block version with this algorithm; the last known version for an algorithm of another chain.
    static func version(of algorithm: Algorithm) -> UInt8 {
        switch algorithm {
        case .cn0: 6
        case .cn1: 7
        case .cn2: 9
        case .cnR: 10
        default: 16
        }
    }

    /// A block version whose proof of work this build does not know. Mining it would waste every hash.
    package struct Unknown: Error, Sendable, Hashable, CustomStringConvertible {
        package let version: UInt64

        package var description: String {
            "block version \(version) needs RandomX v2 blocks, which this version of Nightjar can't submit yet"
        }
    }
}
