import GRDB
import NightjarCore

/// How the shares of the last days ended, from the ledger.
package struct ShareHistory: Sendable, Hashable {
    /// What each row is for.
    package enum Key: String, Sendable, CaseIterable {
        /// A day in local time.
        case day
        case device
        case pool

        fileprivate var expression: String {
            switch self {
            case .day: "date(found_at / 1000, 'unixepoch', 'localtime')"
            // A damaged row may hold bytes that are no text.
            case .device: "CAST(device AS TEXT)"
            case .pool: "CAST(pool AS TEXT)"
            }
        }
    }

    package struct Row: Sendable, Hashable {
        /// `2026-11-21`, `cpu` or `pool.example.org:3333`.
        package let key: String
        package let found: Int
        package let accepted: Int
        package let rejected: Int
        package let stale: Int
        package let expired: Int
        /// The sum of the accepted shares' difficulties: the expected number of hashes for them.
        package let work: Double
        /// The mean time to an answer, in milliseconds; `nil` without any.
        package let latency: Double?
        /// The median of these times.
        package var median: Double?
        /// The devices' energy, and the hashes that it was for; `nil` where it is not known.
        package var energy: Energy?

        /// Shares that have not ended: a running miner still waits for them.
        package var unaccounted: Int { found - accepted - rejected - stale - expired }
    }

    package struct Energy: Sendable, Hashable {
        package let joules: Double
        package let hashes: Double

        package init(joules: Double, hashes: Double) {
            self.joules = joules
            self.hashes = hashes
        }

        package var hashesPerJoule: Double { hashes / joules }
    }

    package let key: Key
    /// Days with the latest first; devices and pools with the most shares first.
    package let rows: [Row]
    package let total: Row

    package init(key: Key, rows: [Row], total: Row) {
        self.key = key
        self.rows = rows
        self.total = total
    }

    /// The history when the ledger does not exist.
    package static func empty(by key: Key) -> ShareHistory {
        ShareHistory(
            key: key, rows: [],
            total: Row(key: "total", found: 0, accepted: 0, rejected: 0, stale: 0, expired: 0, work: 0, latency: nil))
    }
}

extension ShareLedger {
    /// - Parameter days: how far back from `now`, in units of 24 hours; `nil` for all rows.
    package func history(by key: ShareHistory.Key, days: Int?, now: Timestamp = .now) throws(LedgerError)
        -> ShareHistory
    {
        let since = days.map { now.milliseconds - Int64($0) * 86_400_000 } ?? .min
        let sums = """
            COUNT(*), TOTAL(state = 'accepted'), TOTAL(state = 'rejected'), TOTAL(state = 'stale'),
            TOTAL(state = 'expired'), TOTAL(CASE WHEN state = 'accepted' THEN COALESCE(expected_hashes, difficulty) END), AVG(latency)
            """
        func row(_ row: GRDB.Row) -> ShareHistory.Row {
            ShareHistory.Row(
                key: row[0] ?? "unknown", found: row[1], accepted: Int(row[2] as Double),
                rejected: Int(row[3] as Double),
                stale: Int(row[4] as Double), expired: Int(row[5] as Double),
                // NULL when the sum is no number.
                work: row[6] ?? 0, latency: row[7])
        }
        return try write { db in
            let order = key == .day ? "1 DESC" : "2 DESC, 1"
            let rows = try GRDB.Row.fetchAll(
                db,
                sql: "SELECT \(key.expression), \(sums) FROM share WHERE found_at >= ? GROUP BY 1 ORDER BY \(order)",
                arguments: [since])
            guard
                let total = try GRDB.Row.fetchOne(
                    db, sql: "SELECT 'total', \(sums) FROM share WHERE found_at >= ?", arguments: [since])
            else { return .empty(by: key) }
            let energies = try Self.energy(by: key, since: since, db)
            let medians = try Self.medians(of: key.expression, since: since, db)
            let median = try Self.medians(of: "''", since: since, db)[""]
            func complete(_ found: ShareHistory.Row, _ name: String) -> ShareHistory.Row {
                var found = found
                found.median = name.isEmpty ? median : medians[found.key]
                found.energy = energies[name].map { .init(joules: $0.joules, hashes: $0.hashes) }
                return found
            }
            return ShareHistory(
                key: key, rows: rows.map(row).map { complete($0, $0.key) }, total: complete(row(total), ""))
        }
    }

    /// The median latency of each group.
    private static func medians(of expression: String, since: Int64, _ db: Database) throws -> [String: Double] {
        let rows = try GRDB.Row.fetchAll(
            db,
            sql: """
                SELECT name, AVG(latency) FROM (
                    SELECT name, latency, ROW_NUMBER() OVER (PARTITION BY name ORDER BY latency) AS place,
                        COUNT(*) OVER (PARTITION BY name) AS count
                    FROM (SELECT \(expression) AS name, latency FROM share WHERE found_at >= ? AND latency IS NOT NULL))
                WHERE place IN ((count + 1) / 2, (count + 2) / 2) GROUP BY name
                """, arguments: [since])
        return Dictionary(rows.map { ($0[0] ?? "unknown", $0[1] ?? 0) }, uniquingKeysWith: { first, _ in first })
    }
}
