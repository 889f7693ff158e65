import NightjarCore
import NightjarWire

/// A run's settings, understood and checked.
package struct RunSettings: Sendable {
    /// A pool or a node, and who mines there.
    @dynamicMemberLookup
    package struct Pool: Sendable, Hashable {
        package let settings: PoolSettings
        fileprivate let whence: Whence

        /// Who named it, for faults that only show when it is used.
        package var origin: Settings.Origin { whence.origin }

        package subscript<Value>(dynamicMember path: KeyPath<PoolSettings, Value>) -> Value { settings[keyPath: path] }
    }

    /// Who said something, beside what was said: no part of it, so that a line that has moved in a file is no change.
    fileprivate struct Whence: Sendable, Hashable {
        let origin: Settings.Origin
        static func == (a: Whence, b: Whence) -> Bool { true }
        func hash(into hasher: inout Hasher) {}
    }

    package enum LogFormat: String, Sendable { case text, json }

    /// Where the HTTP API listens, and for whom.
    package struct API: Sendable, Hashable {
        package let listen: String
        package let token: String?
        fileprivate let whence: Whence

        package var origin: Settings.Origin { whence.origin }
    }

    package let sandbox: Bool
    package let pools: [Pool]
    package let algorithm: Algorithm?
    /// `nil` takes all there are.
    package let devices: [DeviceSelector]?
    package let threads: Int?
    package let randomX: RandomXMode
    package let niceHash: Bool
    package let keepalive: Bool
    package let maxSeconds: Double?
    package let maxShares: Int?
    package let log: LogFormat
    package let logFile: String?
    /// Bytes.
    package let logFileLimit: Int
    /// How long a share is kept.
    package let ledgerDays: Int
    package let api: API?
    package let care: CareSettings
    /// The priority that hashing threads give up, 0 to 19.
    package let nice: Int
    /// What the user should know, one sentence each.
    package let warnings: [String]

    /// A dataset takes some ten seconds to fill, and makes five hashes of one afterwards: a run that is to end sooner
    /// than this is done better without.
    private static let leastSeconds = 30.0

    /// - Throws: ``SettingError`` for the first fault; that nothing is said of where to mine is one, too.
    package init(_ settings: Settings) throws(SettingError) {
        for key in SettingKey.allCases {
            if let setting = settings.values[key] { try Settings.check(setting, key.kind) }
        }
        func bool(_ key: SettingKey) -> Bool { settings.values[key]?.value == .bool(true) }
        func text(_ key: SettingKey) -> Settings.Setting? {
            guard let setting = settings.values[key], setting.text?.isEmpty == false else { return nil }
            return setting
        }
        func integer(_ key: SettingKey) -> Int? {
            if case .integer(let number)? = settings.values[key]?.value { number } else { nil }
        }
        func number(_ key: SettingKey) -> Double? {
            if case .number(let number)? = settings.values[key]?.value { number } else { nil }
        }
        var warnings: [String] = []

        sandbox = bool(.sandbox)
        algorithm = try text(.algorithm).map(Self.algorithm)
        devices = try settings.values[.devices].map(Self.devices)
        threads = integer(.threads)
        niceHash = bool(.nicehash)
        keepalive = bool(.keepalive)
        maxSeconds = number(.maxSeconds)
        maxShares = integer(.maxShares)
        var mode = RandomXMode.automatic
        if let written = text(.randomxMode) {
            guard let wanted = RandomXMode(rawValue: written.text ?? "") else {
                throw SettingError(written.origin, "'\(written.text ?? "")': light, full or auto is needed")
            }
            mode = wanted
        }
        randomX = mode == .automatic && maxSeconds ?? .infinity < Self.leastSeconds ? .light : mode
        if let written = text(.log) {
            guard let format = LogFormat(rawValue: written.text ?? "") else {
                throw SettingError(written.origin, "'\(written.text ?? "")': json or text is needed")
            }
            log = format
        } else {
            log = .text
        }
        logFile = text(.logFile)?.text
        logFileLimit = Int((number(.logFileSize) ?? 10) * 1024 * 1024)
        ledgerDays = integer(.ledgerDays) ?? 400
        nice = integer(.nice) ?? 0
        care = try CareSettings(
            pausesOnBattery: bool(.pauseOnBattery), schedule: text(.schedule).map(Self.schedule),
            maxTemperature: number(.maxTemperature))

        var token = text(.apiToken)?.text
        if token == nil, let file = text(.apiTokenFile), let path = file.text {
            let secret = try ConfigurationFile.secret(path, file.origin)
            token = secret.text
            if let warning = secret.warning { warnings.append(warning) }
        }
        api = text(.apiListen).map { API(listen: $0.text ?? "", token: token, whence: Whence(origin: $0.origin)) }

        var pools: [Pool] = []
        if !sandbox {
            for pool in settings.pools { pools.append(try Self.pool(pool, settings, &warnings)) }
            guard !pools.isEmpty else {
                throw SettingError(
                    usage: "nothing to mine at: give --sandbox, or -o URL -u USER, or -c FILE with pools in it")
            }
        }
        self.pools = pools
        self.warnings = warnings
    }

    private static func pool(
        _ pool: [PoolKey: Settings.Setting], _ settings: Settings, _ warnings: inout [String]
    ) throws(SettingError) -> Pool {
        guard let place = pool[.url], let text = place.text else { throw SettingError(usage: "a pool has no URL") }
        var url: PoolURL
        do { url = try PoolURL(text) } catch { throw SettingError(place.origin, error.description) }
        let tls = pool[.tls] ?? settings.values[.tls]
        if tls?.value == .bool(true) { url = url.secured }
        guard let user = pool[.user], let name = user.text else {
            guard case .file(let path, let line, let key) = place.origin else {
                throw SettingError(usage: "-u is missing: the pool's user, or the wallet address for a node")
            }
            throw SettingError(
                .file(path: path, line: line, key: key.replacing("url", with: "user")),
                "is missing: the pool's user, or the wallet address for a node", isPhrase: true)
        }
        guard !name.isEmpty else { throw SettingError(user.origin, "is empty", isPhrase: true) }
        var password = pool[.pass]?.text
        if let file = pool[.passFile], let path = file.text, !path.isEmpty {
            guard password == nil else { throw SettingError(file.origin, "there is a password already") }
            let secret = try ConfigurationFile.secret(path, file.origin)
            password = secret.text
            if let warning = secret.warning { warnings.append(warning) }
        }
        func flag(_ key: PoolKey, _ common: SettingKey) -> Bool {
            (pool[key] ?? settings.values[common])?.value == .bool(true)
        }
        func some(_ setting: Settings.Setting?) -> String? { setting?.text.flatMap { $0.isEmpty ? nil : $0 } }
        var algorithm: Algorithm?
        if let written = pool[.algorithm] { algorithm = try Self.algorithm(written) }
        var result = PoolSettings(
            url: url, user: name, password: password ?? "x", rigID: some(pool[.rigId]) ?? some(settings.values[.rigId]),
            niceHash: flag(.nicehash, .nicehash), keepalive: flag(.keepalive, .keepalive), algorithm: algorithm)
        if let written = pool[.tlsFingerprint], let text = some(written) {
            guard let pin = CertificatePin(text) else {
                throw SettingError(
                    written.origin, value: "'\(text.prefix(100))'", "64 hex digits are needed, with or without colons")
            }
            guard url.isSecure else {
                throw SettingError(written.origin, PoolURLError.fingerprintWithoutTLS(url).description)
            }
            result.fingerprint = pin
        }
        if let written = pool[.zmq], let text = some(written) {
            guard url.isNode else { throw SettingError(written.origin, PoolURLError.zmqWithoutNode(url).description) }
            do { result.zmq = try PoolSettings.zmq(text, of: url) } catch {
                throw SettingError(written.origin, error.description)
            }
        }
        return Pool(settings: result, whence: Whence(origin: place.origin))
    }

    private static func algorithm(_ setting: Settings.Setting) throws(SettingError) -> Algorithm {
        let text = setting.text ?? ""
        if let algorithm = Catalog.algorithm(named: text) { return algorithm }
        let names = Catalog.all.map(\.name).joined(separator: ", ")
        throw SettingError(
            setting.origin,
            Catalog.isKnownElsewhere(text)
                ? "this build cannot run \(text.lowercased()); it runs: \(names)"
                : "unknown algorithm '\(text)'; this build runs: \(names)")
    }

    private static func devices(_ setting: Settings.Setting) throws(SettingError) -> [DeviceSelector] {
        guard case .words(let words) = setting.value else { return [] }
        var found: [DeviceSelector] = []
        for word in words {
            guard let selector = DeviceSelector(word) else {
                throw SettingError(
                    setting.origin,
                    "'\(word)' is no device; write cpu, opencl or opencl:P.D ('nightjar devices' lists them)")
            }
            if !found.contains(selector) { found.append(selector) }
        }
        return found
    }

    private static func schedule(_ setting: Settings.Setting) throws(SettingError) -> Schedule {
        let text = setting.text ?? ""
        guard let schedule = Schedule(text) else {
            throw SettingError(
                setting.origin, "'\(text)': hours are needed, as in 22:00-07:00 or 9:00-12:30,13:30-17:00")
        }
        return schedule
    }
}
