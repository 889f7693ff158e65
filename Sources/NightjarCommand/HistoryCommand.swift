import ArgumentParser
import Glibc
import NightjarJSON
import NightjarMiner
import NightjarPlatform

extension ShareHistory.Key: ExpressibleByArgument {}

struct HistoryCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show how the shares ended, by day, device or pool.",
        discussion: """
            Found is the sum of accepted, rejected, stale, expired and waiting. Waiting shares are those that a running \
            miner has no answer to yet; in JSON they are unaccounted. Work is how many hashes the accepted shares took on \
            average. Latency is the median time to an answer.
            """)

    @Option(help: ArgumentHelp("The last N days.", valueName: "n"))
    var days = 30

    @Option(help: ArgumentHelp("A line for each day, device or pool.", valueName: "what"))
    var by = ShareHistory.Key.day

    @Option(
        help: ArgumentHelp("The file of the shares, in place of the standard one.", valueName: "file"),
        completion: .file())
    var ledger: String?

    @Flag(help: "One JSON object.")
    var json = false

    func execute() async throws(CommandError) -> Int32 {
        guard (1...36_500).contains(days) else {
            throw CommandError(.usage, "--days \(days): a number from 1 to 36500 is needed")
        }
        let path: String
        let history: ShareHistory
        do {
            let place = (ledger ?? UserFolders.variable("NIGHTJAR_LEDGER")).map { LedgerPlace($0) } ?? .standard
            path = try place.path() ?? "no ledger"
            // Looking at the history must not make a ledger.
            if place != .memory, access(path, F_OK) == 0 {
                let ledger = try ShareLedger(path: path)
                history = try ledger.history(by: by, days: days)
                try ledger.close()
            } else {
                history = .empty(by: by)
            }
        } catch { throw CommandError(.badConfiguration, "\(error)") }
        if json { try Output.line(Self.json(history, days: days).description) } else { try print(history, path) }
        return 0
    }

    private func print(_ history: ShareHistory, _ path: String) throws(CommandError) {
        guard history.total.found > 0 else {
            let span = "\(days) \(days == 1 ? "day" : "days")"
            return try Output.line("no shares in the last \(span) in \(path) (the sandbox's are not kept)")
        }
        let hasEnergy = history.total.energy != nil
        let head =
            [by.rawValue, "found", "accepted", "rejected", "stale", "expired", "waiting", "work", "latency"]
            + (hasEnergy ? ["kWh", "H/J"] : [])
        let lines = (history.rows + (history.rows.count > 1 ? [history.total] : [])).map { row in
            [printable(row.key)]
                + [row.found, row.accepted, row.rejected, row.stale, row.expired, row.unaccounted].map(String.init)
                + [Self.short(row.work), row.median.map { "\(Self.whole($0)) ms" } ?? "-"]
                + (hasEnergy ? Self.energy(row.energy) : [])
        }
        for line in StatusLine.table([head] + lines, indent: "", numbers: head.count) { try Output.line(line) }
    }

    /// Energy and hashes per joule. The work of the shares is a matter of luck: these are the hashes themselves.
    private static func energy(_ energy: ShareHistory.Energy?) -> [String] {
        guard let energy else { return ["-", "-"] }
        return [
            PlainText.fixed(energy.joules / 3.6e6, 3),
            PlainText.rate(energy.hashesPerJoule).replacing("H/s", with: "H/J"),
        ]
    }

    /// `12345 H`, `1.23 MH`, `4.56 GH`.
    private static func short(_ value: Double) -> String {
        guard value >= 1e6 else { return "\(whole(value)) H" }
        var value = value / 1e6
        for unit in ["MH", "GH", "TH"] {
            if value < 1000 { return "\(PlainText.fixed(value, 2)) \(unit)" }
            value /= 1000
        }
        return "\(PlainText.fixed(value, 2)) PH"
    }

    /// A damaged ledger may hold numbers that are no integers.
    private static func whole(_ value: Double) -> String {
        Int(exactly: value.rounded()).map(String.init) ?? "\(value)"
    }

    private static func json(_ history: ShareHistory, days: Int) -> JSON {
        func row(_ row: ShareHistory.Row, named: Bool) -> JSON {
            let key = named ? [JSON.Field(history.key.rawValue, .string(row.key))] : []
            return .object(
                key + [
                    .init("found", .integer(Int64(row.found))), .init("accepted", .integer(Int64(row.accepted))),
                    .init("rejected", .integer(Int64(row.rejected))), .init("stale", .integer(Int64(row.stale))),
                    .init("expired", .integer(Int64(row.expired))),
                    .init("unaccounted", .integer(Int64(row.unaccounted))),
                    .init("work", .number(row.work)), .init("latency", row.latency.map(JSON.number) ?? .null),
                    .init("medianLatency", row.median.map(JSON.number) ?? .null),
                    .init("joules", row.energy.map { .number($0.joules) } ?? .null),
                    .init("hashesPerJoule", row.energy.map { .number($0.hashesPerJoule) } ?? .null),
                ])
        }
        return .fields([
            "by": .string(history.key.rawValue), "days": .integer(Int64(days)),
            "rows": .array(history.rows.map { row($0, named: true) }), "total": row(history.total, named: false),
        ])
    }
}
