import CSQLite
import GRDB

/// How SQLite opens a ledger. The file may be any file, so nothing in it is trusted.
package enum LedgerConnection {
    package static var configuration: Configuration {
        var configuration = Configuration()
        // Another miner may be writing. Wait for it rather than lose the row.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // Before anything of the file's runs, and before anything is written.
            let code = nj_sqlite_defend(db.sqliteConnection)
            guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try LedgerSchema.check(db)
            // The ledger is written far more than it is read, so 256 KiB of cache are enough. The usual 2 MiB would
            // fill within hours.
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256")
        }
        return configuration
    }
}
