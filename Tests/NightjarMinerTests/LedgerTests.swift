import Foundation
import NightjarCore
import NightjarMiner
import NightjarWire
import TestSupport
import Testing

extension ShareLedger {
    /// A share of a pool whose unit is one hash.
    func found(
        _ share: Share, pool: String, height: UInt64?, at time: Timestamp = .now
    ) throws(LedgerError) -> Int64 {
        try found(
            share, pool: pool, height: height, difficulty: PoolDifficulty(hashes: share.target.difficulty.value),
            at: time)
    }
}

@Suite(.timeLimit(.minutes(5))) struct LedgerTests {
    /// A directory of its own, removed at the end.
    final class Scratch {
        let path = NSTemporaryDirectory() + "nightjar-test-\(UUID().uuidString)"
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    static func share(nonce: UInt32, difficulty: UInt64 = 64, job: String = "j1") throws -> Share {
        let work = try Work(
            algorithm: .cnR, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39, height: 1_806_260)
        let target = Target(difficulty: try #require(Difficulty(difficulty)))
        return Share(
            job: Job(name: job, work: work, target: target), nonce: nonce, digest: Digest(words: (1, 2, 3, 4)),
            device: .opencl(platform: 0, device: 0))
    }

    @Test func aShareIsWrittenFromFoundToItsEnd() throws {
        let scratch = Scratch()
        let ledger = try ShareLedger(path: scratch.path + "/a/b/shares.sqlite")
        let id = try ledger.found(
            Self.share(nonce: 0xFFFF_FFFF), pool: "pool:1", height: 7, at: Timestamp(milliseconds: 1000))
        var entry = try #require(try ledger.entries().first)
        #expect(entry.id == id && entry.state == .found && entry.nonce == 0xFFFF_FFFF && entry.height == 7)
        #expect(
            entry.pool == "pool:1" && entry.device == "opencl:0.0" && entry.job == "j1" && entry.algorithm == "cn/r")
        #expect(entry.digest == Digest(words: (1, 2, 3, 4)).description && entry.difficulty == 64)
        #expect(entry.foundAt.milliseconds == 1000 && entry.latency == nil && entry.reason == nil)

        try ledger.submitted(id)
        #expect(try ledger.entries().first?.state == .submitted)
        try ledger.finished(id, as: .rejected, reason: "Low difficulty share", latency: 34)
        entry = try #require(try ledger.entries().first)
        #expect(entry.state == .rejected && entry.reason == "Low difficulty share" && entry.latency == 34)

        // The first final state stays.
        try ledger.finished(id, as: .accepted)
        try ledger.submitted(id)
        #expect(try ledger.entries().first == entry)
    }

    @Test(arguments: [ShareState.accepted, .rejected, .stale, .expired])
    func everyFinalStateIsCounted(_ state: ShareState) throws {
        let ledger = try ShareLedger.inMemory()
        for nonce in 0..<3 {
            try ledger.finished(ledger.found(Self.share(nonce: UInt32(nonce)), pool: "p", height: nil), as: state)
        }
        _ = try ledger.found(Self.share(nonce: 9), pool: "p", height: nil)
        #expect(try ledger.counts() == [state: 3, .found: 1])
    }

    @Test func whatACrashLeftUnfinishedExpires() throws {
        let scratch = Scratch()
        let path = scratch.path + "/shares.sqlite"
        do {
            // The ledger goes without closing its shares, as with a crash: its lock on the run goes with it.
            let ledger = try ShareLedger(path: path)
            _ = try ledger.found(Self.share(nonce: 1), pool: "p", height: nil)
            try ledger.submitted(ledger.found(Self.share(nonce: 2), pool: "p", height: nil))
            try ledger.finished(ledger.found(Self.share(nonce: 3), pool: "p", height: nil), as: .accepted)
        }
        let ledger = try ShareLedger(path: path)
        #expect(ledger.recovered == 2)
        #expect(try ledger.entries().map(\.state) == [.expired, .expired, .accepted])
        #expect(
            try ledger.entries().map(\.reason) == [
                "the miner ended before an answer", "the miner ended before an answer", nil,
            ])
        #expect(try ledger.counts() == [:], "another run's shares are not this run's")
        // Numbers go on where they were.
        #expect(try ledger.found(Self.share(nonce: 4), pool: "p", height: nil) == 4)
    }

    @Test func anotherMinerThatIsStillRunningKeepsItsShares() throws {
        let scratch = Scratch()
        let path = scratch.path + "/shares.sqlite"
        let first = try ShareLedger(path: path)
        let id = try first.found(Self.share(nonce: 1), pool: "p", height: nil)
        let second = try ShareLedger(path: path)
        #expect(second.recovered == 0)
        _ = try second.found(Self.share(nonce: 2), pool: "p", height: nil)
        try first.finished(id, as: .accepted)
        #expect(try first.counts() == [.accepted: 1])
        #expect(try second.counts() == [.found: 1])
    }

    /// However many shares a pool makes of it.
    @Test func rowsAreBoundedDuringARun() throws {
        let scratch = Scratch()
        let ledger = try ShareLedger(path: scratch.path + "/shares.sqlite", mostRows: 200)
        let open = try ledger.found(Self.share(nonce: 0), pool: "p", height: nil)
        for nonce in 1...1000 {
            try ledger.finished(
                ledger.found(Self.share(nonce: UInt32(nonce)), pool: "p", height: nil), as: .rejected)
            if nonce % 100 == 0 { #expect(try ledger.entries().count <= 204) }
        }
        #expect(try ledger.entries().first?.id == open, "one that waits for its answer stays")
        #expect(try ledger.entries().last?.nonce == 1000)
    }

    @Test func difficultiesThatSQLiteCannotHoldAreClamped() throws {
        let ledger = try ShareLedger.inMemory()
        _ = try ledger.found(Self.share(nonce: 1, difficulty: .max), pool: "p", height: .max)
        let entry = try #require(try ledger.entries().first)
        #expect(entry.difficulty == 0x1p64 && entry.height == .max)
    }

    @Test func aFileThatIsNoLedgerIsNamed() throws {
        let scratch = Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        let path = scratch.path + "/shares.sqlite"
        try Data("this is not a database, and long enough to be seen as none".utf8).write(
            to: URL(fileURLWithPath: path))
        #expect { try ShareLedger(path: path) } throws: { "\($0)".hasPrefix("share ledger \(path): SQLite: ") }
        #expect { try ShareLedger(path: "/proc/nightjar/shares.sqlite") } throws: {
            "\($0)".hasPrefix("share ledger /proc/nightjar/shares.sqlite: mkdir ")
        }
    }

    @Test func theDefaultPlaceFollowsTheEnvironment() throws {
        func place(_ variables: [String: String]) throws -> String { try LedgerLocation.standard { variables[$0] } }
        #expect(try place(["XDG_STATE_HOME": "/state", "HOME": "/home/a"]) == "/state/nightjar/shares.sqlite")
        #expect(
            try place(["XDG_STATE_HOME": "relative", "HOME": "/home/a"])
                == "/home/a/.local/state/nightjar/shares.sqlite")
        #expect(try place(["HOME": "/home/a"]) == "/home/a/.local/state/nightjar/shares.sqlite")
        // Without HOME, the user database knows.
        #expect(try place([:]).hasSuffix("/.local/state/nightjar/shares.sqlite"))
    }
}
