import ArgumentParser
import Nightjar
import NightjarCore
import NightjarMiner

struct Mine: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Mine in the sandbox, at a pool, or at a Monero node.",
        discussion: """
            --sandbox starts a pool in this process, which hands out real jobs and checks every share by itself; nothing \
            leaves the machine. With -o, shares go to that pool (stratum+tls://HOST:PORT over TLS; stratum+tcp://HOST:PORT, \
            or just HOST:PORT, in the clear) or node (daemon+http://HOST:PORT, or daemon+https, with a wallet address after \
            -u and the node's RPC login, if it has one, as USER:PASS after -p). SIGINT and SIGTERM end it in order.

            A file after -c can say all that flags can; variables of the environment (NIGHTJAR_…) go before it, and flags \
            before these. --print-config writes an example with every key.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A configuration, in JSON; followed when it changes.", valueName: "file"))
    var config: String?

    @Flag(help: "Print a configuration with every key, and end.")
    var printConfig = false

    @Flag(help: "Mine at a pool in this process: no account, no network.")
    var sandbox = false

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("A pool or node; repeated, in order of preference.", valueName: "url"))
    var url: [String] = []

    @Option(
        name: [.customShort("u"), .long],
        help: ArgumentHelp("The user or wallet address; once, or once a pool.", valueName: "user"))
    var user: [String] = []

    @Option(
        name: [.customShort("p"), .long],
        help: ArgumentHelp("The password (x); once, or once a pool.", valueName: "pass"))
    var pass: [String] = []

    @Option(
        name: .customShort("a"),
        help: ArgumentHelp("The algorithm; without it, what each job names.", valueName: "algo"))
    var algorithm: String?

    @Option(help: ArgumentHelp("The devices: cpu, opencl:P.D, or opencl for all of these.", valueName: "id,…"))
    var device: [String] = []

    @Option(name: [.customShort("t"), .long], help: ArgumentHelp("CPU threads.", valueName: "n"))
    var threads: Int?

    @Option(help: RandomXMode.help)
    var randomxMode: RandomXMode?

    @Option(help: ArgumentHelp("This machine's name in the pool's statistics.", valueName: "r"))
    var rigId: String?

    @Flag(help: "Connect over TLS, also to a URL that does not say so.")
    var tls = false

    @Option(
        help: ArgumentHelp(
            "The SHA-256 fingerprint of the pool's certificate, in place of the system's authorities; once, or once a pool.",
            valueName: "hex"))
    var tlsFingerprint: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where a node publishes new blocks (monerod --zmq-pub): HOST:PORT, or a port of its own host; once, or once a pool.",
            valueName: "address"))
    var zmq: [String] = []

    @Flag(name: .customLong("nicehash"), help: "The pool fixes the nonce's highest byte.")
    var niceHash = false

    @Flag(name: [.customShort("k"), .long], help: "Send keepalives.")
    var keepalive = false

    @Option(help: ArgumentHelp("End after S seconds.", valueName: "s"))
    var maxSeconds: Double?

    @Option(help: ArgumentHelp("End once N shares have been accepted or rejected.", valueName: "n"))
    var maxShares: Int?

    @Option(
        help: ArgumentHelp(
            "'json': one JSON object a line on standard output; 'text': lines for people (text).", valueName: "format"))
    var log: RunSettings.LogFormat?

    @Option(help: ArgumentHelp("Write the same lines to a file, too; SIGHUP opens it anew.", valueName: "file"))
    var logFile: String?

    @Option(
        help: ArgumentHelp("Where the log file begins anew; the last one is kept as FILE.1 (10).", valueName: "mib"))
    var logFileSize: Double?

    @Option(help: ArgumentHelp("How long the ledger keeps a share that has ended (400).", valueName: "days"))
    var ledgerDays: Int?

    @Flag(help: "Rest while the machine runs on its battery.")
    var pauseOnBattery = false

    @Option(help: ArgumentHelp("Mine at these hours only, as in 22:00-07:00; several with commas.", valueName: "hours"))
    var schedule: String?

    @Option(help: ArgumentHelp("Work less while a device is hotter, in degrees Celsius.", valueName: "°C"))
    var maxTemperature: Double?

    @Option(help: ArgumentHelp("Priority that the hashing threads give up, 0 to 19 (0).", valueName: "n"))
    var nice: Int?

    @Option(
        help: ArgumentHelp("An HTTP API with a dashboard; a port alone is one of 127.0.0.1.", valueName: "host:port"))
    var api: String?

    @Option(help: ArgumentHelp("What the API asks for. Better in a file, or in NIGHTJAR_API_TOKEN.", valueName: "t"))
    var apiToken: String?

    @Option(help: ArgumentHelp("A file with the API's token.", valueName: "file"))
    var apiTokenFile: String?

    /// What the flags say.
    var layer: Settings.Layer {
        get throws(Failure) {
            if sandbox {
                let others = [
                    (url.isEmpty, "-o"), (user.isEmpty, "-u"), (pass.isEmpty, "-p"), (rigId == nil, "--rig-id"),
                    (!tls, "--tls"),
                    (tlsFingerprint.isEmpty, "--tls-fingerprint"), (zmq.isEmpty, "--zmq"),
                ]
                if let (_, name) = others.first(where: { !$0.0 }) {
                    throw Failure(.usage, "--sandbox and \(name) exclude each other")
                }
            }
            var layer = Settings.Layer()
            func set(_ key: SettingKey, _ value: Settings.Value?) {
                if let value { layer.values[key] = Settings.Setting(value, .flag(key.flag)) }
            }
            set(.sandbox, sandbox ? .bool(true) : nil)
            set(.algorithm, algorithm.map { .text($0) })
            set(.devices, device.isEmpty ? nil : .words(Names.split(device)))
            set(.threads, threads.map { .integer($0) })
            set(.randomxMode, randomxMode.map { .text($0.rawValue) })
            set(.rigId, rigId.map { .text($0) })
            set(.tls, tls ? .bool(true) : nil)
            set(.nicehash, niceHash ? .bool(true) : nil)
            set(.keepalive, keepalive ? .bool(true) : nil)
            set(.maxSeconds, maxSeconds.map { .number($0) })
            set(.maxShares, maxShares.map { .integer($0) })
            set(.log, log.map { .text($0.rawValue) })
            set(.logFile, logFile.map { .text($0) })
            set(.logFileSize, logFileSize.map { .number($0) })
            set(.ledgerDays, ledgerDays.map { .integer($0) })
            set(.pauseOnBattery, pauseOnBattery ? .bool(true) : nil)
            set(.schedule, schedule.map { .text($0) })
            set(.maxTemperature, maxTemperature.map { .number($0) })
            set(.nice, nice.map { .integer($0) })
            set(.apiListen, api.map { .text($0) })
            set(.apiToken, apiToken.map { .text($0) })
            set(.apiTokenFile, apiTokenFile.map { .text($0) })
            layer.urls = url.map { Settings.Setting(.text($0), .flag("-o")) }
            layer.users = user.map { Settings.Setting(.text($0), .flag("-u")) }
            layer.passwords = pass.map { Settings.Setting(.text($0), .flag("-p")) }
            layer.fingerprints = tlsFingerprint.map { Settings.Setting(.text($0), .flag("--tls-fingerprint")) }
            layer.notices = zmq.map { Settings.Setting(.text($0), .flag("--zmq")) }
            return layer
        }
    }
}

/// Where a run's settings come from, so that they can be had again when the file has changed.
struct SettingSources: Sendable {
    /// The configuration file.
    let path: String?
    private let flags: Settings.Layer

    init(path: String?, flags: Settings.Layer) {
        self.path = path
        self.flags = flags
    }

    /// All that was said, from the file up to the flags, and what should be known of the file.
    func read() throws(SettingError) -> (settings: Settings, warnings: [String]) {
        var settings = Settings()
        var warnings: [String] = []
        if let path {
            let file = try ConfigurationFile(path: path)
            try settings.lay(file.layer)
            warnings = file.warnings
        }
        try settings.lay(Settings.Layer(environment: LedgerLocation.variable))
        try settings.lay(flags)
        return (settings, warnings)
    }
}

extension Failure {
    /// Faults of flags are of usage; those of a file or the environment, of the configuration.
    init(_ error: SettingError) { self.init(error.isUsage ? .usage : .badConfiguration, error.description) }
}

extension RunSettings.LogFormat: ExpressibleByArgument {}
