import NightjarCore

/// Every setting of `mine`, one row each. A new setting needs a row here and the code that obeys it.
///
/// Help, printed configurations and the reference list the settings in this order.
package struct SettingTable: Sendable {
    package static let standard = SettingTable()

    package let sandbox = SettingRow(
        "sandbox", .bool, long: "sandbox", variable: "NIGHTJAR_SANDBOX", standard: .bool(false), effect: .atNextStart,
        help: "Mine at a pool in this process, without an account or a network.")
    package let url = SettingRow(
        "url", .text, scope: .pool, short: "o", long: "url", variable: "NIGHTJAR_URL", value: "url",
        excludesSandbox: true, help: "A pool or node; repeat it in order of preference.")
    package let user = SettingRow(
        "user", .text, scope: .pool, short: "u", long: "user", variable: "NIGHTJAR_USER", value: "user",
        excludesSandbox: true, help: "The user or wallet address; once for all pools, or once for each.")
    package let pass = SettingRow(
        "pass", .text, scope: .pool, short: "p", long: "pass", variable: "NIGHTJAR_PASS", value: "pass",
        standard: .text("x"), conceals: .all, excludesSandbox: true, supersedes: ["passFile"],
        takesEmpty: true,
        help: "The password; once for all pools, or once for each.")
    package let passFile = SettingRow(
        "passFile", .text, scope: .pool, long: nil, variable: "NIGHTJAR_PASS_FILE", value: "file",
        excludesSandbox: true,
        help: "A file whose first line is the password.")
    package let algorithm = SettingRow(
        "algorithm", .text, scope: .everyPool, short: "a", long: "algorithm", otherLong: "algo", poolFlag: "pool-algo",
        poolHelp: "The algorithm for the pool whose -o stands before.", otherKey: "algo",
        variable: "NIGHTJAR_ALGORITHM", value: "algo",
        help: "The algorithm; without it, the one that each job names.")
    package let devices = SettingRow(
        "devices", .words, scope: .everyPool, long: "device", poolFlag: "pool-devices",
        poolHelp: "The devices that work for the pool whose -o stands before, and for no other.",
        variable: "NIGHTJAR_DEVICES", value: "id,…",
        help: "The devices: cpu, opencl:P.D, or opencl for all OpenCL devices.")
    package let weight = SettingRow(
        "weight", .number(above: 0, atMost: 1e6), scope: .pool, long: nil, poolFlag: "weight",
        variable: "NIGHTJAR_WEIGHT", value: "w", excludesSandbox: true,
        help: "The pool's part of its devices' time, beside the weights of their other pools, for the pool whose -o "
            + "stands before.")
    package let slice = SettingRow(
        "slice", .integer(1...600), long: "weight-slice", variable: "NIGHTJAR_WEIGHT_SLICE", value: "s",
        unit: "seconds", standard: .integer(600), excludesSandbox: true,
        help: "The longest turn of a pool with a weight.")
    // The limit is above any machine's number of threads, and scratchpads for this many still fit into a few gigabytes.
    package let threads = SettingRow(
        "threads", .count(1...4096), short: "t", long: "threads", variable: "NIGHTJAR_THREADS", value: "n",
        standard: .text("100%"),
        help: "CPU threads; or, as in 50%, a part of those that would be chosen, at least one.")
    package let cpuCores = SettingRow(
        "cpuCores", .words, long: "cpu-cores", variable: "NIGHTJAR_CPU_CORES", value: "list",
        help: "The processing units that the CPU's threads may use, by the system's numbers, as in 0-3,8.")
    package let randomxMode = SettingRow(
        "randomxMode", .choice(RandomXMode.allCases.map(\.rawValue)), long: "randomx-mode",
        variable: "NIGHTJAR_RANDOMX_MODE", value: "mode", standard: .text(RandomXMode.automatic.rawValue),
        help: "RandomX on the CPU: full, with a dataset of 2080 MiB; light, without it; auto, by the length of the run."
    )
    package let rigId = SettingRow(
        "rigId", .text, scope: .everyPool, long: "rig-id", variable: "NIGHTJAR_RIG_ID", value: "r",
        excludesSandbox: true, takesEmpty: true, help: "This machine's name in the pool's statistics.")
    package let nicehash = SettingRow(
        "nicehash", .bool, scope: .everyPool, long: "nicehash", variable: "NIGHTJAR_NICEHASH", standard: .bool(false),
        help: "The pool fixes the nonce's highest byte.")
    package let keepalive = SettingRow(
        "keepalive", .bool, scope: .everyPool, short: "k", long: "keepalive", variable: "NIGHTJAR_KEEPALIVE",
        standard: .bool(false), help: "Send keepalives.")
    package let tls = SettingRow(
        "tls", .bool, scope: .everyPool, long: "tls", variable: "NIGHTJAR_TLS", standard: .bool(false),
        excludesSandbox: true, help: "Use TLS, also for a URL that does not ask for it.")
    package let tlsFingerprint = SettingRow(
        "tlsFingerprint", .text, scope: .pool, long: "tls-fingerprint", variable: "NIGHTJAR_TLS_FINGERPRINT",
        value: "hex", excludesSandbox: true,
        help: "The SHA-256 fingerprint of the pool's certificate, in place of the system's authorities; "
            + "once for all pools, or once for each.")
    package let zmq = SettingRow(
        "zmq", .text, scope: .pool, long: "zmq", variable: "NIGHTJAR_ZMQ", value: "address", excludesSandbox: true,
        help: "Where a node publishes new blocks (monerod --zmq-pub): HOST:PORT, or a port of its own host; "
            + "once for all pools, or once for each.")
    package let proxy = SettingRow(
        "proxy", .text, scope: .everyPool, long: "proxy", variable: "NIGHTJAR_PROXY", value: "url", conceals: .login,
        excludesSandbox: true, takesEmpty: true,
        help: "A SOCKS5 proxy for every connection to pools and nodes, which resolves their names: "
            + "socks5://[USER:PASS@]HOST:PORT.")
    package let ipv4 = SettingRow(
        "ipv4", .bool, scope: .everyPool, short: "4", long: "ipv4", variable: "NIGHTJAR_IPV4", standard: .bool(false),
        excludesSandbox: true, help: "Connect by IPv4 alone.")
    package let ipv6 = SettingRow(
        "ipv6", .bool, scope: .everyPool, short: "6", long: "ipv6", variable: "NIGHTJAR_IPV6", standard: .bool(false),
        excludesSandbox: true, help: "Connect by IPv6 alone.")
    package let userAgent = SettingRow(
        "userAgent", .text, scope: .everyPool, long: "user-agent", variable: "NIGHTJAR_USER_AGENT", value: "text",
        excludesSandbox: true, takesEmpty: true,
        help: "What pools are told of the program, in place of its name and version.")
    package let algorithmTime = SettingRow(
        "algorithmTime", .integer(0...86_400), scope: .everyPool, long: "algo-min-time",
        variable: "NIGHTJAR_ALGO_MIN_TIME", value: "s", unit: "seconds", excludesSandbox: true,
        help: "For how long a pool that switches algorithms should stay with one.")
    package let suggestDifficulty = SettingRow(
        "suggestDifficulty", .number(above: 0, atMost: 1e30), scope: .everyPool, long: "suggest-difficulty",
        variable: "NIGHTJAR_SUGGEST_DIFFICULTY", value: "d", excludesSandbox: true,
        help: "The difficulty to ask a Bitcoin or Litecoin pool for, in its own unit.")
    package let difficultyFactor = SettingRow(
        "difficultyFactor", .number(above: 0, atMost: 1e12), scope: .everyPool, long: "difficulty-factor",
        variable: "NIGHTJAR_DIFFICULTY_FACTOR", value: "f", excludesSandbox: true,
        help: "How much easier a pool's difficulty 1 is than Bitcoin's: without it, 1 for sha256d and 65536 for scrypt."
    )
    package let rpcCookie = SettingRow(
        "rpcCookie", .text, scope: .pool, long: "rpc-cookie", variable: "NIGHTJAR_RPC_COOKIE", value: "file",
        excludesSandbox: true,
        help: "The file with the login for bitcoind or litecoind, its .cookie; once for all pools, or once for each.")
    package let coinbaseText = SettingRow(
        "coinbaseText", .text, scope: .pool, long: "coinbase-text", variable: "NIGHTJAR_COINBASE_TEXT", value: "text",
        excludesSandbox: true, takesEmpty: true,
        help: "Up to 64 bytes of text in the blocks that are mined at bitcoind or litecoind; once for all pools, or "
            + "once for each.")
    // At most a hundred years, so that no arithmetic with it overflows.
    package let maxSeconds = SettingRow(
        "maxSeconds", .number(above: 0, atMost: 3.2e9), long: "max-seconds", variable: "NIGHTJAR_MAX_SECONDS",
        value: "s", unit: "seconds", effect: .atNextStart, help: "End after S seconds.")
    package let maxShares = SettingRow(
        "maxShares", .integer(1...Int(Int32.max)), long: "max-shares", variable: "NIGHTJAR_MAX_SHARES", value: "n",
        effect: .atNextStart, help: "End once N shares have been accepted or rejected.")
    package let log = SettingRow(
        "log", .choice(["json", "text"]), long: "log", variable: "NIGHTJAR_LOG", value: "format",
        standard: .text("text"), effect: .atNextStart,
        help: "'json': one JSON object a line on standard output; 'text': lines for people.")
    package let logFile = SettingRow(
        "logFile", .text, long: "log-file", variable: "NIGHTJAR_LOG_FILE", value: "file", effect: .atNextStart,
        help: "Write the log to a file too; SIGHUP reopens it.")
    package let logFileSize = SettingRow(
        "logFileSize", .number(above: 0, atMost: 1_048_576), long: "log-file-size", variable: "NIGHTJAR_LOG_FILE_SIZE",
        value: "mib", unit: "MiB", standard: .number(10), effect: .atNextStart,
        help: "The size at which a new log file begins; the old one is kept as FILE.1.")
    package let ledgerPath = SettingRow(
        "ledger.path", .text, long: "ledger", variable: "NIGHTJAR_LEDGER", value: "file", excludesSandbox: true,
        effect: .atNextStart, help: "The file of the shares, in place of the standard one; 'none' keeps no history.")
    package let ledgerDays = SettingRow(
        "ledger.days", .integer(1...36_500), long: "ledger-days", variable: "NIGHTJAR_LEDGER_DAYS", value: "days",
        unit: "days", standard: .integer(400), effect: .atNextStart,
        help: "How long the ledger keeps finished shares.")
    package let apiListen = SettingRow(
        "api.listen", .text, long: "api", variable: "NIGHTJAR_API", value: "host:port", effect: .atNextStart,
        help: "Serve an HTTP API with a dashboard; a port alone means 127.0.0.1.")
    package let apiToken = SettingRow(
        "api.token", .text, long: "api-token", variable: "NIGHTJAR_API_TOKEN", value: "t", conceals: .all,
        effect: .atNextStart, supersedes: ["api.tokenFile"],
        help: "The API's token. A file or NIGHTJAR_API_TOKEN is safer.")
    package let apiTokenFile = SettingRow(
        "api.tokenFile", .text, long: "api-token-file", variable: "NIGHTJAR_API_TOKEN_FILE", value: "file",
        effect: .atNextStart, supersedes: ["api.token"], help: "A file whose first line is the API's token.")
    package let apiHosts = SettingRow(
        "api.hosts", .words, long: "api-host", variable: "NIGHTJAR_API_HOSTS", value: "name,…", effect: .atNextStart,
        help: "More names for the API's machine, as in http://NAME/; repeatable. With a token, * allows every name.")
    package let pauseOnBattery = SettingRow(
        "care.pauseOnBattery", .bool, long: "pause-on-battery", variable: "NIGHTJAR_PAUSE_ON_BATTERY",
        standard: .bool(false), help: "Pause while the machine runs on its battery.")
    package let pauseOnActive = SettingRow(
        "care.pauseOnActive", .bool, long: "pause-on-active", variable: "NIGHTJAR_PAUSE_ON_ACTIVE",
        standard: .bool(false), help: "Pause while the machine is used, as logind tells.")
    package let pauseOnLoad = SettingRow(
        "care.pauseOnLoad", .number(above: 0, atMost: 100), long: "pause-on-load",
        variable: "NIGHTJAR_PAUSE_ON_LOAD", value: "percent", unit: "percent",
        help: "Pause while other programs take more than this part of all processors' time.")
    package let schedule = SettingRow(
        "care.schedule", .text, long: "schedule", variable: "NIGHTJAR_SCHEDULE", value: "hours",
        help: "Mine at these hours only, as in 22:00-07:00; several with commas.")
    package let maxTemperature = SettingRow(
        "care.maxTemperature", .number(above: 0, atMost: 150), long: "max-temperature",
        variable: "NIGHTJAR_MAX_TEMPERATURE", value: "°C", unit: "°C",
        help: "Reduce the work while a device is hotter than this, in degrees Celsius.")
    package let nice = SettingRow(
        "care.nice", .integer(0...19), long: "nice", variable: "NIGHTJAR_NICE", value: "n", standard: .integer(0),
        effect: .atNextStart, help: "Niceness of the hashing threads, 0 to 19.")
}
