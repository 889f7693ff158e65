/// What was said of a run, and by whom: not yet understood, so that a fault can be shown where it stands.
package struct Settings: Sendable, Hashable {
    /// Who said something.
    package enum Origin: Sendable, Hashable {
        case flag(String)
        case variable(String)
        /// `key` as the file's reader knows it: `pools[0].url`.
        case file(path: String, line: Int, key: String)
    }

    package enum Value: Sendable, Hashable {
        case bool(Bool)
        case integer(Int)
        case number(Double)
        case text(String)
        case words([String])
    }

    package struct Setting: Sendable, Hashable {
        package let value: Value
        package let origin: Origin

        package init(_ value: Value, _ origin: Origin) {
            self.value = value
            self.origin = origin
        }

        var text: String? { if case .text(let text) = value { text } else { nil } }
    }

    /// What one of them says: the file, the environment, or the flags.
    package struct Layer: Sendable, Hashable {
        package var values: [SettingKey: Setting] = [:]
        /// `nil` where it says nothing of pools, or names them by ``urls``.
        package var pools: [[PoolKey: Setting]]?
        /// Pools as flags and variables name them: a URL each, and one user and password for all, or one each.
        package var urls: [Setting] = []
        package var users: [Setting] = []
        package var passwords: [Setting] = []
        /// Certificates' fingerprints; an empty one is none.
        package var fingerprints: [Setting] = []
        /// Where nodes publish new blocks; an empty one is none.
        package var notices: [Setting] = []
        /// Of every pool.
        package var common: [PoolKey: Setting] = [:]

        package init() {}
    }

    package private(set) var values: [SettingKey: Setting] = [:]
    package private(set) var pools: [[PoolKey: Setting]] = []

    package init() {}

    /// Lays what somebody says over what was said before.
    ///
    /// Pools replace pools. Whoever names pools does not mean the sandbox of a layer below; a user or a password
    /// without a pool is for the pools of the layers below.
    package mutating func lay(_ layer: Layer) throws(SettingError) {
        // Who names a token, here or in a file, does not mean the one of a layer below, however that was named.
        if layer.values[.apiToken] != nil || layer.values[.apiTokenFile] != nil {
            values[.apiToken] = nil
            values[.apiTokenFile] = nil
        }
        values.merge(layer.values) { $1 }
        let namesPools = layer.pools != nil || !layer.urls.isEmpty
        if namesPools, layer.values[.sandbox] == nil { values[.sandbox] = nil }
        if let pools = layer.pools { self.pools = pools }
        if !layer.urls.isEmpty { pools = layer.urls.map { [.url: $0] } }
        let lists = [
            (layer.users, PoolKey.user), (layer.passwords, .pass), (layer.fingerprints, .tlsFingerprint),
            (layer.notices, .zmq),
        ]
        if !lists.allSatisfy(\.0.isEmpty) || !layer.common.isEmpty {
            for (settings, key) in lists {
                guard let first = settings.first else { continue }
                guard settings.count == 1 || settings.count == pools.count else {
                    throw SettingError(
                        first.origin, "is given \(settings.count) times for \(pools.count) pools: once, or once a pool",
                        isPhrase: true)
                }
                for i in pools.indices {
                    pools[i][key] = settings.count == 1 ? first : settings[i]
                    if key == .pass { pools[i][.passFile] = nil }
                }
            }
            for i in pools.indices { pools[i].merge(layer.common) { $1 } }
        }
    }
}

