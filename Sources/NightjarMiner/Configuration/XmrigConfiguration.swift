import NightjarCore
import NightjarJSON
import NightjarPlatform

/// Another miner's configuration, xmrig's `config.json`, as settings of `mine`. The names are those of its published
/// documentation.
package struct XmrigConfiguration: Sendable {
    package let layer: SettingLayer
    /// A line for each key that was left out, with the reason.
    package let leftOut: [String]
    /// What the user should know about the file, one sentence each.
    package let warnings: [String]

    /// - Throws: ``SettingError`` when the file cannot be read or is no object.
    package init(path: String) throws(SettingError) {
        let file = try SmallFile.read(path, .configuration)
        let root: ConfigurationText
        do { root = try ConfigurationText.parse(file.bytes) } catch {
            throw SettingError(file: path, line: error.line, error.reason)
        }
        guard case .object(let members) = root.value else {
            throw SettingError(file: path, line: root.line, "a configuration is an object in braces")
        }
        var reader = XmrigReader(path: path)
        reader.read(members)
        layer = reader.finished()
        leftOut = reader.leftOut
        warnings = (file.isOpen ? [SecretFile.warning(path)] : []) + (file.warning.map { [$0] } ?? [])
    }
}

/// Reads the keys of the top and of each group.
private struct XmrigReader {
    private let path: String
    private var layer = SettingLayer()
    private(set) var leftOut: [String] = []
    private var usesCPU = true
    private var usesOpenCL = false
    private let table = SettingTable.standard

    typealias Member = ConfigurationText.Member

    init(path: String) { self.path = path }

    private mutating func skip(_ key: String, _ reason: String) { leftOut.append("\(key): \(reason)") }

    private mutating func set(_ row: SettingRow, _ value: Settings.Value, _ member: Member, _ key: String) {
        layer.values[row.key] = Settings.Setting(value, .file(path: path, line: member.line, key: key))
    }

    mutating func finished() -> SettingLayer {
        let devices = (usesCPU ? ["cpu"] : []) + (usesOpenCL ? ["opencl"] : [])
        if !devices.isEmpty {
            layer.values[table.devices.key] = Settings.Setting(
                .words(devices), .file(path: path, line: 1, key: "cpu, opencl"))
        }
        return layer
    }

    mutating func read(_ members: [Member]) {
        for member in members {
            switch (member.name, member.node.value) {
            case ("pools", .array(let nodes)): layer.pools = nodes.enumerated().compactMap { pool($1, "pools[\($0)]") }
            case ("cpu", .object(let inner)): cpu(inner)
            case ("opencl", .object(let inner)): opencl(inner)
            case ("cuda", .object(let inner)):
                if inner.contains(where: { $0.name == "enabled" && $0.node.value.flag == true }) {
                    skip("cuda", "there is no CUDA backend; cards of NVIDIA mine through OpenCL")
                }
            case ("http", .object(let inner)): http(inner)
            case ("randomx", .object(let inner)): randomx(inner)
            case ("dns", .object(let inner)): dns(inner)
            case ("api", .object(let inner)): api(inner)
            case ("log-file", .string(let text)): set(table.logFile, .text(text), member, member.name)
            case ("user-agent", .string(let text)): set(table.userAgent, .text(text), member, member.name)
            case ("algo-min-time", .number(let text)):
                if let time = Int(text), time > 0 { set(table.algorithmTime, .integer(time), member, member.name) }
            case ("pause-on-battery", .bool(let flag)): set(table.pauseOnBattery, .bool(flag), member, member.name)
            // Whether to, or the seconds after the last key.
            case ("pause-on-active", .bool(let flag)): set(table.pauseOnActive, .bool(flag), member, member.name)
            case ("pause-on-active", .number(let text)):
                let isOn = Double(text).map { $0 > 0 } ?? false
                set(table.pauseOnActive, .bool(isOn), member, member.name)
                if isOn { skip(member.name, "the pause is taken; how soon a machine is idle is the desktop's setting") }
            case (_, .null): break
            default: skip(member.name, Self.reasons[member.name] ?? Self.unknown)
            }
        }
    }

    // MARK: Groups

    private mutating func cpu(_ members: [Member]) {
        for member in members {
            let key = "cpu.\(member.name)"
            switch (member.name, member.node.value) {
            case ("enabled", .bool(let flag)): usesCPU = flag
            case ("max-threads-hint", .number(let text)):
                guard let part = Int(text), (1...100).contains(part) else { break }
                if part < 100 { set(table.threads, .text("\(part)%"), member, key) }
            case ("priority", .number(let text)):
                // 0 is idle and 2 is normal.
                let nice = ["0": 19, "1": 10]
                if let nice = nice[text] { set(table.nice, .integer(nice), member, key) }
                if nice[text] == nil, text != "2" { skip(key, "priority above normal needs root") }
            case (_, .null): break
            default:
                let isProfile = Catalog.algorithm(named: member.name) != nil || Self.profiles.contains(member.name)
                skip(key, isProfile ? Self.profile : Self.reasons[key] ?? Self.unknown)
            }
        }
    }

