/// What a pool has shown of itself to a ``BitcoinDialect``.
struct BitcoinHabits: Sendable {
    /// It closes the connection when it is asked for version rolling.
    private(set) var closesAtConfigure = false
    /// It holds shares of earlier jobs to a difficulty that it raised since.
    private(set) var raisesAtOnce = false
    /// The first answers to shares, and how many of them said that the hash misses the difficulty.
    private var first = (answers: 0, low: 0)

    /// If so many shares miss the pool's difficulty from the start, its unit is another one.
    private static let fewShares = 10

    /// A new connection begins.
    mutating func begin(after session: BitcoinSession) {
        if session.isAtConfigure {
            closesAtConfigure = true
        } else if !session.asksForRolling, !session.isConnected {
            // It was not the question.
            closesAtConfigure = false
        }
    }

    /// A share was answered.
    ///
    /// - Returns: what the user should know, once.
    mutating func answered(_ sent: BitcoinSession.Sent?, _ reply: BitcoinReply) -> OutsideText? {
        guard let sent else { return nil }
        let isLow = reply.refusal?.meaning == .lowDifficulty
        if isLow, sent.missesRaise { raisesAtOnce = true }
        guard first.answers < Self.fewShares else { return nil }
        first.answers += 1
        if isLow { first.low += 1 }
        guard first.low == Self.fewShares else { return nil }
        return """
            the pool says of the first \(Self.fewShares) shares that they miss its difficulty: it may count difficulty \
            in another unit; see --difficulty-factor
            """
    }
}
