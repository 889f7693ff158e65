import NightjarJSON
import NightjarWire

/// A valid configuration with every key, for the user to edit. It holds the settings that were given, and for the others
/// the values that are used without them.
package struct PrintedConfiguration: Sendable {
    /// The lines without their ends.
    package let lines: [String]

    /// - Parameters:
    ///   - chosen: tells the values that depend on the user or the algorithm; without it they are null.
    ///   - hidesPaths: whether the paths of URLs are left out.
    package init(_ settings: Settings, chosen: ChosenValues? = nil, hidesPaths: Bool = false) {
        let rows = settings.list.rows
        // Secrets are left out: others may see the printed text.
        func value(_ row: SettingRow) -> JSON {
            (settings.values[row.key].flatMap { row.shown($0.value) } ?? row.standard ?? chosen?.value(row, settings))
                .map(Self.json) ?? .null
        }
        let ofRun = rows.filter(\.isOfRun)
        let groups = ofRun.compactMap(\.group).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }

        var members = [Self.pools(settings, chosen, hidesPaths: hidesPaths)]
        for row in ofRun where row.group == nil { members.append(["  \(JSON.string(row.name)): \(value(row))"]) }
        for group in groups {
            let inner = ofRun.filter { $0.group == group }.map { ["    \(JSON.string($0.name)): \(value($0))"] }
            members.append(["  \(JSON.string(group)): {"] + Self.joined(inner) + ["  }"])
        }
        lines = ["{"] + Self.joined(members) + ["}"]
    }

    private static func pools(_ settings: Settings, _ chosen: ChosenValues?, hidesPaths: Bool) -> [String] {
        var pools = settings.pools
        let table = SettingTable.standard
        if pools.isEmpty, !settings.bool(\.sandbox) {
            let example = [(table.url, "pool.example.org:3333"), (table.user, "YOUR_WALLET")]
            pools = [
                Dictionary(uniqueKeysWithValues: example.map { ($0.key, Settings.Setting(.text($1), .flag(""))) })
            ]
        }
        guard !pools.isEmpty else { return ["  \"pools\": []"] }
        let objects = pools.map { pool in
            let members = settings.list.rows.filter(\.isOfPool).map { row in
                var value =
                    (pool[row.key].flatMap { row.shown($0.value) } ?? chosen?.value(row, settings, of: pool)).map(json)
                    ?? .null
                if hidesPaths, row.key == table.url.key, let url = value.string.flatMap({ try? PoolURL($0) }) {
                    value = .string(url.description)
                }
                return ["      \(JSON.string(row.key)): \(value)"]
            }
            return ["    {"] + joined(members) + ["    }"]
        }
        return ["  \"pools\": ["] + joined(objects) + ["  ]"]
    }

    /// Joins members, each of one or more lines, with commas between them.
    private static func joined(_ members: [[String]]) -> [String] {
        members.enumerated().flatMap { i, lines in
            i + 1 < members.count ? lines.dropLast() + [(lines.last ?? "") + ","] : lines
        }
    }

    private static func json(_ value: Settings.Value) -> JSON {
        switch value {
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(Int64(number))
        case .number(let number): .number(number)
        case .text(let text): .string(text)
        case .words(let words): .array(words.map(JSON.string))
        }
    }
}
