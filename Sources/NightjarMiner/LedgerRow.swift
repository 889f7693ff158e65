import NightjarCore

/// One row of a ``ShareLedger``, as it is read back.
package struct LedgerRow: Sendable, Hashable {
    package let id: Int64
    package let pool: String
    package let device: String
    package let job: String
    package let algorithm: String
    package let height: Int64?
    package let nonce: UInt32
    /// 64 digits of hex.
    package let digest: String
    /// The job's difficulty in the pool's unit, as near as a binary number comes to it.
    package let difficulty: Double
    package let state: ShareState
    /// The pool's words, verbatim, or ours for a share that got none.
    package let reason: String?
    package let foundAt: Timestamp
    /// From submission to the answer, in milliseconds; `nil` without an answer.
    package let latency: Int64?
}