    private mutating func opencl(_ members: [Member]) {
        for member in members {
            let key = "opencl.\(member.name)"
            switch (member.name, member.node.value) {
            case ("enabled", .bool(let flag)): usesOpenCL = flag
            case (_, .null): break
            default:
                guard usesOpenCL else { break }
                let isProfile = Catalog.algorithm(named: member.name) != nil || Self.profiles.contains(member.name)
                skip(key, isProfile ? "'nightjar tune' finds a card's settings" : Self.reasons[key] ?? Self.unknown)
            }
        }
    }

    private mutating func http(_ members: [Member]) {
        func text(_ name: String) -> (Member, String)? {
            members.first { $0.name == name }.flatMap { member in member.node.value.text.map { (member, $0) } }
        }
        let isOn = members.contains { $0.name == "enabled" && $0.node.value.flag == true }
        guard isOn else { return }
        guard let (member, port) = text("port"), port != "0" else {
            return skip("http", "without a port of its own the API has none here: give --api HOST:PORT")
        }
        set(table.apiListen, .text("\(text("host")?.1 ?? "127.0.0.1"):\(port)"), member, "http.port")
        if let (member, token) = text("access-token") { set(table.apiToken, .text(token), member, "http.access-token") }
        if let member = members.first(where: { $0.name == "restricted" }), member.node.value.flag == false {
            skip("http.restricted", "changes through the API need a token, and no more")
        }
    }

    private mutating func randomx(_ members: [Member]) {
        for member in members {
            let key = "randomx.\(member.name)"
            switch (member.name, member.node.value.text ?? "") {
            case ("mode", let mode):
                let modes = ["auto": "auto", "fast": "full", "light": "light"]
                if let mode = modes[mode] { set(table.randomxMode, .text(mode), member, key) }
            default:
                if case .null = member.node.value { break }
                skip(key, Self.reasons[key] ?? Self.unknown)
            }
        }
    }

    private mutating func dns(_ members: [Member]) {
        for member in members {
            switch (member.name, member.node.value.text ?? "") {
            case ("ip_version", "4"): set(table.ipv4, .bool(true), member, "dns.ip_version")
            case ("ip_version", "6"): set(table.ipv6, .bool(true), member, "dns.ip_version")
            case ("ip_version", _), ("ipv6", _): break
            default: skip("dns.\(member.name)", "the system's resolver decides how long a name is kept")
            }
        }
    }

    private mutating func api(_ members: [Member]) {
        for member in members {
            switch (member.name, member.node.value) {
            case ("worker-id", .string(let name)): set(table.rigId, .text(name), member, "api.worker-id")
            case (_, .null): break
            default: skip("api.\(member.name)", Self.unknown)
            }
        }
    }

    // MARK: Pools

    private mutating func pool(_ node: ConfigurationText, _ place: String) -> Settings.Pool? {
        guard case .object(let members) = node.value else {
            skip(place, "it is not an object")
            return nil
        }
        func member(_ name: String) -> Member? { members.first { $0.name == name } }
        func text(_ name: String) -> String? { member(name)?.node.value.text }
        func flag(_ name: String) -> Bool { member(name)?.node.value.flag == true }
        if member("enabled")?.node.value.flag == false {
            skip(place, "it is not enabled")
            return nil
        }
        guard var url = text("url"), !url.isEmpty else {
            skip(place, "it has no url")
            return nil
        }
        if flag("daemon"), !url.contains("://") { url = (flag("tls") ? "daemon+https://" : "daemon+http://") + url }
        var pool: Settings.Pool = [:]
        func put(_ row: SettingRow, _ value: Settings.Value, _ name: String) {
            pool[row.key] = Settings.Setting(
                value, .file(path: path, line: member(name)?.line ?? node.line, key: "\(place).\(name)"))
        }
        put(table.url, .text(url), "url")
        for (name, row) in [
            ("user", table.user), ("pass", table.pass), ("rig-id", table.rigId),
            ("tls-fingerprint", table.tlsFingerprint),
        ] {
            if let text = text(name), !text.isEmpty { put(row, .text(text), name) }
        }
        for (name, row) in [("nicehash", table.nicehash), ("tls", table.tls)] where flag(name) {
            put(row, .bool(true), name)
        }
        // A time in seconds, or whether to.
        if flag("keepalive") || Int(text("keepalive") ?? "0") ?? 0 > 0 {
            put(table.keepalive, .bool(true), "keepalive")
        }
        if let port = text("daemon-zmq-port"), Int(port) ?? 0 > 0 { put(table.zmq, .text(port), "daemon-zmq-port") }
        if let proxy = text("socks5"), !proxy.isEmpty { put(table.proxy, .text("socks5://\(proxy)"), "socks5") }
        if let name = text("algo") ?? text("coin").map({ Self.coins[$0.lowercased()] ?? $0 }) {
            if Catalog.algorithm(named: name) != nil {
                put(table.algorithm, .text(name), member("algo") == nil ? "coin" : "algo")
            } else {
                skip("\(place).algo", "this build does not run \(printable(name, limit: 40))")
            }
        }
        for member in members where !Self.poolKeys.contains(member.name) {
            if case .null = member.node.value { continue }
            if member.node.value.flag == false { continue }
            skip("\(place).\(member.name)", Self.reasons["pools.\(member.name)"] ?? Self.unknown)
        }
        return pool
    }

