import GRDB

/// Whether a file has a ledger's tables and indexes, and nothing else that SQLite would run.
///
/// A trigger or a view runs what its author wrote whenever the ledger is read or written, and so do generated columns
/// and indexes. It may never end, take all memory, or change rows.
enum LedgerSchema {
    struct Fault: Error, CustomStringConvertible { let description: String }

    private static let known: [String: Set<String>] = [
        "table": ["share", "day", "energy", "grdb_migrations"], "index": ["share_unfinished", "share_found_at"],
    ]

    /// - Throws: ``Fault``, or SQLite's error. Only the list of what there is has been read by then.
    static func check(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT type, name, sql FROM sqlite_master") {
            let type = String.fromDatabaseValue(row[0]) ?? ""
            let name = String.fromDatabaseValue(row[1]) ?? ""
            let text = String.fromDatabaseValue(row[2])
            // SQLite's own: SQL cannot make such names. The indexes that SQLite makes for UNIQUE have no text.
            if type == "table", name == "sqlite_sequence" || name.hasPrefix("sqlite_stat") { continue }
            if type == "index", name.hasPrefix("sqlite_autoindex_"), text == nil { continue }
            guard known[type]?.contains(name) == true, text?.hasPrefix("CREATE \(type.uppercased()) ") == true else {
                throw Fault(description: "it is no ledger of Nightjar's: it has a \(kind(type)) that no ledger has")
            }
        }
        let generated = "SELECT COUNT(*) FROM pragma_table_xinfo('share') WHERE hidden != 0"
        guard try Int.fetchOne(db, sql: generated) == 0 else {
            throw Fault(description: "it is no ledger of Nightjar's: it has a generated column, as no ledger has")
        }
    }

    /// Not the text of the file: it may be anything.
    private static func kind(_ type: String) -> String {
        ["table", "index", "view", "trigger"].contains(type) ? type : "part"
    }
}
