import GRDB
import NightjarCore
import NightjarPlatform

/// Writes the devices' energy into the ledger, once a minute, with the hashes that it was for.
package struct EnergyBook: Sendable {
    /// What a device did between two looks.
    package struct Entry: Sendable, Hashable {
        package let device: String
        /// The part of the machine that the energy is of: two devices may share one.
        package let part: String
        package let joules: Double
        package let hashes: Double

        package init(device: String, part: String, joules: Double, hashes: Double) {
            self.device = device
            self.part = part
            self.joules = joules
            self.hashes = hashes
        }
    }

    private var last: [String: (joules: Double, hashes: UInt64)] = [:]

    package init() {}

    /// What was done since the last look. Hashes whose energy is not known are left out.
    package mutating func take(_ devices: [MinerSnapshot.Device]) -> [Entry] {
        var entries: [Entry] = []
        var new: [String: (joules: Double, hashes: UInt64)] = [:]
        for device in devices {
            // Without a power at present, a reading failed not long ago.
            guard let joules = device.power.joules, let part = device.power.part, device.power.watts != nil else {
                continue
            }
            new[device.id] = (joules, device.hashes)
            guard let before = last[device.id], joules > before.joules, device.hashes >= before.hashes else { continue }
            entries.append(
                Entry(
                    device: device.id, part: part, joules: joules - before.joules,
                    hashes: Double(device.hashes - before.hashes)))
        }
        last = new
        return entries
    }

    /// Writes once a period, until its task is cancelled.
    package static func keep(_ statistics: Statistics, in ledger: ShareLedger, period: Duration = .seconds(60)) async {
        var book = EnergyBook()
        while !Task.isCancelled {
            let entries = book.take(statistics.snapshot().devices)
            // History is no reason to end a run.
            if !entries.isEmpty { try? ledger.add(entries) }
            guard (try? await Task.sleep(for: period)) != nil else { break }
        }
    }
}

extension ShareLedger {
    /// The table of energy: a row for each hour and device.
    static func makeEnergy(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE energy (
                    hour INTEGER NOT NULL, device TEXT NOT NULL, part TEXT NOT NULL, joules REAL NOT NULL,
                    hashes REAL NOT NULL, PRIMARY KEY (hour, device));
                """)
    }

    /// Adds to the energy of the hour.
    package func add(_ entries: [EnergyBook.Entry], now: Timestamp = .now) throws(LedgerError) {
        try write { db in
            for entry in entries {
                try db.execute(
                    sql: """
                        INSERT INTO energy VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (hour, device) DO UPDATE SET part = excluded.part, joules = joules + excluded.joules,
                            hashes = hashes + excluded.hashes
                        """,
                    arguments: [
                        now.milliseconds / 3_600_000, entry.device, entry.part, entry.joules, entry.hashes,
                    ])
            }
        }
    }

    /// Energy and hashes by day or device, and in all under an empty name. Of devices that share a part of the machine, its
    /// energy counts once in a sum. Pools share devices, so that there is none by pool.
    ///
    /// - Parameter since: milliseconds since 1970.
    static func energy(
        by key: ShareHistory.Key, since: Int64, _ db: Database
    ) throws -> [String: (joules: Double, hashes: Double)] {
        let expression: String
        switch key {
        case .day: expression = "date(hour * 3600, 'unixepoch', 'localtime')"
        case .device: expression = "CAST(device AS TEXT)"
        case .pool: return [:]
        }
        var found: [String: (joules: Double, hashes: Double)] = [:]
        let hour = since / 3_600_000
        for name in [expression, "''"] {
            let rows = try GRDB.Row.fetchAll(
                db,
                sql: """
                    SELECT name, TOTAL(joules), TOTAL(hashes) FROM
                        (SELECT \(name) AS name, MAX(joules) AS joules, SUM(hashes) AS hashes FROM energy WHERE hour >= ?
                            GROUP BY 1, hour, part)
                    GROUP BY 1
                    """, arguments: [hour])
            for row in rows {
                // A damaged row may hold anything.
                guard let name = String.fromDatabaseValue(row[0]), let joules = Double.fromDatabaseValue(row[1]),
                    let hashes = Double.fromDatabaseValue(row[2]), joules > 0
                else { continue }
                found[name] = (joules, hashes)
            }
        }
        return found
    }
}
