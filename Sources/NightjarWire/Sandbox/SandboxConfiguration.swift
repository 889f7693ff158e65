import NightjarCore

/// How a ``SandboxPool`` behaves.
package struct SandboxConfiguration: Sendable {
    /// The algorithms of its jobs; they take turns. At least one.
    package var algorithms: [Algorithm]
    /// The time between two jobs of one height.
    package var jobInterval: Duration
    /// The number of jobs at one height. The next height has the next algorithm. Shares for jobs of an earlier height
    /// are stale.
    package var jobsPerBlock: Int
    /// A connection's first difficulty, for each algorithm.
    package var startDifficulty: Difficulty
    /// The difficulty is adjusted until each connection finds one share in this time. `nil` keeps the first difficulty.
    package var shareInterval: Duration?
    /// The RandomX seed of all jobs. It is fixed by default, so that no cache is built twice.
    package var seed: [UInt8]
    /// The first height.
    package var height: UInt64
    /// Fixes the nonce's highest byte, with a different value for each connection.
    package var niceHash: Bool
    /// Whether jobs name their algorithm.
    package var namesAlgorithm: Bool
    package var faults: Faults
    /// The languages that it may speak; it speaks that of its first algorithm.
    package var dialects = Dialects.builtIn

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

    func dialect(_ number: Int) -> any SandboxDialect {
        dialects.row(for: algorithms[0]).sandbox(number, self)
    }

    /// The ``shareInterval`` for a user who watches: in longer ones, silences of ten seconds are no rare chance.
    package static let watchedInterval = Duration.seconds(1)

    /// 16: one CPU thread finds a share in about a second.
    package static let lowDifficulty = Difficulty(16) ?? .one
}
