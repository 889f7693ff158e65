import NIOCore
import NIOPosix
import NightjarCore

/// What pools and nodes are asked for, and how patiently.
public struct UpstreamOptions: Sendable {
    /// What the chosen devices can run, the preferred one first: sent at login. Jobs of others are refused by name.
    public var algorithms: [Algorithm]
    /// The algorithm of jobs that name none; `nil` goes by the blob's major version, as Monero's did.
    public var algorithm: Algorithm?
    /// What this miner calls itself.
    public var agent: String
    /// The pool fixes the nonce's highest byte, even when the blob's nonce is zero.
    public var niceHash: Bool
    /// Sends keepalives to pools that did not announce them, too.
    public var keepalive: Bool
    public var connectTimeout: Duration
    /// From the connection to the login's reply.
    public var loginDeadline: Duration
    /// From a share's submission to its reply; for a node, of each request.
    public var requestDeadline: Duration
    /// Between two keepalives.
    public var keepaliveInterval: Duration
    /// Between two questions for a new block.
    public var pollInterval: Duration
    /// Between two block templates of the same height.
    public var templateInterval: Duration
    public var backoff: Backoff
    /// How long a pool that is not the preferred one is kept before those before it are tried again, beside it.
    public var returning: Backoff
    /// How long a connection that was left for a preferred one may still answer shares.
    public var farewell: Duration = .seconds(10)
    /// Between two jobs that are handed on; of those between, only the newest is.
    public var jobSpacing: Duration = .milliseconds(100)
    /// How long a pool may go without new work.
    public var idle = IdleLimit()
    /// Between two looks at a connection's idleness and at the clocks.
    public var checkInterval: Duration = .seconds(5)
    /// A line that has begun is to end within this time.
    public var lineDeadline: Duration = .seconds(30)

    /// Whose word counts for certificates; tests have authorities of their own.
    package var trust = TLSTrust.system
    /// Who turns names into addresses; `nil` is the system.
    package var resolver: (@Sendable (any EventLoop) -> any Resolver & Sendable)?
    /// The time; tests have clocks that jump.
    package var clocks: @Sendable () -> ClockReading = { ClockReading.now }

    public init(
        algorithms: [Algorithm] = Catalog.all, algorithm: Algorithm? = nil, agent: String = "nightjar/0.1",
        niceHash: Bool = false, keepalive: Bool = false, connectTimeout: Duration = .seconds(10),
        loginDeadline: Duration = .seconds(20), requestDeadline: Duration = .seconds(30),
        keepaliveInterval: Duration = .seconds(60), pollInterval: Duration = .seconds(1),
        templateInterval: Duration = .seconds(30), backoff: Backoff = Backoff(),
        returning: Backoff = Backoff(first: .seconds(60), limit: .seconds(960))
    ) {
        self.algorithms = algorithms
        self.algorithm = algorithm
        self.agent = agent
        self.niceHash = niceHash
        self.keepalive = keepalive
        self.connectTimeout = connectTimeout
        self.loginDeadline = loginDeadline
        self.requestDeadline = requestDeadline
        self.keepaliveInterval = keepaliveInterval
        self.pollInterval = pollInterval
        self.templateInterval = templateInterval
        self.backoff = backoff
        self.returning = returning
    }
}
