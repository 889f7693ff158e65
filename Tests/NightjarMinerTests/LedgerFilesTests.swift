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
            if hostile.isGood { #expect(history?.total.expired == 1, "\(hostile)") }
            if !hostile.isRegular || hostile.isOthers { #expect(history == nil, "\(hostile)") }
            if hostile.isRegular, !hostile.isOthers { #expect(permissions(place.path) == 0o600, "\(hostile)") }
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
            #expect((history != nil) == (hostile.isRegular && !hostile.isOthers), "\(hostile)")
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
            chmod(place.path + ending, 0o666)
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
