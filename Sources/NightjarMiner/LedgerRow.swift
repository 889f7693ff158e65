import NightjarCore

/// One row that was read from a ``ShareLedger``.
package struct LedgerRow: Sendable, Hashable {
    package let id: Int64
    package let pool: String
    package let device: String
    package let job: String
    package let algorithm: String
    package let height: Int64?
    package let nonce: UInt32
    /// 64 hex digits.
    package let digest: String
    /// The job's difficulty in the pool's unit, rounded to a `Double`.
    package let difficulty: Double
    package let state: ShareState
    /// The pool's words, verbatim, or Nightjar's own where the pool sent none.
    package let reason: String?
    package let foundAt: Timestamp
    /// From submission to the answer, in milliseconds; `nil` without an answer.
    package let latency: Int64?
}
