import NIOCore
import NIOPosix
import NightjarCore

/// What Nightjar asks of pools and nodes, and its timeouts and intervals.
package struct UpstreamOptions: Sendable {
    /// The algorithms that the chosen devices can run, the preferred one first. They are sent at login; jobs of other
    /// algorithms are refused by name.
    package var algorithms: [Algorithm]
    /// The algorithm of jobs that name none; `nil` derives it from the blob's block version, as Monero's chain defines
    /// it.
    package var algorithm: Algorithm?
    /// The languages that pools may be spoken to in.
    package var dialects = Dialects.builtIn
    /// The program's name and version, as sent to pools.
    package var agent: String
    /// The pool fixes the nonce's highest byte, even when the blob's nonce is zero.
    package var niceHash: Bool
    /// Sends keepalives also to pools that did not announce them.
    package var keepalive: Bool
    package var connectTimeout: Duration
    /// The longest time from the connection to the login's reply.
    package var loginDeadline: Duration
    /// The longest time from a share's submission to its reply; for a node, from any request to its reply.
    package var requestDeadline: Duration
    /// How long a Bitcoin pool's answer about version rolling is waited for.
    package var configureDeadline: Duration = .milliseconds(2500)
    /// The time between two keepalives.
    package var keepaliveInterval: Duration
    /// The time between two polls for a new block.
    package var pollInterval: Duration
    /// The time between two block templates of the same height.
    package var templateInterval: Duration
    package var backoff: Backoff
    /// The waits before preferred pools are tried again while another pool works.
    package var returning: Backoff
    /// How long a connection that was left for a preferred pool may still answer shares.
    package var farewell: Duration = .seconds(10)
    /// The shortest time between two jobs that go to the miner. Of jobs in between, only the newest goes there. A node is
    /// not polled for this time after it was asked for a template.
    package var jobSpacing: Duration = .milliseconds(100)
    /// How long a pool may send no new work.
    package var idle = IdleLimit()
    /// The time between two checks of silence and of the clocks.
    package var checkInterval: Duration = .seconds(5)
    /// A line must end within this time of its first byte.
    package var lineDeadline: Duration = .seconds(30)

    /// The secrets of this run, which the texts of pools and nodes must not show. Copies of the options share them, and
    /// each pool and node adds its own.
    package var secrets = KnownSecrets()

    /// How fast this machine hashes.
    package var rate = KnownRate()

    /// The rates that were measured before, in hashes per second by the algorithm's name. Pools that choose the algorithm
    /// by them are told. When it is empty, the login names none.
    package var measured: [String: Double] = [:]
    /// For how many seconds a pool should stay with an algorithm that it has chosen; `nil` leaves it to the pool.
    package var algorithmTime: Int?

    /// The proxy through which every connection goes.
    package var proxy: SOCKSProxy?
    /// How long a proxy may take to connect. Tor builds a path through the network first.
    package var proxyDeadline: Duration = .seconds(60)

    /// The trusted certificate authorities; tests have their own.
    package var trust = TLSTrust.system
    /// The only family of addresses to connect to; `nil` for both.
    package var family: IPFamily?
    /// Turns names into addresses; `nil` uses the system's resolver.
    package var resolver: (@Sendable (any EventLoop) -> any Resolver & Sendable)?
    /// Reads the clocks; tests use clocks that jump.
    package var clocks: @Sendable () -> ClockReading = { ClockReading.now }

    package init(
        algorithms: [Algorithm] = Catalog.all, algorithm: Algorithm? = nil,
        agent: String = "nightjar/\(Version.number)",
        niceHash: Bool = false, keepalive: Bool = false, connectTimeout: Duration = .seconds(10),
        loginDeadline: Duration = .seconds(20), requestDeadline: Duration = .seconds(30),
        keepaliveInterval: Duration = .seconds(60), pollInterval: Duration = .seconds(1),
        templateInterval: Duration = .seconds(30), backoff: Backoff = Backoff(),
        returning: Backoff = .returning
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
