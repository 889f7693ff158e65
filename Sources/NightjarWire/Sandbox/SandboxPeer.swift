import NIOCore

/// One connection to a ``SandboxPool``. Its job ids stay known for a while after they are over, to tell stale from
/// unknown.
struct SandboxPeer {
    let number: Int
    let channel: any Channel
    var dialect: any SandboxDialect
    var isLoggedIn = false
    /// Its lines are not read any more, and nothing is sent to it.
    var isStalled = false
    var jobs: [SandboxJob] = []
    var overJobs: [String] = []
    /// By the algorithm's name.
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

    /// Ends the oldest jobs.
    mutating func endJobs(butLast count: Int) {
        let over = jobs.dropLast(count)
        overJobs = (overJobs + over.map(\.id)).suffix(Self.keptOverJobs)
        jobs.removeFirst(over.count)
    }

    func send(_ text: String) {
        if !isStalled { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    }
}