/// What is wrong with a setting. The description is one line, and holds no secret.
package struct SettingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `nil` for a file as a whole.
    package let origin: Settings.Origin?
    package let description: String

    /// Whether a flag is at fault, and not a file or the environment.
    package var isUsage: Bool { if case .flag? = origin { true } else { false } }

    /// - Parameter isPhrase: whether `what` goes on from the setting's name, as in "-u is missing".
    package init(_ origin: Settings.Origin, _ what: String, isPhrase: Bool = false) {
        self.origin = origin
        description = HumanReporter.printable("\(Self.name(origin))\(isPhrase ? " " : ": ")\(what)")
    }

    /// A value that makes no sense: as it would be written after its flag.
    init(_ origin: Settings.Origin, value: String, _ what: String) {
        self.origin = origin
        let joint =
            switch origin {
            case .flag: " "
            case .variable: "="
            case .file: ": "
            }
        description = HumanReporter.printable("\(Self.name(origin))\(joint)\(value): \(what)")
    }

    private static func name(_ origin: Settings.Origin) -> String {
        switch origin {
        case .flag(let name), .variable(let name): name
        case .file(let path, let line, let key): "\(path):\(line): \(key)"
        }
    }

    init(file: String, line: Int, _ what: String) {
        origin = .file(path: file, line: line, key: "")
        description = HumanReporter.printable("\(file):\(line): \(what)")
    }

    init(file: String, _ what: String) {
        origin = nil
        description = HumanReporter.printable("\(file): \(what)")
    }

    /// A fault of the arguments as a whole.
    package init(usage what: String) {
        origin = .flag("")
        description = HumanReporter.printable(what)
    }
}

extension Settings.Layer {
    /// What the environment says.
    package init(environment: (String) -> String? = LedgerLocation.variable) throws(SettingError) {
        func text(_ name: String) -> Settings.Setting? {
            environment(name).map { Settings.Setting(.text($0), .variable(name)) }
        }
        for key in SettingKey.allCases {
            guard let written = environment(key.variable) else { continue }
            let origin = Settings.Origin.variable(key.variable)
            values[key] = Settings.Setting(try Settings.value(written, key.kind, origin), origin)
        }
        if let urls = environment("NIGHTJAR_URL") {
            self.urls = Settings.words(urls).map { Settings.Setting(.text($0), .variable("NIGHTJAR_URL")) }
        }
        if let user = text("NIGHTJAR_USER") { users = [user] }
        if let password = text("NIGHTJAR_PASS") { passwords = [password] }
        if let file = text("NIGHTJAR_PASS_FILE") { common[.passFile] = file }
        if let fingerprint = text("NIGHTJAR_TLS_FINGERPRINT") { common[.tlsFingerprint] = fingerprint }
        if let zmq = text("NIGHTJAR_ZMQ") { common[.zmq] = zmq }
    }
}

extension Settings {
    static func words(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            var word = word
            while word.first == " " { word.removeFirst() }
            while word.last == " " { word.removeLast() }
            return String(word)
        }
    }

    /// A value that was written as text.
    static func value(_ text: String, _ kind: SettingKey.Kind, _ origin: Origin) throws(SettingError) -> Value {
        switch kind {
        case .bool:
            switch text.lowercased() {
            case "1", "true", "yes", "on": return .bool(true)
            case "0", "false", "no", "off": return .bool(false)
            default: throw SettingError(origin, "true or false is needed")
            }
        case .integer:
            guard let number = Int(text) else { throw SettingError(origin, "'\(text)': a whole number is needed") }
            return .integer(number)
        case .number:
            guard let number = Double(text) else { throw SettingError(origin, "'\(text)': a number is needed") }
            return .number(number)
        case .text: return .text(text)
        case .words: return .words(words(text))
        }
    }

    /// Holds a number to its bounds.
    static func check(_ setting: Setting, _ kind: SettingKey.Kind) throws(SettingError) {
        switch (setting.value, kind) {
        case (.integer(let number), .integer(let range)) where !range.contains(number):
            let wish = number < range.lowerBound ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
            throw SettingError(setting.origin, value: "\(number)", wish)
        case (.number(let number), .number(let low, let high)) where !(number > low && number <= high):
            throw SettingError(
                setting.origin, value: plain(number), "a number above \(plain(low)), at most \(plain(high)), is needed")
        default: break
        }
    }

    private static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}
