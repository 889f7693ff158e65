/// A ``SandboxPool``'s counts since it was made.
package struct SandboxStats: Sendable, Hashable {
    /// Connections made to it.
    package var connections = 0
    package var logins = 0
    /// Jobs handed out, over all connections.
    package var jobs = 0
    /// Shares received, judged or not.
    package var submitted = 0
    package var accepted = 0
    package var acceptedPerAlgorithm: [String: Int] = [:]
    /// The difficulties of the accepted shares, added: the expected number of hashes behind them.
    package var work: UInt64 = 0
    /// The shares that were not accepted, by the text of the error; stale ones too.
    package var refused: [String: Int] = [:]

    /// Shares for jobs that were over.
    package var stale: Int { refused.reduce(0) { $0 + (PoolError(text: $1.key).meaning == .stale ? $1.value : 0) } }
    /// Shares that were bad.
    package var rejected: Int { refused.values.reduce(0, +) - stale }
}
