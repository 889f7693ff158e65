import NightjarCore
import NightjarPlatform
import NightjarWire

extension RunSettings {
    /// A pool or a node, and who mines there.
    @dynamicMemberLookup
    package struct Pool: Sendable, Hashable {
        package let settings: PoolSettings
        /// The devices that work for it alone; `nil` for those without a pool of their own.
        package let devices: [DeviceSelector]?
        /// Its part of its devices' time; `nil` for a pool that takes no turns.
        package let weight: Double?
        private let uncomparedOrigin: UncomparedOrigin
        private let uncomparedUserOrigin: UncomparedOrigin
        private let uncomparedDevicesOrigin: UncomparedOrigin
        private let uncomparedAlgorithmOrigin: UncomparedOrigin

        /// Where the pool was named, for errors that appear only when it is used.
        package var origin: Settings.Origin { uncomparedOrigin.origin }

        /// Where its user was named.
        package var userOrigin: Settings.Origin { uncomparedUserOrigin.origin }

        /// Where its devices and its algorithm were named.
        package var devicesOrigin: Settings.Origin { uncomparedDevicesOrigin.origin }
        package var algorithmOrigin: Settings.Origin { uncomparedAlgorithmOrigin.origin }

        package subscript<Value>(dynamicMember path: KeyPath<PoolSettings, Value>) -> Value { settings[keyPath: path] }
    }
}

extension RunSettings.Pool {
    /// - Parameter settings: the run's settings, which hold for all pools.
    init(
        _ pool: Settings.Pool, of settings: Settings, _ warnings: inout [String]
    ) throws(SettingError) {
        let input = PoolInput(pool: pool, settings: settings)
        guard let place = input.given(\.url), let text = place.text else {
            throw SettingError(usage: "a pool has no URL")
        }
        var url: PoolURL
        // Text that was copied may have spaces around it.
        do { url = try PoolURL(text.trimmed) } catch { throw SettingError(place.origin, error.description) }
        if input.bool(\.tls) { url = url.secured }
        var result = PoolSettings(
            url: url, user: try input.user(at: place.origin), password: try input.password(&warnings),
            rigID: input.text(\.rigId), niceHash: input.bool(\.nicehash), keepalive: input.bool(\.keepalive))
        // The run's algorithm reaches every pool through the shared options.
        result.algorithm = try input.given(\.algorithm).map(SettingReader.algorithm)
        result.suggestedDifficulty = try input.number(\.suggestDifficulty)
        result.difficultyFactor = try input.number(\.difficultyFactor)
        result.fingerprint = try input.fingerprint(url)
        result.zmq = try input.zmq(url)
        result.proxy = try input.proxy()
        result.family = try input.family(place.origin)
        if let family = result.family, let literal = IPFamily(ofLiteral: url.host), literal != family {
            throw SettingError(
                place.origin,
                "\(printable(url.host)) is an \(literal.rawValue) address, and \(family.rawValue) alone is wanted")
        }
        result.agent = try input.agent()
        result.algorithmTime = try input.integer(\.algorithmTime)
        let addresses: [(PoolURL?, Settings.Origin)] = [
            (url, place.origin), (result.zmq, input.given(\.zmq)?.origin ?? place.origin),
        ]
        for (address, origin) in addresses {
            guard let address, address.isHiddenService, result.proxy == nil else { continue }
            throw SettingError(origin, PoolURLError.hiddenService(address).description)
        }
        result.rpcCookie = try input.cookie()
        result.coinbaseText = input.given(\.coinbaseText)?.text.flatMap { $0.isEmpty ? nil : $0 }
        self.init(
            settings: result, devices: try input.given(\.devices).map(SettingReader.devices),
            weight: try input.number(\.weight), uncomparedOrigin: UncomparedOrigin(place.origin),
            uncomparedUserOrigin: UncomparedOrigin(input.given(\.user)?.origin ?? place.origin),
            uncomparedDevicesOrigin: UncomparedOrigin(input.given(\.devices)?.origin ?? place.origin),
            uncomparedAlgorithmOrigin: UncomparedOrigin(input.given(\.algorithm)?.origin ?? place.origin))
    }
}

/// The settings of one pool. The settings for all pools fill the gaps.
private struct PoolInput {
    let pool: Settings.Pool
    let settings: Settings

    /// The setting of this pool alone.
    func given(_ path: KeyPath<SettingTable, SettingRow>) -> Settings.Setting? {
        pool[SettingTable.standard[keyPath: path].key]
    }