    // MARK: Words

    private static let poolKeys: Set<String> = [
        "enabled", "url", "user", "pass", "rig-id", "tls-fingerprint", "nicehash", "tls", "daemon", "keepalive",
        "daemon-zmq-port", "socks5", "algo", "coin",
    ]

    private static let coins = [
        "monero": "rx/0", "xmr": "rx/0", "wownero": "rx/wow", "wow": "rx/wow", "arqma": "rx/arq", "arq": "rx/arq",
        "graft": "rx/graft", "grft": "rx/graft", "yada": "rx/yada", "sumokoin": "cn/r", "sumo": "cn/r",
    ]

    /// Other miners' names of groups of algorithms.
    private static let profiles: Set<String> = [
        "cn", "cn-heavy", "cn-lite", "cn-pico", "cn/upx2", "cn/gpu", "rx", "rx/arq", "rx/wow", "argon2", "ghostrider",
        "kawpow", "*",
    ]

    private static let unknown = "there is nothing like it here"
    private static let profile = "threads are chosen by the caches; -t N or -t N% sets their number"
    private static let root = "it needs root; 'nightjar setup' prints what root can do"

    private static let reasons: [String: String] = [
        "autosave": "the file is yours: it is read, and never written",
        "background": "a service manager does that; packaging/nightjar.service is a unit for systemd",
        "colors": "colours follow the terminal, and NO_COLOR",
        "title": "the terminal's title is left alone",
        "donate-level": "there is no fee",
        "donate-over-proxy": "there is no fee",
        "print-time": "the hash rate is reported every ten seconds",
        "health-print-time": "the key h shows it, and the API",
        "dmi": "the memory's data are not read",
        "retries": "a pool is tried again for ever, at growing intervals",
        "retry-pause": "a pool is tried again for ever, at growing intervals",
        "syslog": "the service manager keeps what goes to standard output",
        "verbose": "there is one level of detail",
        "watch": "a file after -c is always followed",
        "tls": "the API speaks plain HTTP: put a web server in front of it",
        "rebench-algo": "'nightjar bench --keep' measures", "bench-algo-time": "'nightjar bench --keep' measures",
        "algo-perf": "'nightjar bench --keep' measures",
        "cpu.huge-pages": "huge pages are used when there are any; 'nightjar setup' sets them aside",
        "cpu.huge-pages-jit": "machine code is small, and needs none",
        "cpu.hw-aes": "the fastest code that the processor runs is chosen",
        "cpu.asm": "the fastest code that the processor runs is chosen",
        "cpu.argon2-impl": "the fastest code that the processor runs is chosen",
        "cpu.memory-pool": "memory is kept from one algorithm to the next where it can be",
        "cpu.yield": "lanes yield to the checks of shares, and nothing else",
        "cpu.max-cpu-usage": profile,
        "opencl.cache": "compiled programs are always kept",
        "opencl.loader": "the system's OpenCL loader is used",
        "opencl.platform": "--device names devices: opencl:P.D",
        "opencl.adl": "temperatures come from the system",
        "randomx.init": "as many threads as there are cores fill the dataset",
        "randomx.init-avx2": "the fastest code that the processor runs is chosen",
        "randomx.1gb-pages": "pages of 1 GiB are used when there are any; 'nightjar setup' sets them aside",
        "randomx.rdmsr": root, "randomx.wrmsr": root, "randomx.cache_qos": root,
        "randomx.numa": "each NUMA node with memory for it gets a dataset",
        "randomx.scratchpad_prefetch_mode": "the fastest code that the processor runs is chosen",
        "pools.sni": "TLS always tells the pool's name",
        "pools.self-select": "mining with a node's templates at a pool is not supported; P2Pool does it",
        "pools.submit-to-origin": "mining with a node's templates at a pool is not supported; P2Pool does it",
        "pools.daemon-poll-interval": "a node is asked once a second",
        "pools.daemon-job-timeout": "a node's template is renewed every 30 seconds",
        "pools.spend-secret-key": "solo mining for coins whose blocks are signed is not supported",
    ]
}

extension JSONElement {
    /// Whether true or false; `nil` for another value.
    fileprivate var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// A text, or a number as it is written; `nil` for another value.
    fileprivate var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
}
