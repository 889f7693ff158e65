import NightjarCore
import NightjarPlatform
import NightjarWire

/// A run's settings, parsed and checked.
package struct RunSettings: Sendable {
    package enum LogFormat: String, Sendable { case text, json }

    /// Where the HTTP API listens, its token, and the names that it answers to beside its own.
    package struct API: Sendable, Hashable {
        package let listen: String
        package let token: String?
        package let hosts: [String]
        fileprivate let uncomparedOrigin: UncomparedOrigin
        fileprivate let uncomparedOriginOfHosts: UncomparedOrigin

        package var origin: Settings.Origin { uncomparedOrigin.origin }
        package var originOfHosts: Settings.Origin { uncomparedOriginOfHosts.origin }
    }

    package let sandbox: Bool
    package let pools: [Pool]
    /// The longest turn of a pool with a weight, in seconds.
    package let slice: Double
    package let algorithm: Algorithm?
    /// `nil` means all devices.
    package let devices: [DeviceSelector]?
    /// CPU threads; `nil` leaves the choice to the engine.
    package let threads: Int?
    /// The part of the threads that the engine would choose; `nil` for all.
    package let cpuShare: Double?
    /// The processing units for the CPU's threads, by the system's index; `nil` for all.
    package let cpuCores: [Int]?
    package let randomX: RandomXMode
    package let niceHash: Bool
    package let keepalive: Bool
    package let maxSeconds: Double?
    package let maxShares: Int?
    package let log: LogFormat
    package let logFile: String?
    /// Bytes.
    package let logFileLimit: Int
    package let ledger: LedgerPlace
    /// How many days the ledger keeps a finished share.
    package let ledgerDays: Int
    package let api: API?
    package let care: CareSettings
    /// Niceness of the hashing threads, 0 to 19.
    package let nice: Int
    /// What the user should know, one sentence each.
    package let warnings: [String]
    /// The settings as they were given.
    private let given: Settings

    /// - Throws: ``SettingError`` for the first fault. Settings that name neither a pool nor the sandbox are a fault,
    ///   too.
    package init(_ settings: Settings) throws(SettingError) {
        try settings.check()
        given = settings
        sandbox = settings.bool(\.sandbox)
        algorithm = try settings.given(\.algorithm).map(SettingReader.algorithm)
        devices = try settings.given(\.devices).map(SettingReader.devices)
        slice = Double(settings.integer(\.slice) ?? 600)
        threads = settings.integer(\.threads)
        cpuShare = settings.text(\.threads).flatMap(Settings.part).flatMap { $0 < 1 ? $0 : nil }
        cpuCores = try settings.given(\.cpuCores).map { (given) throws(SettingError) in try SettingReader.units(given) }
        niceHash = settings.bool(\.nicehash)
        keepalive = settings.bool(\.keepalive)
        maxSeconds = settings.number(\.maxSeconds)
        maxShares = settings.integer(\.maxShares)
        randomX = Self.randomX(settings)
        log = settings.text(\.log).flatMap(LogFormat.init) ?? .text
        logFile = settings.text(\.logFile)
        logFileLimit = Int((settings.number(\.logFileSize) ?? 0) * 1024 * 1024)
        ledger = Self.ledger(settings)
        ledgerDays = settings.integer(\.ledgerDays) ?? 0
        nice = settings.integer(\.nice) ?? 0
        care = try CareSettings(
            pausesOnBattery: settings.bool(\.pauseOnBattery),
            pausesOnActive: settings.bool(\.pauseOnActive),
            maxLoad: settings.number(\.pauseOnLoad).map { $0 / 100 },
            schedule: settings.given(\.schedule).map(SettingReader.hours),
            maxTemperature: settings.number(\.maxTemperature))

        var warnings = settings.unused + (sandbox ? settings.unusedInSandbox() : [])
        api = try Self.api(settings, &warnings)
        pools =
            sandbox
            ? []
            : try settings.pools.map { (pool) throws(SettingError) in
                try Pool(pool, of: settings, &warnings)
            }
        guard sandbox || !pools.isEmpty else {
            throw SettingError(
                usage: "there is no pool to mine at: give --sandbox, or -o URL -u USER, or -c FILE with pools in it")
        }
        self.warnings = warnings
    }

    /// Whether the devices were named after a flag.
    package var devicesAreFromFlag: Bool { if case .flag? = given.given(\.devices)?.origin { true } else { false } }

    /// The settings as a configuration for others to read: without secrets, and without the paths of nodes' URLs, into
    /// which providers put a user's key.
    package var printed: PrintedConfiguration { PrintedConfiguration(given, hidesPaths: true) }

    /// The keys whose values differ from `earlier` and take effect only at the next start.
    package func keysForNextStart(since earlier: RunSettings) -> [String] {
        var keys = given.list.rows.filter { row in
            row.effect == .atNextStart && given.value(row) != earlier.given.value(row)
        }.map(\.key)
        // The standard place may be named or not.
        if ledger == earlier.ledger { keys.removeAll { $0 == SettingTable.standard.ledgerPath.key } }
        // The token may change while the name of its file stays the same.
        let tokens = [SettingTable.standard.apiToken.key, SettingTable.standard.apiTokenFile.key]
        if api?.token != earlier.api?.token, !keys.contains(where: tokens.contains) { keys.append(tokens[1]) }
        return keys
    }

    /// Filling a dataset takes about ten seconds, and hashing is then about five times as fast. A run shorter than this
    /// makes more hashes without a dataset.
    private static let leastSeconds = 30.0

    private static func randomX(_ settings: Settings) -> RandomXMode {
        let mode = settings.text(\.randomxMode).flatMap(RandomXMode.init) ?? .automatic
        return mode == .automatic && settings.number(\.maxSeconds) ?? .infinity < leastSeconds ? .light : mode
    }

    /// A relative path in a file starts at the file's folder.
    private static func ledger(_ settings: Settings) -> LedgerPlace {
        guard let setting = settings.given(\.ledgerPath), let text = setting.text else { return .standard }
        let place = LedgerPlace(text)
        guard place != .memory else { return place }
        let path = SmallFile.path(text, setting.origin)
        // A printed configuration names the standard place. A damaged ledger there is set aside, as it is without a path.
        return path == (try? LedgerLocation.standard()) ? .standard : .file(path)
    }

    private static func api(_ settings: Settings, _ warnings: inout [String]) throws(SettingError) -> API? {
        var token = settings.text(\.apiToken)
        if token == nil, let file = settings.given(\.apiTokenFile), let path = file.text {
            let secret = try SmallFile.secret(path, file.origin)
            token = secret.text
            warnings += secret.warnings
        }
        let hosts = settings.given(\.apiHosts)
        return settings.given(\.apiListen).map {
            API(
                listen: $0.text ?? "", token: token, hosts: hosts?.words ?? [],
                uncomparedOrigin: UncomparedOrigin($0.origin),
                uncomparedOriginOfHosts: UncomparedOrigin(hosts?.origin ?? $0.origin))
        }
    }
}
