import NightjarJSON

/// A pool's answer to a request. Pools refuse with `[code, text, null]`, with an object, with a text, or with
/// `"result": false` alone.
package struct BitcoinReply: Sendable, Hashable {
    package let result: JSON
    /// `nil` when the answer is good.
    package let refusal: Refusal?

    /// Why a request was refused. It is told by the error's code, then by its text.
    package struct Refusal: Sendable, Hashable {
        package let words: OutsideText
        package let meaning: Meaning
    }

    package enum Meaning: Sendable, Hashable {
        /// The share's job is over.
        case stale
        /// The share's hash does not meet the pool's difficulty.
        case lowDifficulty
        /// The session is over: log in again.
        case session
        /// The request is bad.
        case bad
    }

    package init(result: JSON, error: JSON?) {
        self.result = result
        if let error {
            refusal = Self.refusal(error)
        } else {
            switch result {
            case .bool(false), .null: refusal = Refusal(words: "refused without a reason", meaning: .bad)
            default: refusal = nil
            }
        }
    }

    private static func refusal(_ error: JSON) -> Refusal {
        let known = PoolError(error)
        let code = (error["code"] ?? error.array?.first).flatMap { $0.int64 ?? $0.string.flatMap { Int64($0) } }
        guard let code else { return Refusal(words: known.words, meaning: meaning(error, known)) }
        // A code without a text is all that there is to tell.
        let hasText = error["message"]?.string?.isEmpty == false || error.array?.contains { $0.string != nil } == true
        let words = hasText ? known.words : "error \(code)"
        switch code {
        case 21: return Refusal(words: words, meaning: .stale)
        case 22: return Refusal(words: words, meaning: .bad)
        case 23:
            // Some pools use it for times that they refuse.
            let isOfTime = text(error).contains("time".utf8)
            return Refusal(words: words, meaning: isOfTime ? .bad : .lowDifficulty)
        case 24, 25: return Refusal(words: words, meaning: .session)
        default: return Refusal(words: words, meaning: meaning(error, known))
        }
    }

    private static func meaning(_ error: JSON, _ known: PoolError) -> Meaning {
        switch known.meaning {
        case .stale: return .stale
        case .session: return .session
        case .bad:
            let text = text(error)
            if ["low difficulty", "difficulty too low", "low diff", "above target", "high-hash"].contains(where: {
                text.contains($0.utf8)
            }) {
                return .lowDifficulty
            }
            if ["unauthorized", "unauthorised", "not subscribed"].contains(where: { text.contains($0.utf8) }) {
                return .session
            }
            return .bad
        }
    }

    /// The error's text in lower case.
    private static func text(_ error: JSON) -> [UInt8] {
        let text = error["message"]?.string ?? error.string ?? error.array?.lazy.compactMap(\.string).first ?? ""
        // Bytes, and not too many: a search by characters takes long in a text that is made for it.
        return text.utf8.prefix(1024).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
