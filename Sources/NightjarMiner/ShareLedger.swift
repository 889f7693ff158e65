import GRDB
import NightjarCore
import NightjarPlatform
import NightjarWire
import Synchronization

/// The file of shares: one row for each share, from `found` to its final state.
///
/// It is SQLite in WAL mode. A row is committed before its share is submitted, so that a crash loses no share. Opening
/// the ledger closes the unfinished rows of earlier runs as `expired`. `synchronous=NORMAL`: a crash of the process
/// loses nothing; a power cut may lose the newest rows, never the file.
package final class ShareLedger: Sendable {
    /// The file, or `:memory:`.
    package let path: String
    /// How many rows of earlier runs were closed as `expired` when this ledger was opened.
    package let recovered: Int
    private let queue: DatabaseQueue
    private let run: String
    private let lock: RunLock?
    /// More rows than this, and a hundredth of it, are never kept.
    private let rowLimit: Int
    /// The rows that were written since the oldest were deleted.
    private let written = Locked(0)

    /// Opens the ledger at `path`, and makes it and its directory when they are missing.
    ///
    /// - Parameter mostRows: the oldest are deleted when there are more. A pool can have a run find and end shares
    ///   without end.
    /// - Throws: ``LedgerError`` when that fails, or when this version cannot read the file as a ledger.
    package convenience init(path: String, mostRows: Int = ShareLedger.mostRows) throws(LedgerError) {
        try LedgerLocation.makeDirectory(of: path)
        let run = String(UInt64.random(in: .min ... .max), radix: 36)
        let files = try LedgerFiles(path: path)
        try self.init(path: path, run: run, lock: RunLock(files, run: run), files: files, mostRows: mostRows)
    }

    /// A ledger in memory, for runs whose shares are worth nothing, or that can write no file.
    package static func inMemory(mostRows: Int = mostRows) throws(LedgerError) -> ShareLedger {
        try ShareLedger(path: ":memory:", run: "0", lock: nil, files: nil, mostRows: mostRows)
    }

    private init(
        path: String, run: String, lock: RunLock?, files: LedgerFiles?, mostRows: Int
    ) throws(LedgerError) {
        rowLimit = mostRows
        self.path = path
        self.run = run
        self.lock = lock
        do {
            queue =
                files == nil
                ? try DatabaseQueue() : try DatabaseQueue(path: path, configuration: LedgerConnection.configuration)
            try Self.migrator.migrate(queue)
            recovered = try queue.write { db in
                guard let files else { return 0 }
                // Not texts: a damaged row may hold anything, and only a text can be the name of a run.
                let runs = try DatabaseValue.fetchAll(
                    db, sql: "SELECT DISTINCT run FROM share WHERE state IN ('found', 'submitted') AND run IS NOT ?",
                    arguments: [run])
                var closed = 0
                for other in runs {
                    if let name = String.fromDatabaseValue(other), !RunLock.isOver(files, run: name) { continue }
                    try db.execute(
                        sql: """
                            UPDATE share SET state = 'expired', reason = 'the miner ended before an answer', ended_at = ?
                            WHERE run IS ? AND state IN ('found', 'submitted')
                            """, arguments: [Timestamp.now.milliseconds, other])
                    closed += db.changesCount
                }
                return closed
            }
        } catch {
            throw Self.failure(error, path)
        }
        if files != nil { try noteDay() }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: shares") { db in
            // Times are milliseconds since 1970; latency is milliseconds.
            try db.execute(
                sql: """
                    CREATE TABLE share (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, pool TEXT NOT NULL,
                        device TEXT NOT NULL, job TEXT NOT NULL, algorithm TEXT NOT NULL, height INTEGER,
                        nonce INTEGER NOT NULL, digest TEXT NOT NULL, difficulty INTEGER NOT NULL,
                        state TEXT NOT NULL
                            CHECK (state IN ('found', 'submitted', 'accepted', 'rejected', 'stale', 'expired')),
                        reason TEXT, found_at INTEGER NOT NULL, submitted_at INTEGER, ended_at INTEGER,
                        latency INTEGER);
                    CREATE INDEX share_unfinished ON share (run) WHERE state IN ('found', 'submitted');
                    """)
        }
        migrator.registerMigration("2: history") { db in
            try db.execute(sql: "CREATE INDEX share_found_at ON share (found_at)")
        }
        // Pools' units differ. NULL in the rows of before, whose unit is a hash.
        migrator.registerMigration("3: expected hashes") { db in
            try db.execute(sql: "ALTER TABLE share ADD COLUMN expected_hashes REAL")
        }
        // The days on which the ledger was in use, and the newest share's number when each began.
        migrator.registerMigration("4: days") { db in
            try db.execute(
                sql: """
                    CREATE TABLE day (date INTEGER PRIMARY KEY, after INTEGER NOT NULL);
                    INSERT INTO day SELECT CAST(found_at / 86400000 AS INTEGER), MIN(id) - 1 FROM share GROUP BY 1;
                    """)
        }
        migrator.registerMigration("5: energy") { db in try makeEnergy(db) }
        return migrator
    }

    /// Writes a share into the ledger as `found`.
    ///
    /// - Returns: the share's number, which is never used twice in one ledger.
    package func found(
        _ share: Share, pool: String, height: UInt64?, difficulty: PoolDifficulty, at time: Timestamp = .now
    ) throws(LedgerError) -> Int64 {
        let isTooMany = written.withLock { written in
            written += 1
            guard written > rowLimit / 100 else { return false }
            written = 0
            return true
        }
        return try write { db in
            if isTooMany {
                try db.execute(
                    sql: """
                        DELETE FROM share WHERE state NOT IN ('found', 'submitted')
                        AND id <= (SELECT MAX(id) FROM share) - ?
                        """, arguments: [self.rowLimit])
            }
            try db.execute(
                sql: """
                    INSERT INTO share (run, pool, device, job, algorithm, height, nonce, digest, difficulty,
                        expected_hashes, state, found_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'found', ?)
                    """,
                arguments: [
                    self.run, pool, share.device.description, share.jobID.name, share.algorithm.name,
                    height.map { Int64(clamping: $0) }, Int64(share.nonce), share.digest.description,
                    Self.column(difficulty), difficulty.expectedHashes, time.milliseconds,
                ])
            return db.lastInsertedRowID
        }
    }

    /// An integer where SQLite's integers are large enough, else the nearest `Double`.
    private static func column(_ difficulty: PoolDifficulty) -> DatabaseValue {
        Int64(difficulty.text).map(\.databaseValue) ?? difficulty.value.databaseValue
    }

    /// Notes that share `id` has been sent.
    package func submitted(_ id: Int64, at time: Timestamp = .now) throws(LedgerError) {
        try write { db in
            try db.execute(
                sql: "UPDATE share SET state = 'submitted', submitted_at = ? WHERE id = ? AND state = 'found'",
                arguments: [time.milliseconds, id])
        }
    }

    /// Closes share `id`. The first final state stays; a later answer changes nothing.
    ///
    /// - Parameters:
    ///   - state: a final one; a programmer's error otherwise.
    ///   - latency: from submission to the answer, in milliseconds.
    package func finished(
        _ id: Int64, as state: ShareState, reason: String? = nil, latency: Int64? = nil, at time: Timestamp = .now
    ) throws(LedgerError) {
        precondition(state.isFinal, "a share ends in a final state")
        try write { db in
            try db.execute(
                sql: """
                    UPDATE share SET state = ?, reason = ?, latency = ?, ended_at = ?
                    WHERE id = ? AND state IN ('found', 'submitted')
                    """, arguments: [state.rawValue, reason, latency, time.milliseconds, id])
        }
    }

    /// The number of this run's shares in each state.
    package func counts() throws(LedgerError) -> [ShareState: Int] {
        try write { db in
            var counts: [ShareState: Int] = [:]
            let rows = try Row.fetchAll(
                db, sql: "SELECT state, COUNT(*) FROM share WHERE run = ? GROUP BY state", arguments: [self.run])
            for row in rows {
                if let state = ShareState(rawValue: row[0]) { counts[state] = row[1] }
            }
            return counts
        }
    }

    /// Every row of the ledger, oldest first, including other runs' rows.
    package func entries() throws(LedgerError) -> [LedgerRow] {
        try write { db in
            try Row.fetchAll(db, sql: "SELECT * FROM share ORDER BY id").compactMap { row in
                guard let state = ShareState(rawValue: row["state"]) else { return nil }
                return LedgerRow(
                    id: row["id"], pool: row["pool"], device: row["device"], job: row["job"],
                    algorithm: row["algorithm"], height: row["height"], nonce: row["nonce"], digest: row["digest"],
                    difficulty: row["difficulty"], state: state, reason: row["reason"],
                    foundAt: Timestamp(milliseconds: row["found_at"]), latency: row["latency"])
            }
        }
    }

    /// Closes the file at a run's end, so that SQLite leaves no files beside it. Later writes fail.
    package func close() throws(LedgerError) {
        defer { lock?.release() }
        do { try queue.close() } catch { throw Self.failure(error, path) }
    }

    /// About 400 MB.
    package static let mostRows = 2_000_000

    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do { return try queue.write(body) } catch { throw Self.failure(error, path) }
    }

    private static func failure(_ error: any Error, _ path: String) -> LedgerError {
        guard let error = error as? DatabaseError else {
            return LedgerError(path: path, reason: "\(error)", isDamaged: error is LedgerSchema.Fault)
        }
        return LedgerError(
            path: path, reason: "SQLite: \(error.message ?? "error \(error.resultCode.rawValue)")",
            isDamaged: [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode))
    }
}
