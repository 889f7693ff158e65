import NIOCore

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

    private static let keptJobs = 64
    private static let keptOverJobs = 256

    init(number: Int, channel: any Channel, dialect: any SandboxDialect) {
        self.number = number
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

    /// Closes the connection when the peer does not read: what it was sent would wait in memory.
    func send(_ text: String) {
        guard !isStalled else { return }
        guard channel.isWritable else { return channel.close(promise: nil) }
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }
}
