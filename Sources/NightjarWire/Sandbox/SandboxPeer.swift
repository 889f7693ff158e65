import NIOCore
import NightjarCore
import NightjarJSON

/// One connection to a ``SandboxPool``. It remembers the ids of its latest ended jobs, to tell stale shares from
/// unknown ones.
struct SandboxPeer {
    let number: Int
    let channel: any Channel
    var dialect: any SandboxDialect
    var isLoggedIn = false
    /// The pool neither reads its lines nor sends it anything.
    var isStalled = false
    var jobs: [SandboxJob] = []
    var overJobs: [String] = []
    /// The difficulty for each algorithm, by name.
    var difficulties: [String: Vardiff] = [:]
    var submits = 0
    /// The shares that wait for their proofs, the oldest first.
    private(set) var waiting: [WaitingShare] = []
    /// Tells the task that proves them of a new one.
    let turn: AsyncStream<Void>.Continuation

    /// A share that came and is not proven yet.
    struct WaitingShare {
        let request: JSON
        let share: SandboxShare
        let arrived: Duration
        /// Its job's; `nil` for a share of no job that is kept.
        let difficulty: Difficulty?
    }

    /// More are not read.
    static let mostWaiting = 1024
    private static let keptJobs = 64
    private static let keptOverJobs = 256

    init(number: Int, channel: any Channel, dialect: any SandboxDialect, turn: AsyncStream<Void>.Continuation) {
        self.number = number
        self.turn = turn
        self.channel = channel
        self.dialect = dialect
    }

    mutating func keep(_ job: SandboxJob) {
        jobs.append(job)
        endJobs(butLast: Self.keptJobs)
    }

    /// Ends all jobs but the newest `count`.
    mutating func endJobs(butLast count: Int) {
        let over = jobs.dropLast(count)
        overJobs = (overJobs + over.map(\.id)).suffix(Self.keptOverJobs)
        jobs.removeFirst(over.count)
    }

    mutating func wait(_ request: JSON, _ share: SandboxShare, at time: Duration) {
        let difficulty = jobs.last { $0.id == share.job }?.difficulty
        waiting.append(WaitingShare(request: request, share: share, arrived: time, difficulty: difficulty))
        turn.yield()
    }

    /// The share to prove next: of those for the newest difficulty if there is one, because these tell whether it is right.
    /// A miner that was far too fast left many shares behind.
    mutating func nextShare() -> WaitingShare? {
        guard !waiting.isEmpty else { return nil }
        let newest = jobs.last?.difficulty
        return waiting.remove(at: waiting.firstIndex { $0.difficulty == newest } ?? 0)
    }

    /// Closes the connection when the peer does not read: what it was sent would wait in memory.
    func send(_ text: String) {
        guard !isStalled else { return }
        guard channel.isWritable else { return channel.close(promise: nil) }
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }
}
