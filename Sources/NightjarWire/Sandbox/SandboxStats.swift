/// Counts of a ``SandboxPool`` since it was made.
package struct SandboxStats: Sendable, Hashable {
    /// Connections that miners made.
    package var connections = 0
    package var logins = 0
    /// Jobs handed out, over all connections.
    package var jobs = 0
    /// Shares received, checked or not.
    package var submitted = 0
    package var accepted = 0
    package var acceptedPerAlgorithm: [String: Int] = [:]
    /// The sum of the accepted shares' difficulties: the expected number of hashes for them.
    package var work: UInt64 = 0
    /// The number of refused shares for each error text. Stale shares are among them.
    package var refused: [String: Int] = [:]

    /// Refused shares whose jobs were over.
    package var stale: Int { refused.reduce(0) { $0 + (PoolError(text: $1.key).meaning == .stale ? $1.value : 0) } }
    /// Refused shares that were bad.
    package var rejected: Int { refused.values.reduce(0, +) - stale }
}
