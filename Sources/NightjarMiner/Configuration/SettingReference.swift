/// The reference of all settings in Markdown, which is the text of docs/settings.md. A test compares the two.
package struct SettingReference: Sendable {
    package let lines: [String]

    package init(_ list: SettingList = .standard) {
        lines =
            [
                "# Settings of `nightjar mine`", "",
                "Generated from `SettingTable.swift`; don't edit. A flag overrides an environment variable, and a",
                "variable overrides the file that `-c` names. `nightjar mine --print-config` writes a file with every key.",
                "", "## The run", "",
            ] + Self.table(list.rows.filter(\.isOfRun))
            + [
                "",
                "A key with a dot is in an object: `{\"ledger\": {\"days\": 30}}`. In a changed file, a key",
                "with † takes effect at the next start, all others at once.", "", "## Each pool", "",
                "Members of the objects in the list `pools`, in order of preference. Give a flag once for all pools, or",
                "once for each pool. A key that is also listed above holds here for one pool alone.",
                "`--pool-devices`, `--pool-algo` and `--weight` are for the pool whose `-o` stands before them.", "",
            ] + Self.table(list.rows.filter(\.isOfPool), ofPool: true)
    }

    private static func table(_ rows: [SettingRow], ofPool: Bool = false) -> [String] {
        ["| Key | Flags | Variable | Value | Meaning |", "|---|---|---|---|---|"]
            + rows.map { row in
                let mark = row.effect == .atNextStart ? " †" : ""
                let own = ofPool ? row.poolFlag : nil
                let flags = (own.map { ["--\($0)"] } ?? row.flags).map { "`\($0)`" }.joined(separator: " ")
                let help = ((ofPool ? row.poolHelp : nil) ?? row.help).replacing("|", with: "\\|")
                return "| `\(row.key)`\(mark) | \(flags) | `\(row.variable)` | \(value(row)) | \(help) |"
            }
    }

    private static func value(_ row: SettingRow) -> String {
        let kind =
            switch row.kind {
            case .bool: "true or false"
            case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
            case .count(let range): "\(range.lowerBound) to \(range.upperBound), or a part as in `50%`"
            case .number(let low, let high): "above \(Settings.plain(low)), at most \(Settings.plain(high))"
            case .text: row.conceals == .all ? "a secret" : "a text"
            case .choice(let choices): choices.map { "`\($0)`" }.joined(separator: ", ")
            case .words: "a list, or a text with commas"
            }
        return kind + (row.unit.map { ", in \($0)" } ?? "")
    }
}
