/// Where a share stands. It begins as `found` and ends as one of the last four.
package enum ShareState: String, Sendable, Hashable, CaseIterable {
    /// Verified and written down.
    case found
    /// Sent, not yet answered.
    case submitted
    case accepted
    case rejected
    /// Its job was over before it was accepted.
    case stale
    /// The answer is unknown: the connection or the deadline ended before it came.
    case expired

    package var isFinal: Bool { self != .found && self != .submitted }
}
