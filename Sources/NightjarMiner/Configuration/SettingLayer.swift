import NightjarPlatform

/// The settings from one source: the file, the environment or the flags.
package struct SettingLayer: Sendable, Hashable {
    /// The settings of the run, by the keys of ``SettingRow``.
    package var values: [String: Settings.Setting] = [:]
    /// The pools of a file; `nil` when there are none, or when URLs in ``perPool`` name them.
    package var pools: [Settings.Pool]?
    /// The pools' settings from flags and variables: a URL for each pool; for each other setting, one value for all
    /// pools or one for each pool.
    package var perPool: [String: [Settings.Setting]] = [:]
    /// Settings of single pools, for the pools that ``perPool`` names.
    private(set) var ofOnePool: [OfOnePool] = []

    struct OfOnePool: Sendable, Hashable {
        /// The pool's place among the URLs.
        let pool: Int
        /// The key of its ``SettingRow``.
        let key: String
        let setting: Settings.Setting
    }

    package init() {}

    /// Reads the environment.
    package init(
        environment: (String) -> String? = UserFolders.variable, list: SettingList = .standard
    ) throws(SettingError) {
        for row in list.rows {
            guard let written = environment(row.variable) else { continue }
            let origin = Settings.Origin.variable(row.variable)
            if row.isOfRun {
                values[row.key] = try Self.setting(written, row.kind, origin)
            } else {
                let all = row.key == SettingTable.standard.url.key ? Settings.words(written) : [written]
                for text in all { perPool[row.key, default: []].append(try Self.setting(text, row.kind, origin)) }
            }
        }
    }

    /// A flag for one pool.
    package struct PoolFlag: Sendable, Hashable {
        /// How many URLs stand before it.
        let urls: Int
        /// The key of its ``SettingRow``.
        let key: String
        let text: String

        package init(urls: Int, key: String, text: String) {
            self.urls = urls
            self.key = key
            self.text = text
        }
    }

    /// Reads the flags.
    ///
    /// - Parameters:
    ///   - flags: the texts after each flag, by the keys of ``SettingRow``; `true` for a flag without a value.
    ///   - poolFlags: the flags for single pools.
    package init(
        flags: [String: [String]], poolFlags: [PoolFlag] = [], list: SettingList = .standard
    ) throws(SettingError) {
        for flag in poolFlags {
            guard let row = list.row(flag.key, ofPool: true), let name = row.poolFlag else { continue }
            let origin = Settings.Origin.flag("--\(name)")
            if flags[SettingTable.standard.sandbox.key] != nil {
                throw SettingError(usage: "--sandbox and --\(name) exclude each other")
            }
            guard flag.urls > 0 else {
                throw SettingError(origin, "stands before every -o: it follows the -o of its pool", isPhrase: true)
            }
            let setting = try Self.setting(flag.text, row, origin)
            ofOnePool.append(OfOnePool(pool: flag.urls - 1, key: row.key, setting: setting))
        }
        if flags[SettingTable.standard.sandbox.key] != nil,
            let other = list.rows.first(where: { $0.excludesSandbox && flags[$0.key] != nil })
        {
            throw SettingError(usage: "--sandbox and \(other.flag ?? other.key) exclude each other")
        }
        for row in list.rows {
            guard let texts = flags[row.key], let last = texts.last, let flag = row.flag else { continue }
            let origin = Settings.Origin.flag(flag)
            if !row.isOfRun {
                perPool[row.key] = try texts.map { (text) throws(SettingError) in
                    try Self.setting(text, row, origin)
                }
            } else if row.kind == .words {
                for text in texts { try Self.demandText(text, row, origin) }
                values[row.key] = Settings.Setting(.words(texts.flatMap(Settings.words)), origin)
            } else {
                values[row.key] = try Self.setting(last, row, origin)
            }
        }
    }

    /// The setting after a flag.
    private static func setting(
        _ text: String, _ row: SettingRow, _ origin: Settings.Origin
    ) throws(SettingError) -> Settings.Setting {
        try demandText(text, row, origin)
        return try setting(text, row.kind, origin)
    }

    /// An empty text after a flag is a mistake, such as a shell's variable that is not set.
    private static func demandText(
        _ text: String, _ row: SettingRow, _ origin: Settings.Origin
    ) throws(SettingError) {
        guard text.trimmed.isEmpty, !row.takesEmpty else { return }
        let shown = text.isEmpty ? "''" : "'\(text)'"
        throw SettingError(origin, value: shown, "a value is needed, \(origin) \(row.valueName.uppercased())")
    }

    private static func setting(
        _ text: String, _ kind: SettingRow.Kind, _ origin: Settings.Origin
    ) throws(SettingError) -> Settings.Setting {
        do { return Settings.Setting(try kind.value(text), origin) } catch {
            throw SettingError(origin, error.description)
        }
    }
}
