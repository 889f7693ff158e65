import NightjarJSON

/// What a ``BitcoinDialect`` knows of one connection.
struct BitcoinSession: Sendable {
    /// The requests of the login, by their numbers.
    enum Step: UInt64, Sendable, Hashable { case configure = 1, subscribe, authorize }

    /// A share that waits for its answer.
    struct Sent: Sendable {
        /// It met its job's difficulty and not the one that the pool had set since.
        let missesRaise: Bool
    }

    /// The steps of the login that are not over.
    var open: Set<Step> = []
    var asksForRolling = false
    /// The pool has answered the question for version rolling.
    var isConfigured = false
    var isConnected = false
    /// The pool has said something.
    var hasHeard = false
    /// The pool, or what it said, has ended the session.
    var isOver = false
    /// The pool refused the user.
    var isRefused = false
    var extranonce: NotifyReader.Extranonce?
    /// The version bits that may be rolled; `nil` without version rolling.
    var mask: UInt32?
    /// Of the next job.
    var difficulty: BitcoinDifficulty
    /// The newest job.
    var job: BitcoinJob?
    /// The newest job that came before the login was over.
    var early: JSON?
    var sent: [UInt64: Sent] = [:]
    /// Requests whose answers do not matter.
    var asides: Set<UInt64> = []
    /// How long nothing has been submitted.
    var quiet: Duration = .zero
    /// The user knows that shares will be rare.
    var saidSlow = false
    private var lastRequest = Step.authorize.rawValue

    init(difficulty: BitcoinDifficulty) { self.difficulty = difficulty }

    /// The pool was asked for version rolling, and said nothing or that it does not know the question. If the connection
    /// is over, the pool may have closed it because of that.
    var isAtConfigure: Bool {
        asksForRolling && !isOver && open.isSuperset(of: [.subscribe, .authorize])
            && (isConfigured ? mask == nil : !hasHeard && open.contains(.configure))
    }

    /// Answers to this many requests are waited for; a pool that does not answer lets the session end before that.
    private static let mostSent = 1024

    mutating func nextRequest() -> UInt64 {
        lastRequest += 1
        // The oldest go first.
        if sent.count >= Self.mostSent, let oldest = sent.keys.min() { sent[oldest] = nil }
        return lastRequest
    }

    mutating func nextAside() -> UInt64 {
        let id = nextRequest()
        if asides.count >= Self.mostSent, let oldest = asides.min() { asides.remove(oldest) }
        asides.insert(id)
        return id
    }
}
