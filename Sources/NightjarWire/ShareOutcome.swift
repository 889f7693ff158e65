/// How a submitted share ended.
package enum ShareEnd<Words: Sendable & Hashable>: Sendable, Hashable {
    case accepted
    /// The upstream refused it; its words.
    case rejected(reason: Words)
    /// Its job was over; the upstream's words.
    case stale(reason: Words)
    /// No answer came before the deadline or before the connection was lost.
    case expired(reason: Words)
}

/// How a share ended, as it is shown and written down.
package typealias ShareOutcome = ShareEnd<String>

extension ShareEnd<OutsideText> {
    /// The same end with words that may be shown.
    package func shown(by door: KnownSecrets) -> ShareOutcome {
        switch self {
        case .accepted: .accepted
        case .rejected(let reason): .rejected(reason: door(reason))
        case .stale(let reason): .stale(reason: door(reason))
        case .expired(let reason): .expired(reason: door(reason))
        }
    }
}