    func bool(_ path: KeyPath<SettingTable, SettingRow>) -> Bool {
        given(path).map { $0.value == .bool(true) } ?? settings.bool(path)
    }

    func text(_ path: KeyPath<SettingTable, SettingRow>) -> String? {
        given(path)?.text.flatMap { $0.isEmpty ? nil : $0 } ?? settings.text(path)
    }

    /// The run's own was checked with the other settings of the run.
    func number(_ path: KeyPath<SettingTable, SettingRow>) throws(SettingError) -> Double? {
        guard let setting = given(path) else { return settings.number(path) }
        try settings.check(setting, SettingTable.standard[keyPath: path])
        if case .number(let number) = setting.value { return number }
        return nil
    }

    func integer(_ path: KeyPath<SettingTable, SettingRow>) throws(SettingError) -> Int? {
        guard let setting = given(path) else { return settings.integer(path) }
        try settings.check(setting, SettingTable.standard[keyPath: path])
        if case .integer(let number) = setting.value { return number }
        return nil
    }

    /// The family of addresses that is wanted alone.
    ///
    /// - Parameter place: where the pool is named.
    func family(_ place: Settings.Origin) throws(SettingError) -> IPFamily? {
        switch (bool(\.ipv4), bool(\.ipv6)) {
        case (true, true):
            let origin = given(\.ipv6)?.origin ?? settings.given(\.ipv6)?.origin ?? place
            throw SettingError(origin, "IPv4 alone and IPv6 alone exclude each other")
        case (true, false): return .v4
        case (false, true): return .v6
        case (false, false): return nil
        }
    }

    func agent() throws(SettingError) -> String? {
        guard let written = given(\.userAgent) ?? settings.given(\.userAgent), let text = written.text, !text.isEmpty
        else { return nil }
        guard text.utf8.count <= 200, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw SettingError(written.origin, "at most 200 visible ASCII characters are needed")
        }
        return text
    }

    /// An empty text in a pool's own settings means none.
    func proxy() throws(SettingError) -> SOCKSProxy? {
        guard let written = given(\.proxy) ?? settings.given(\.proxy), let text = written.text, !text.isEmpty else {
            return nil
        }
        do { return try SOCKSProxy(text) } catch { throw SettingError(written.origin, error.description) }
    }

    func user(at place: Settings.Origin) throws(SettingError) -> String {
        guard let user = given(\.user), let name = user.text else {
            let what = "is missing: the pool's user, or the wallet address for a node"
            guard case .file(let path, let line, let key) = place else { throw SettingError(usage: "-u \(what)") }
            throw SettingError(
                .file(path: path, line: line, key: key.replacing("url", with: "user")), what, isPhrase: true)
        }
        guard !name.isEmpty else { throw SettingError(user.origin, "is empty", isPhrase: true) }
        return name
    }

    func password(_ warnings: inout [String]) throws(SettingError) -> String {
        let password = given(\.pass)?.text
        guard let file = given(\.passFile), let path = file.text, !path.isEmpty else {
            return password ?? SettingTable.standard.pass.standard?.description ?? ""
        }
        guard password == nil else { throw SettingError(file.origin, "a password is already given") }
        let secret = try SmallFile.secret(path, file.origin)
        warnings += secret.warnings
        return secret.text
    }

    /// The path of the file with a node's login.
    func cookie() throws(SettingError) -> String? {
        guard let written = given(\.rpcCookie), let text = written.text, !text.isEmpty else { return nil }
        guard !PoolSettings.isLogin(text) else {
            throw SettingError(
                written.origin, "this is a login, and not the path of the file that holds it; it is not shown here")
        }
        return SmallFile.path(text, written.origin)
    }

    func fingerprint(_ url: PoolURL) throws(SettingError) -> CertificatePin? {
        guard let written = given(\.tlsFingerprint), let text = written.text, !text.isEmpty else { return nil }
        guard let pin = CertificatePin(text) else {
            throw SettingError(
                written.origin, value: "'\(text.prefix(100))'", "64 hex digits are needed, with or without colons")
        }
        guard url.isSecure else {
            throw SettingError(written.origin, PoolURLError.fingerprintWithoutTLS(url).description)
        }
        return pin
    }

    func zmq(_ url: PoolURL) throws(SettingError) -> PoolURL? {
        guard let written = given(\.zmq), let text = written.text, !text.isEmpty else { return nil }
        guard url.isNode else { throw SettingError(written.origin, PoolURLError.zmqWithoutNode(url).description) }
        do { return try PoolSettings.zmq(text, of: url) } catch {
            throw SettingError(written.origin, error.description)
        }
    }
}
