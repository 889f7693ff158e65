/// How a submitted share ended.
package enum ShareOutcome: Sendable, Hashable {
    case accepted
    /// The upstream refused it; its words, verbatim.
    case rejected(reason: String)
    /// Its job was over; the upstream's words, verbatim.
    case stale(reason: String)
    /// No answer came before the deadline or before the connection was lost.
    case expired(reason: String)
}
