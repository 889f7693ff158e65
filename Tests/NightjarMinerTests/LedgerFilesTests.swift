import Foundation
import GRDB
import NightjarMiner
import NightjarPlatform
import TestSupport
import Testing

/// The ledger's files when they are not as they should be, and rows that no miner wrote.
@Suite(.timeLimit(.minutes(10))) struct LedgerFilesTests {
    /// A ledger in a folder of its own, removed at the end.
    final class Place {
        let root = NSTemporaryDirectory() + "nightjar-ledger-\(UUID().uuidString)"
        var folder: String { root + "/nightjar" }
        var path: String { folder + "/shares.sqlite" }

        init() throws { try UserFolders.make(folder) }
        deinit { try? FileManager.default.removeItem(atPath: root) }

        /// Makes the ledger with one unfinished share of a run that is over.
        func fill() throws {
            let ledger = try ShareLedger(path: path)
            _ = try ledger.found(LedgerTests.share(nonce: 1), pool: "p", height: nil)
            try ledger.close()
        }

        /// Opens the ledger and reads all of it.
        /// - Returns: `nil` when it was refused, with one line.
        func history() throws -> ShareHistory? {
            do throws(LedgerError) {
                let ledger = try ShareLedger(path: path)
                var history: ShareHistory?
                for key in ShareHistory.Key.allCases { history = try ledger.history(by: key, days: nil) }
                try ledger.forget(olderThan: 400)
                try ledger.close()
                return history
            } catch {
                #expect("\(error)".hasPrefix("share ledger \(path): ") && !"\(error)".contains("\n"), "\(error)")
                return nil
            }
        }

        func execute(_ sql: String, _ arguments: StatementArguments = []) throws {
            try DatabaseQueue(path: path).write { try $0.execute(sql: sql, arguments: arguments) }
        }
    }

    @Test func hostileLedgersAreRefusedOrReadAndNothingElseChanges() throws {
        let place = try Place()
        try place.fill()
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: place.path)))
        let outside = try HostileFile.Outside(place.root + "/outside", contents: good)
        var generator = SeededGenerator(seed: 2)
        let all = HostileFile.all(good: good, header: 100, &generator)
        #expect(all.count >= 200)
        for hostile in all {
            try FileManager.default.removeItem(atPath: place.folder)
            try UserFolders.make(place.folder)
            try hostile.plant(at: place.path, outside: outside)
            let history = try place.history()
            let isRefused = !hostile.isRegular || hostile.isOthers || hostile.othersMay & 0o022 != 0
            if hostile.isGood { #expect((history?.total.expired == 1) == !isRefused, "\(hostile)") }
            if isRefused { #expect(history == nil, "\(hostile)") }
            if !isRefused { #expect(permissions(place.path) == 0o600, "\(hostile)") }
            #expect(outside.isUntouched, "\(hostile)")
        }
    }

    @Test(arguments: ["-wal", "-shm", "-journal"])
    func hostileFilesBesideTheLedger(_ ending: String) throws {
        let place = try Place()
        try place.fill()
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: place.path)))
        let outside = try HostileFile.Outside(place.root + "/outside", contents: good)
        var generator = SeededGenerator(seed: 3)
        let all = HostileFile.all(good: good, header: 32, &generator)
        #expect(all.count >= 100)
        for hostile in all {
            try FileManager.default.removeItem(atPath: place.folder)
            try UserFolders.make(place.folder)
            try Data(good).write(to: URL(fileURLWithPath: place.path))
            try hostile.plant(at: place.path + ending, outside: outside)
            let history = try place.history()
            var isUsed = hostile.isRegular && !hostile.isOthers && hostile.othersMay & 0o022 == 0
            if ending == "-journal", case .file(let contents, _, _) = hostile.kind, !contents.isEmpty { isUsed = false }
            #expect((history != nil) == isUsed, "\(hostile)")
            #expect(outside.isUntouched, "\(hostile)")
        }
    }

    @Test func hostileLocksEndNoRunAndAreLeftAlone() throws {
        let place = try Place()
        try place.fill()
        try place.execute("UPDATE share SET run = 'abc', state = 'found'")
        let ledger = Array(try Data(contentsOf: URL(fileURLWithPath: place.path)))
        let outside = try HostileFile.Outside(place.root + "/outside", contents: [7])
        var generator = SeededGenerator(seed: 4)
        let all = HostileFile.all(good: Array("a lock is empty, as a rule".utf8), header: 20, &generator)
        #expect(all.count >= 100)
        for hostile in all {
            try FileManager.default.removeItem(atPath: place.folder)
            try UserFolders.make(place.folder)
            try Data(ledger).write(to: URL(fileURLWithPath: place.path))
            let lock = place.path + ".run-abc"
            try hostile.plant(at: lock, outside: outside)
            // Nobody has locked a file of ours: its run is over, and the file goes. The rest is no lock.
            let isOver = hostile.isRegular && !hostile.isOthers
            let history = try place.history()
            #expect(history?.total.unaccounted == (isOver ? 0 : 1), "\(hostile)")
            #expect((permissions(lock) == nil) == isOver, "\(hostile)")
            #expect(outside.isUntouched, "\(hostile)")
        }
    }

    @Test func whatWasReadableByOthersBecomesPrivate() throws {
        let place = try Place()
        try place.fill()
        chmod(place.folder, 0o755)
        chmod(place.path, 0o644)
        for ending in ["-wal", "-shm"] {
            try Data().write(to: URL(fileURLWithPath: place.path + ending))
            chmod(place.path + ending, 0o644)
        }
        let ledger = try ShareLedger(path: place.path)
        _ = try ledger.found(LedgerTests.share(nonce: 2), pool: "p", height: nil)
        let files = try FileManager.default.contentsOfDirectory(atPath: place.folder)
        #expect(files.count == 4, "\(files)")
        for file in files { #expect(permissions(place.folder + "/" + file) == 0o600, "\(file)") }
        #expect(permissions(place.folder) == 0o755, "the folder is the user's")
        try ledger.close()
        // A new ledger in a folder that was there.
        unlink(place.path)
        try place.fill()
        #expect(permissions(place.path) == 0o600)
    }

    @Test func aFolderThatOthersMayWriteIsRefusedWithTheReason() throws {
        let place = try Place()
        for mode: mode_t in [0o770, 0o702, 0o777, 0o1777] {
            chmod(place.folder, mode)
            let words = "share ledger \(place.path): \(place.folder): other users may write it"
            #expect { try ShareLedger(path: place.path) } throws: { "\($0)" == words }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder).isEmpty)
        if geteuid() == 0 {
            chmod(place.folder, 0o700)
            chown(place.folder, 1000, 1000)
            #expect { try ShareLedger(path: place.path) } throws: { "\($0)".hasSuffix("another user (uid 1000)") }
        }
    }

    @Test func whatOthersMayHaveWrittenIsRefusedAndStaysAsItWas() throws {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let place = try Place()
            try place.fill()
            if !ending.isEmpty { try Data().write(to: URL(fileURLWithPath: place.path + ending)) }
            for mode: mode_t in [0o620, 0o602, 0o666] {
                chmod(place.path + ending, mode)
                let file = ending.isEmpty ? "" : place.path + ending + ": "
                let words = "share ledger \(place.path): \(file)other users may write it"
                #expect { try ShareLedger(path: place.path) } throws: { "\($0)" == words }
                #expect(permissions(place.path + ending) == mode)
            }
            chmod(place.path + ending, 0o600)
            #expect(try place.history()?.total.expired == 1)
        }
    }

    @Test func aJournalThatNamesAnotherFileDeletesNothing() throws {
        let place = try Place()
        try place.fill()
        let outside = try HostileFile.Outside(place.root + "/outside", contents: [7])
        // As SQLite would leave it after a crash in the middle of a change to several files; the name is that of the
        // file that says so, which SQLite deletes.
        var ledger = Array(try Data(contentsOf: URL(fileURLWithPath: place.path)))
        ledger.replaceSubrange(18..<20, with: [1, 1])
        try Data(ledger).write(to: URL(fileURLWithPath: place.path))
        func word(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(value).bigEndian) { Array($0) } }
        let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
        let name = Array(outside.file.utf8)
        var journal = magic + word(0) + word(1) + word(ledger.count / 4096) + word(512) + word(4096)
        journal += [UInt8](repeating: 0, count: 512 - journal.count)
        journal +=
            word(0x4000_0000 / 4096 + 1) + name + word(name.count) + word(name.reduce(0) { $0 + Int($1) }) + magic
        try Data(journal).write(to: URL(fileURLWithPath: place.path + "-journal"))
        let words = """
            share ledger \(place.path): \(place.path)-journal: it is not empty, and SQLite would act on what it says: \
            delete it
            """
        #expect { try ShareLedger(path: place.path) } throws: { "\($0)" == words }
        #expect(outside.isUntouched)
        unlink(place.path + "-journal")
        #expect(try place.history()?.total.expired == 1)
    }

    @Test func aFolderAboveTheLedgersIsNobodyElses() throws {
        let place = try Place()
        try place.fill()
        chmod(place.root, 0o777)
        let open = "share ledger \(place.path): \(place.root): other users may write it"
        #expect { try ShareLedger(path: place.path) } throws: { "\($0)" == open }
        chmod(place.root, 0o1777)
        #expect(try place.history() != nil, "the sticky bit keeps others from replacing the folder")
        if geteuid() == 0 {
            chmod(place.root, 0o755)
            chown(place.root, 1000, 1000)
            let theirs = "share ledger \(place.path): \(place.root): it belongs to another user (uid 1000)"
            #expect { try ShareLedger(path: place.path) } throws: { "\($0)" == theirs }
            try FileManager.default.removeItem(atPath: place.folder)
            #expect { try ShareLedger(path: place.path) } throws: { "\($0)" == theirs }
            #expect(permissions(place.folder) == nil, "nothing is made there")
        }
    }

    @Test(arguments: [
        ("CREATE TRIGGER t AFTER UPDATE ON share BEGIN DELETE FROM share; END", "trigger"),
        ("CREATE VIEW v AS SELECT zeroblob(999999999)", "view"), ("CREATE TABLE other (a)", "table"),
        ("CREATE INDEX i ON share (hex(zeroblob(9)))", "index"),
        ("ALTER TABLE share ADD COLUMN more AS (hex(zeroblob(400000000)))", "generated column"),
        ("DROP TABLE share; CREATE VIEW share AS SELECT 1 AS id", "view"),
    ])
    func whatALedgerDoesNotHaveIsRefused(_ sql: String, _ part: String) throws {
        let place = try Place()
        try place.fill()
        try place.execute(sql)
        let before = try Data(contentsOf: URL(fileURLWithPath: place.path))
        let start = "share ledger \(place.path): it is no ledger of Nightjar's: it has a \(part)"
        #expect { try ShareLedger(path: place.path) } throws: { "\($0)".hasPrefix(start) && !"\($0)".contains("\n") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path)) == before)
    }

    /// SQL that writes the schema as a table makes triggers, or columns that point anywhere, of plain text.
    @Test(arguments: [
        "UPDATE sqlite_master SET sql = replace(sql, 'run TEXT', 'run INT') WHERE name = 'share'",
        "INSERT INTO sqlite_master VALUES ('trigger', 't', 'share', 0, 'CREATE TRIGGER t AFTER UPDATE ON share BEGIN SELECT 1; END')",
        "DELETE FROM sqlite_master",
    ])
    func theSchemaIsNotWrittenAsATable(_ sql: String) throws {
        let place = try Place()
        try place.fill()
        func attack(_ configuration: Configuration) throws {
            let queue = try DatabaseQueue(path: place.path, configuration: configuration)
            try queue.inTransaction { db in
                try db.execute(sql: "PRAGMA writable_schema = ON")
                try db.execute(sql: sql)
                return .rollback
            }
        }
        try attack(Configuration())
        #expect { try attack(LedgerConnection.configuration) } throws: { "\($0)".contains("may not be modified") }
        #expect(try place.history()?.total.expired == 1)
    }

    @Test func aCraftedRowDeletesNothingAndTheHistoryStillWorks() throws {
        let place = try Place()
        try place.fill()
        // For a path through it.
        try UserFolders.make(place.path + ".run-x")
        let victims = [place.root + "/victim", place.folder + "/victim", place.path + ".run-UPPER"]
        for victim in victims { #expect(FileManager.default.createFile(atPath: victim, contents: Data())) }
        let names: [DatabaseValue] = [
            "x/../../victim".databaseValue, "x/../victim".databaseValue, "../victim".databaseValue,
            "UPPER".databaseValue, "".databaseValue, "12345678901234".databaseValue, "a b".databaseValue,
            "a\u{0}b".databaseValue, "ä".databaseValue, "%s%n".databaseValue, "..".databaseValue,
            String(repeating: "/", count: 5000).databaseValue, Data([0xFF, 0xFE]).databaseValue, Data().databaseValue,
            42.databaseValue, 1.5.databaseValue,
        ]
        for name in names {
            try place.execute(
                """
                INSERT INTO share (run, pool, device, job, algorithm, nonce, digest, difficulty, state, found_at)
                SELECT ?, pool, device, job, algorithm, nonce, digest, difficulty, 'found', found_at FROM share LIMIT 1
                """, [name])
        }
        let history = try #require(try place.history())
        #expect(history.total.found == names.count + 1 && history.total.expired == history.total.found)
        for victim in victims { #expect(permissions(victim) != nil, "\(victim)") }
        #expect(permissions(place.path + ".run-x") != nil)
    }

    @Test func damagedValuesAreCounted() throws {
        let place = try Place()
        try place.fill()
        let values: [(String, DatabaseValue)] = [
            ("device", Data([0xFF, 0xFE]).databaseValue), ("pool", Data([0xC3]).databaseValue),
            ("difficulty", Double.infinity.databaseValue), ("difficulty", (-Double.infinity).databaseValue),
            ("difficulty", "text".databaseValue), ("latency", 1e300.databaseValue),
            ("latency", Data([1]).databaseValue), ("found_at", Int64.max.databaseValue),
            ("found_at", "never".databaseValue), ("nonce", Int64.min.databaseValue),
        ]
        for (column, value) in values {
            try place.execute(
                """
                INSERT INTO share (run, pool, device, job, algorithm, nonce, digest, difficulty, state, found_at, latency)
                SELECT 'abc', pool, device, job, algorithm, nonce, digest, difficulty, 'accepted', found_at, 1
                FROM share LIMIT 1
                """)
            try place.execute("UPDATE share SET \(column) = ? WHERE id = (SELECT MAX(id) FROM share)", [value])
            #expect(try place.history() != nil, "\(column) \(value)")
        }
    }
}
