/// How a submitted share ended.
package enum ShareOutcome: Sendable, Hashable {
    case accepted
    /// The upstream's words, verbatim.
    case rejected(reason: String)
    /// Its job was over; the upstream's words, verbatim.
    case stale(reason: String)
    /// No answer: the connection or the deadline was lost first.
    case expired(reason: String)
}
