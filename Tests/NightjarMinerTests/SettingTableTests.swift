import Foundation
import NightjarMiner
import Testing

/// A setting is one row: whatever reads, prints or explains settings follows from it.
@Suite(.timeLimit(.minutes(5))) struct SettingTableTests {
    /// The table with two settings that there are not, one of them a pool's secret.
    static let list = SettingList(
        SettingList.standard.rows + [
            SettingRow(
                "care.fan", .integer(0...100), short: "F", long: "fan", variable: "NIGHTJAR_FAN", value: "part",
                unit: "percent", standard: .integer(30), effect: .atNextStart, help: "How fast fans turn."),
            SettingRow(
                "pin", .text, scope: .pool, long: "pin", variable: "NIGHTJAR_PIN", value: "pin", conceals: .all,
                excludesSandbox: true, help: "The pool's PIN."),
        ])

    /// Reads a configuration of that text by the rows of ``list``, and understands it.
    static func read(
        _ text: String, mode: Int = 0o600, environment: [String: String] = [:], flags: [String: [String]] = [:]
    ) throws -> (settings: Settings, run: RunSettings, warnings: [String]) {
        let scratch = LedgerTests.Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        let path = scratch.path + "/c.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let file = try ConfigurationFile(path: path, list: list)
        var settings = Settings(list)
        try settings.lay(file.layer)
        try settings.lay(SettingLayer(environment: { environment[$0] }, list: list))
        try settings.lay(SettingLayer(flags: flags, list: list))
        return (settings, try RunSettings(settings), file.warnings)
    }

    static func fault(
        _ text: String, environment: [String: String] = [:], flags: [String: [String]] = [:]
    ) -> String {
        do { _ = try read(text, environment: environment, flags: flags) } catch { return "\(error)" }
        return "no fault"
    }

    static let fan = #"{"sandbox": true, "care": {"fan": 40}}"#

    @Test func aRowIsReadFromTheFileTheEnvironmentAndFlags() throws {
        #expect(try Self.read(Self.fan).settings.values["care.fan"]?.value == .integer(40))
        let variable = ["NIGHTJAR_FAN": "50"]
        let other = try Self.read(Self.fan, environment: variable).settings.values["care.fan"]
        #expect(other == Settings.Setting(.integer(50), .variable("NIGHTJAR_FAN")))
        let flag = try Self.read(Self.fan, environment: variable, flags: ["care.fan": ["60"]]).settings
        #expect(flag.values["care.fan"] == Settings.Setting(.integer(60), .flag("-F")))
        let row = try #require(Self.list.rows.first { $0.key == "care.fan" })
        #expect(row.flags == ["-F", "--fan"] && row.help == "How fast fans turn (default: 30).")
    }

    @Test func aRowsFaultsAreShownWhereTheyStand() {
        #expect(
            Self.fault(#"{"care": {"fam": 1}}"#).hasSuffix(
                ": care.fam: there is no such key; the nearest is 'care.fan'"))
        #expect(Self.fault(#"{"care": {"fan": "1"}}"#).hasSuffix(":1: care.fan: a number is needed, not a text"))
        #expect(Self.fault(#"{"sandbox": true, "care": {"fan": 101}}"#).hasSuffix(":1: care.fan: 101: at most 100"))
        #expect(Self.fault("{}", environment: ["NIGHTJAR_FAN": "x"]) == "NIGHTJAR_FAN: 'x': a whole number is needed")
        #expect(Self.fault(#"{"sandbox": true}"#, flags: ["care.fan": ["-1"]]) == "-F -1: at least 0")
        #expect(
            Self.fault("{}", flags: ["sandbox": ["true"], "pin": ["1"]]) == "--sandbox and --pin exclude each other")
        #expect(
            Self.fault("{}", flags: ["url": ["a:1", "b:1", "c:1"], "pin": ["1", "2"]])
                == "--pin is given 2 times for 3 pools: give it once for all pools, or once for each")
    }

    @Test func aRowIsPrintedAndASecretOneIsNot() throws {
        #expect(PrintedConfiguration(Settings(Self.list)).lines.contains(#"    "fan": 30"#))
        let text = #"{"pools": [{"url": "h:1", "user": "u", "pin": "hidden"}], "care": {"fan": 40}}"#
        let read = try Self.read(text, mode: 0o644)
        let printed = PrintedConfiguration(read.settings).lines
        #expect(printed.contains(#"    "fan": 40"#) && printed.contains(#"      "pin": null"#))
        #expect(read.settings.pools.map { $0["pin"]?.value } == [.text("hidden")])
        #expect(!printed.joined().contains("hidden"))
        #expect(read.warnings.count == 1, "others may read the file with the secret")
        let again = try Self.read(printed.joined(separator: "\n"))
        #expect(again.settings.values["care.fan"]?.value == .integer(40))
    }

    @Test func aRowSaysWhetherAChangeCountsAtOnce() throws {
        let old = try Self.read(#"{"sandbox": true, "care": {"maxTemperature": 60}}"#).run
        let new = try Self.read(#"{"sandbox": true, "care": {"maxTemperature": 70, "fan": 31}}"#).run
        #expect(new.keysForNextStart(since: old) == ["care.fan"])
        #expect(try Self.read(#"{"sandbox": true, "care": {"fan": 30}}"#).run.keysForNextStart(since: old) == [])
    }

    @Test func aRowIsInTheReference() {
        let lines = SettingReference(Self.list).lines
        #expect(
            lines.contains(
                "| `care.fan` † | `-F` `--fan` | `NIGHTJAR_FAN` | 0 to 100, in percent | How fast fans turn (default: 30). |"
            ))
        #expect(lines.contains("| `pin` | `--pin` | `NIGHTJAR_PIN` | a secret | The pool's PIN. |"))
    }

    @Test func noTwoRowsShareAName() {
        let rows = SettingList.standard.rows
        #expect(rows.count == 44)
        #expect(Set(rows.map(\.key)).count == rows.count && Set(rows.map(\.variable)).count == rows.count)
        let flags = rows.flatMap(\.flags)
        #expect(Set(flags).count == flags.count)
        let keys = Set(rows.map(\.key))
        for row in rows {
            #expect(row.help.hasSuffix("."), "\(row.key)")
            #expect(keys.isSuperset(of: row.supersedes), "\(row.key)")
            // The standard value is one that could be written.
            if let standard = row.standard {
                #expect(throws: Never.self) { try row.kind.accept(standard.description) }
            }
        }
    }

    /// `NIGHTJAR_WRITE_REFERENCE=1` writes it anew.
    @Test func theReferenceIsUpToDate() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/settings.md")
        let text = SettingReference().lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["NIGHTJAR_WRITE_REFERENCE"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}
