/// The settings of a run as they were given, each with its origin. ``RunSettings`` checks most of them later, and its
/// errors name the origin.
package struct Settings: Sendable, Hashable {
    /// Where a setting was given.
    package enum Origin: Sendable, Hashable {
        case flag(String)
        case variable(String)
        /// `key` names the place in the file, as in `pools[0].url`.
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
        var words: [String]? { if case .words(let words) = value { words } else { nil } }
    }

    /// The settings of one pool, by the keys of ``SettingRow``.
    package typealias Pool = [String: Setting]

    package let list: SettingList
    /// The settings of the run, by the keys of ``SettingRow``.
    package private(set) var values: [String: Setting] = [:]
    package private(set) var pools: [Pool] = []
    /// What a layer gave once for all pools. It is for the pools that a later layer names, too.
    private var common: Pool = [:]
    /// What was given and has no effect, one sentence each.
    package private(set) var unused: [String] = []

    package init(_ list: SettingList = .standard) { self.list = list }

    /// Adds a layer. Its values replace those of the layers before it.
    ///
    /// Pools replace pools. A layer that names pools turns off the sandbox of an earlier layer. A user or a password that
    /// a layer gives once is for all pools: those of the earlier layers, and those that a later layer names. What a file
    /// says of one of its pools is for that pool alone, because another pool must not get its password.
    package mutating func lay(_ layer: SettingLayer) throws(SettingError) {
        let (url, sandbox) = (SettingTable.standard.url.key, SettingTable.standard.sandbox.key)
        // A token replaces an earlier one, whether each was given as text or as a file.
        for row in list.rows where layer.values[row.key] != nil {
            for key in row.supersedes { values[key] = nil }
        }
        forgetUsualFactor(before: layer)
        values.merge(layer.values) { $1 }
        let urls = layer.perPool[url] ?? []
        let namesPools = layer.pools != nil || !urls.isEmpty
        if namesPools, layer.values[sandbox] == nil { values[sandbox] = nil }
        if let pools = layer.pools { self.pools = pools }
        if let first = urls.first {
            if case .file(let path, _, _)? = pools.first?[url]?.origin {
                unused.append(
                    "the pools in \(path) are not used, nor their users and passwords: \(first.origin) names others")
            }
            pools = urls.map { common.merging([url: $0]) { $1 } }
        }
        for row in list.rows where row.key != url {
            guard let given = layer.perPool[row.key], let first = given.first else { continue }
            guard given.count == 1 || given.count == pools.count else {
                throw SettingError(
                    first.origin,
                    "is given \(given.count) times for \(pools.count) pools: give it once for all pools, or once for each",
                    isPhrase: true)
            }
            for i in pools.indices {
                pools[i][row.key] = given.count == 1 ? first : given[i]
                for key in row.supersedes { pools[i][key] = nil }
            }
            guard given.count == 1 else { continue }
            common[row.key] = first
            for key in row.supersedes { common[key] = nil }
        }
        for own in layer.ofOnePool where pools.indices.contains(own.pool) { pools[own.pool][own.key] = own.setting }
    }

    /// A printed configuration holds the usual difficulty factor of its algorithm. When a later layer names another
    /// algorithm and no factor, that one is not meant. A factor that is not the usual one is the user's own, and stays.
    private mutating func forgetUsualFactor(before layer: SettingLayer) {
        let (algorithm, factor) = (SettingTable.standard.algorithm.key, SettingTable.standard.difficultyFactor.key)
        guard let old = values[factor]?.value, layer.values[factor] == nil, let named = layer.values[algorithm],
            let usual = ChosenValues.factor(values[algorithm]), old == usual, ChosenValues.factor(named) != usual
        else { return }
        values[factor] = nil
    }

    /// Sentences about logins that the sandbox has no use for. Flags for pools exclude the sandbox from the start. Standard
    /// values say nothing: a printed configuration has them all.
    func unusedInSandbox() -> [String] {
        list.rows.compactMap { row in
            guard row.excludesSandbox, let given = common[row.key] ?? values[row.key], given.value != row.standard
            else {
                return nil
            }
            return "\(given.origin) is not used in the sandbox"
        }
    }
}

extension Settings.Origin: CustomStringConvertible {
    package var description: String {
        switch self {
        case .flag(let name), .variable(let name): name
        case .file(let path, let line, let key): "\(path):\(line): \(key)"
        }
    }
}

extension Settings.Value: CustomStringConvertible {
    /// The value as it is written into a variable or after a flag.
    package var description: String {
        switch self {
        case .bool(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): Settings.plain(number)
        case .text(let text): text
        case .words(let words): words.joined(separator: ",")
        }
    }
}

extension Settings {
    /// Splits a list that was written as one text.
    static func words(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    }

    /// The part that a text such as `50%` means; `nil` for another text.
    static func part(_ text: String) -> Double? {
        guard text.hasSuffix("%"), let percent = DecimalNumber.read(text.dropLast()), percent > 0, percent <= 100 else {
            return nil
        }
        return percent / 100
    }

    static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}

extension String {
    /// Without spaces around it.
    var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
