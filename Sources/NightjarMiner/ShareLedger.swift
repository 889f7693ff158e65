import GRDB
import NightjarCore
import NightjarWire

/// The book of shares: one row for each share that was found, from `found` to its final state.
///
/// It is SQLite in WAL mode. A row is committed before its share is submitted, so that a crash loses no share: what an
/// earlier run left unfinished is closed as `expired` when the ledger is opened. `synchronous=NORMAL`: a crash of the
/// process loses nothing; a power cut may lose the newest rows, never the file.
package final class ShareLedger: Sendable {
    /// The file, or `:memory:`.
    package let path: String
    /// How many rows of earlier runs were closed as `expired` when this ledger was opened.
    package let recovered: Int
    private let queue: DatabaseQueue
    private let run: String
    private let lock: RunLock?

    /// Opens the ledger at `path`, making it and its directory when they are missing.
    ///
    /// - Throws: ``LedgerError`` when that fails, or the file is not a ledger that this version can read.
    package convenience init(path: String) throws(LedgerError) {
        try LedgerLocation.makeDirectory(of: path)
        let run = String(UInt64.random(in: .min ... .max), radix: 36)
        try self.init(path: path, run: run, lock: RunLock(ledger: path, run: run))
    }

    /// A ledger in memory, for runs whose shares are worth nothing.
    package static func inMemory() throws(LedgerError) -> ShareLedger {
        try ShareLedger(path: ":memory:", run: "0", lock: nil)
    }

    private init(path: String, run: String, lock: RunLock?) throws(LedgerError) {
        self.path = path
        self.run = run
        self.lock = lock
        do {
            var configuration = Configuration()
            // Another miner may be writing: wait for it, rather than lose the row.
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { db in
                // It is written far more than read: 256 KiB of cache, for the usual 2 MiB that would fill within hours.
                try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256")
            }
            queue = lock == nil ? try DatabaseQueue() : try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(queue)
            recovered = try queue.write { db in
                guard lock != nil else { return 0 }
                let runs = try String.fetchAll(
                    db, sql: "SELECT DISTINCT run FROM share WHERE state IN ('found', 'submitted') AND run <> ?",
                    arguments: [run])
                var closed = 0
                for other in runs where RunLock.isOver(ledger: path, run: other) {
                    try db.execute(
                        sql: """
                            UPDATE share SET state = 'expired', reason = 'the miner ended before an answer', ended_at = ?
                            WHERE run = ? AND state IN ('found', 'submitted')
                            """, arguments: [Timestamp.now.milliseconds, other])
                    closed += db.changesCount
                }
                return closed
            }
        } catch {
            throw LedgerError(path: path, reason: Self.words(error))
        }
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
        return migrator
    }

    /// Writes a share down as `found`.
    ///
    /// - Returns: its number, by which it is known from here on. Never used twice in one ledger.
    package func found(
        _ share: Share, pool: String, height: UInt64?, difficulty: PoolDifficulty, at time: Timestamp = .now
    ) throws(LedgerError) -> Int64 {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO share (run, pool, device, job, algorithm, height, nonce, digest, difficulty, state, found_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'found', ?)
                    """,
                arguments: [
                    self.run, pool, share.device.description, share.jobID.name, share.algorithm.name,
                    height.map { Int64(clamping: $0) }, Int64(share.nonce), share.digest.description,
                    Self.column(difficulty), time.milliseconds,
                ])
            return db.lastInsertedRowID
        }
    }

    /// A whole number where SQLite has one so large, else the nearest binary fraction.
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

    /// Closes share `id`. The first final state stays: an answer that comes after it changes nothing.
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

    /// How many shares of this run stand in each state.
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

    /// Every row of the ledger, oldest first: those of other runs too.
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

    /// Closes the file, for good order at a run's end: it leaves nothing beside the ledger. What is written afterwards
    /// fails.
    package func close() throws(LedgerError) {
        defer { lock?.release() }
        do { try queue.close() } catch { throw LedgerError(path: path, reason: Self.words(error)) }
    }

    /// Forgets shares that have ended: those found more than so many days ago, and the oldest beyond so many rows.
    ///
    /// What a running miner waits for stays. The file does not shrink; the room is used again.
    /// - Returns: how many are gone.
    @discardableResult
    package func forget(olderThan days: Int, beyond rows: Int = mostRows, now: Timestamp = .now) throws(LedgerError)
        -> Int
    {
        try write { db in
            try db.execute(
                sql: """
                    DELETE FROM share WHERE state NOT IN ('found', 'submitted')
                    AND (found_at < ? OR id <= (SELECT MAX(id) FROM share) - ?)
                    """, arguments: [now.milliseconds - Int64(days) * 86_400_000, rows])
            return db.changesCount
        }
    }

    /// Some 400 MB.
    package static let mostRows = 2_000_000

    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do { return try queue.write(body) } catch { throw LedgerError(path: path, reason: Self.words(error)) }
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return "SQLite: \(error.message ?? "error \(error.resultCode.rawValue)")"
    }
}
