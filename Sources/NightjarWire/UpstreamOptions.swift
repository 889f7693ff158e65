import NIOCore
import NIOPosix
import NightjarCore

/// What pools and nodes are asked for, and how patiently.
package struct UpstreamOptions: Sendable {
    /// What the chosen devices can run, the preferred one first: sent at login. Jobs of others are refused by name.
    package var algorithms: [Algorithm]
    /// The algorithm of jobs that name none; `nil` goes by the blob's major version, as Monero's did.
    package var algorithm: Algorithm?
    /// What this miner calls itself.
    package var agent: String
    /// The pool fixes the nonce's highest byte, even when the blob's nonce is zero.
    package var niceHash: Bool
    /// Sends keepalives to pools that did not announce them, too.
    package var keepalive: Bool
    package var connectTimeout: Duration
    /// From the connection to the login's reply.
    package var loginDeadline: Duration
    /// From a share's submission to its reply; for a node, of each request.
    package var requestDeadline: Duration
    /// Between two keepalives.
    package var keepaliveInterval: Duration
    /// Between two questions for a new block.
    package var pollInterval: Duration
    /// Between two block templates of the same height.
    package var templateInterval: Duration
    package var backoff: Backoff
    /// How long a pool that is not the preferred one is kept before those before it are tried again, beside it.
    package var returning: Backoff
    /// How long a connection that was left for a preferred one may still answer shares.
    package var farewell: Duration = .seconds(10)
    /// Between two jobs that are handed on; of those between, only the newest is.
    package var jobSpacing: Duration = .milliseconds(100)
    /// How long a pool may go without new work.
    package var idle = IdleLimit()
    /// Between two looks at a connection's idleness and at the clocks.
    package var checkInterval: Duration = .seconds(5)
    /// A line that has begun is to end within this time.
    package var lineDeadline: Duration = .seconds(30)

    /// Whose word counts for certificates; tests have authorities of their own.
    package var trust = TLSTrust.system
    /// Who turns names into addresses; `nil` is the system.
    package var resolver: (@Sendable (any EventLoop) -> any Resolver & Sendable)?
    /// The time; tests have clocks that jump.
    package var clocks: @Sendable () -> ClockReading = { ClockReading.now }

    package init(
        algorithms: [Algorithm] = Catalog.all, algorithm: Algorithm? = nil,
        agent: String = "nightjar/\(Version.number)",
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
