import ArgumentParser
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarStratum

struct Mine: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Mine in the sandbox, at a pool, or at a Monero node.",
        discussion: """
            --sandbox starts a pool in this process, which hands out real jobs and checks every share by itself; nothing \
            leaves the machine. With -o, shares go to that pool (stratum+tcp://HOST:PORT, or just HOST:PORT) or node \
            (daemon+http://HOST:PORT, with a wallet address after -u). SIGINT and SIGTERM end it in order.
            """)

    @Flag(help: "Mine at a pool in this process: no account, no network.")
    var sandbox = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("A pool or node; repeated, in order of preference.", valueName: "url"))
    var url: [String] = []

    @Option(name: [.customShort("u"), .long], help: ArgumentHelp("The user or wallet address; once, or once a pool.", valueName: "user"))
    var user: [String] = []

    @Option(name: [.customShort("p"), .long], help: ArgumentHelp("The password (x); once, or once a pool.", valueName: "pass"))
    var pass: [String] = []

    @Option(name: .customShort("a"), help: ArgumentHelp("The algorithm; without it, what each job names.", valueName: "algo"))
    var algorithm: String?

    @Option(help: ArgumentHelp("The devices: cpu, opencl:P.D, or opencl for all of these.", valueName: "id,…"))
    var device: [String] = []

    @Option(name: [.customShort("t"), .long], help: ArgumentHelp("CPU threads.", valueName: "n"))
    var threads: Int?

    @Option(help: RandomXMode.help)
    var randomxMode = RandomXMode.automatic

    @Option(help: ArgumentHelp("This machine's name in the pool's statistics.", valueName: "r"))
    var rigId: String?

    @Flag(name: .customLong("nicehash"), help: "The pool fixes the nonce's highest byte.")
    var niceHash = false

    @Flag(name: [.customShort("k"), .long], help: "Send keepalives.")
    var keepalive = false

    @Option(help: ArgumentHelp("End after S seconds.", valueName: "s"))
    var maxSeconds: Double?

    @Option(help: ArgumentHelp("End once N shares have been accepted or rejected.", valueName: "n"))
    var maxShares: Int?

    @Option(help: ArgumentHelp("'json': one JSON object a line on standard output.", valueName: "json"))
    var log: LogFormat?

    enum LogFormat: String, ExpressibleByArgument { case json }

    /// A dataset takes some ten seconds to fill, and makes five hashes of one afterwards: a run that is to end sooner than
    /// this is done better without.
    private static let leastSeconds = 30.0

    /// Where RandomX's dataset items are to come from, as far as the run's length says.
    var randomX: RandomXMode {
        randomxMode == .automatic && maxSeconds ?? .infinity < Self.leastSeconds ? .light : randomxMode
    }

    /// The limits of the run, refused when they make no sense.
    func limits() throws(Failure) -> Miner.Limits {
        var limits = Miner.Limits()
        if let maxSeconds {
            // A hundred years, so that no arithmetic with it overflows.
            guard maxSeconds > 0, maxSeconds < 3.2e9 else {
                throw Failure(.usage, "--max-seconds \(maxSeconds): a number of seconds above zero is needed")
            }
            limits.duration = .seconds(maxSeconds)
        }
        if let maxShares {
            guard maxShares > 0 else { throw Failure(.usage, "--max-shares \(maxShares): at least one") }
            limits.shares = maxShares
        }
        return limits
    }

    /// The pools and nodes, in order; empty for the sandbox.
    func targets() throws(Failure) -> [(url: PoolURL, login: Login)] {
        guard sandbox || !url.isEmpty else { throw Failure(.usage, "nothing to mine at: give --sandbox, or -o URL -u USER") }
        guard !sandbox else {
            let others = [(url.isEmpty, "-o"), (user.isEmpty, "-u"), (pass.isEmpty, "-p"), (rigId == nil, "--rig-id")]
            if let (_, name) = others.first(where: { !$0.0 }) {
                throw Failure(.usage, "--sandbox and \(name) exclude each other")
            }
            return []
        }
        guard !user.isEmpty else { throw Failure(.usage, "-u is missing: the pool's user, or the wallet address for a node") }
        guard user.count == 1 || user.count == url.count else {
            throw Failure(.usage, "-u is given \(user.count) times for \(url.count) pools: once, or once a pool")
        }
        guard pass.count <= 1 || pass.count == url.count else {
            throw Failure(.usage, "-p is given \(pass.count) times for \(url.count) pools: once, or once a pool")
        }
        var targets: [(url: PoolURL, login: Login)] = []
        for (i, text) in url.enumerated() {
            do {
                let name = user.count == 1 ? user[0] : user[i]
                guard !name.isEmpty else { throw Failure(.usage, "-u is empty") }
                let login = Login(user: name, password: pass.isEmpty ? "x" : pass.count == 1 ? pass[0] : pass[i], rigID: rigId)
                targets.append((try PoolURL(text), login))
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure(.usage, "-o: \(error)")
            }
        }
        return targets
    }
}

extension Upstream where Self == PoolGroup {
    /// The pools and nodes that the user listed, each with its own login.
    static func pools(_ targets: [(url: PoolURL, login: Login)], options: UpstreamOptions) throws(Failure) -> PoolGroup {
        var links: [any UpstreamLink] = []
        for (url, login) in targets {
            do {
                switch url.scheme {
                case .node: links.append(try NodeClient(url: url, wallet: login.user, options: options))
                case .stratum, .stratumTLS: links.append(try StratumClient(url: url, login: login, options: options))
                }
            } catch { throw Failure(.usage, "-o: \(error)") }
        }
        return PoolGroup(links, backoff: options.backoff)
    }
}
