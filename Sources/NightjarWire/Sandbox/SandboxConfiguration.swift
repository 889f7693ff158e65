import NightjarCore

/// How a ``SandboxPool`` behaves.
package struct SandboxConfiguration: Sendable {
    /// The algorithms of its jobs, in rotation; at least one.
    package var algorithms: [Algorithm]
    /// Between two jobs of one height.
    package var jobInterval: Duration
    /// Jobs before the height changes, and with it the job's algorithm, when there are several. Shares for jobs of an
    /// earlier height are stale.
    package var jobsPerBlock: Int
    /// A connection's first difficulty, for each algorithm.
    package var startDifficulty: Difficulty
    /// What the difficulty is steered to: one share in this time, per connection. `nil` leaves it at its start.
    package var shareInterval: Duration?
    /// The RandomX key of all jobs. Fixed by default, so that no cache is built twice.
    package var seed: [UInt8]
    /// The first height.
    package var height: UInt64
    /// Fixes the nonce's highest byte, another one for each connection.
    package var niceHash: Bool
    /// Whether jobs name their algorithm.
    package var namesAlgorithm: Bool
    package var faults: Faults

    package init(
        algorithms: [Algorithm], jobInterval: Duration = .seconds(5), jobsPerBlock: Int = 4,
        startDifficulty: Difficulty = Self.lowDifficulty, shareInterval: Duration? = .milliseconds(2500),
        seed: [UInt8] = [UInt8](repeating: 0, count: 32), height: UInt64 = 3_000_000, niceHash: Bool = false,
        namesAlgorithm: Bool = true, faults: Faults = Faults()
    ) {
        precondition(!algorithms.isEmpty && jobsPerBlock > 0 && seed.count == 32)
        self.algorithms = algorithms
        self.jobInterval = jobInterval
        self.jobsPerBlock = jobsPerBlock
        self.startDifficulty = startDifficulty
        self.shareInterval = shareInterval
        self.seed = seed
        self.height = height
        self.niceHash = niceHash
        self.namesAlgorithm = namesAlgorithm
        self.faults = faults
    }

    /// 16: a second or so of one CPU thread.
    package static let lowDifficulty = Target(Target.easiest.value / 16)?.difficulty ?? .one
}

/// What a ``SandboxPool`` does wrong, for tests.
package struct Faults: Sendable, Hashable {
    /// Before each reply to a share.
    package var replyDelay: Duration?
    /// Refuses logins with this text, and leaves the socket open.
    package var refuseLogin: String?
    /// Never answers a login.
    package var ignoreLogin: Bool
    /// Never answers a share, which is not checked either.
    package var ignoreSubmits: Bool
    /// Closes the connection in place of answering its n-th share; 1 is the first.
    package var dropOnSubmit: Int?
    /// Answers each share with this text, unchecked.
    package var submitError: String?
    /// Sent as it is right after the login's reply.
    package var garbage: String?

    package init(
        replyDelay: Duration? = nil, refuseLogin: String? = nil, ignoreLogin: Bool = false, ignoreSubmits: Bool = false,
        dropOnSubmit: Int? = nil, submitError: String? = nil, garbage: String? = nil
    ) {
        self.replyDelay = replyDelay
        self.refuseLogin = refuseLogin
        self.ignoreLogin = ignoreLogin
        self.ignoreSubmits = ignoreSubmits
        self.dropOnSubmit = dropOnSubmit
        self.submitError = submitError
        self.garbage = garbage
    }
}

/// What a ``SandboxPool`` thought of a share.
package struct SandboxVerdict: Sendable, Hashable {
    package let job: String
    package let algorithm: Algorithm?
    /// The difficulty that the share was asked for.
    package let difficulty: Difficulty?
    /// `nil` when it was accepted; the text of the error otherwise.
    package let error: String?
}

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
