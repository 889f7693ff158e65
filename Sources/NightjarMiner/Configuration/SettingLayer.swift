/// What one of them says: the file, the environment, or the flags.
package struct SettingLayer: Sendable, Hashable {
    /// Of the run, by the keys of ``SettingRow``.
    package var values: [String: Settings.Setting] = [:]
    /// `nil` where it says nothing of pools, or names them by URLs in ``perPool``.
    package var pools: [Settings.Pool]?
    /// Of pools, as flags and variables say it: a URL each, and of everything else one for all, or one each.
    package var perPool: [String: [Settings.Setting]] = [:]

    package init() {}

    /// What the environment says.
    package init(
        environment: (String) -> String? = LedgerLocation.variable, list: SettingList = .standard
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

    /// What the flags say: the texts behind each, by the keys of ``SettingRow``; `true` behind one that takes no value.
    package init(flags: [String: [String]], list: SettingList = .standard) throws(SettingError) {
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
                    try Self.setting(text, row.kind, origin)
                }
            } else if row.kind == .words {
                values[row.key] = Settings.Setting(.words(texts.flatMap(Settings.words)), origin)
            } else {
                values[row.key] = try Self.setting(last, row.kind, origin)
            }
        }
    }

    private static func setting(
        _ text: String, _ kind: SettingRow.Kind, _ origin: Settings.Origin
    ) throws(SettingError) -> Settings.Setting {
        do { return Settings.Setting(try kind.value(text), origin) } catch {
            throw SettingError(origin, error.description)
        }
    }
}
