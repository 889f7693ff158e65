import GRDB

/// What the ledger forgets. A clock may be wrong for a start or for weeks, and history must not be lost to it: a share
/// counts as old only when both the clock and the number of days on which the ledger was used since say so.
extension ShareLedger {
    /// What came of ``forget(olderThan:beyond:now:)``.
    package struct Forgotten: Sendable, Hashable {
        /// How many shares were deleted.
        package let deleted: Int
        /// How many shares are older by the clock, and stay, because the ledger was not used on so many days since.
        package let inDoubt: Int

        package init(deleted: Int, inDoubt: Int) {
            self.deleted = deleted
            self.inDoubt = inDoubt
        }
    }

    /// Deletes ended shares: those found more than `days` ago, if the ledger was in use on as many days since; and the
    /// oldest when there are more than `rows`.
    ///
    /// Shares that a running miner waits for stay. The file does not shrink; SQLite uses the space again.
    @discardableResult
    package func forget(
        olderThan days: Int, beyond rows: Int = mostRows, now: Timestamp = .now
    ) throws(LedgerError) -> Forgotten {
        try noteDay(now)
        return try write { db in
            let oldest = now.milliseconds - Int64(days) * 86_400_000
            let ended = "state NOT IN ('found', 'submitted')"
            // Every share up to this number has seen so many days; -1 where the ledger has not.
            let settled =
                try Int64.fetchOne(
                    db, sql: "SELECT after FROM day ORDER BY after DESC, date DESC LIMIT 1 OFFSET ?",
                    arguments: [days - 1]) ?? -1
            try db.execute(
                sql: """
                    DELETE FROM share WHERE \(ended)
                    AND ((found_at < ? AND id <= ?) OR id <= (SELECT MAX(id) FROM share) - ?)
                    """, arguments: [oldest, settled, rows])
            let deleted = db.changesCount
            let inDoubt = try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM share WHERE \(ended) AND found_at < ?", arguments: [oldest])
            return Forgotten(deleted: deleted, inDoubt: inDoubt ?? 0)
        }
    }

    /// Notes that the ledger is in use on this day.
    package func noteDay(_ now: Timestamp = .now) throws(LedgerError) {
        try write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO day VALUES (?, (SELECT COALESCE(MAX(id), 0) FROM share))",
                arguments: [now.milliseconds / 86_400_000])
        }
    }
}
