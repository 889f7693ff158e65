import Foundation
import NightjarCore
import NightjarMiner
import NightjarPlatform
import TestSupport
import Testing

/// A run goes on without its ledger, and a damaged one is kept aside.
@Suite(.timeLimit(.minutes(5))) struct RunLedgerTests {
    private func open(_ state: String, _ place: LedgerPlace = .standard) throws -> RunLedger {
        try RunLedger(place, environment: { $0 == "XDG_STATE_HOME" ? state : nil })
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func itWritesTheFile() throws {
        let scratch = LedgerTests.Scratch()
        let run = try open(scratch.path)
        #expect(run.fault == nil && run.notices.isEmpty)
        #expect(run.ledger.path == scratch.path + "/nightjar/shares.sqlite")
        try run.ledger.close()
    }

    /// No folder can be made there.
    @Test(arguments: ["/proc/nowhere", "/dev/null/x"]) func withoutAPlaceItKeepsNothing(_ state: String) throws {
        let run = try open(state)
        #expect(run.ledger.path == ":memory:")
        let fault = try #require(run.fault)
        #expect(fault.hasPrefix("share ledger \(state)/nightjar/shares.sqlite: "))
        #expect(run.notices == ["mining without a history: \(fault)"])
        _ = try run.ledger.found(LedgerTests.share(nonce: 1), pool: "p", height: nil)
        #expect(try run.ledger.counts() == [.found: 1])
    }

    @Test func itIsOffWhenTheUserWantsNone() throws {
        let scratch = LedgerTests.Scratch()
        let run = try open(scratch.path, LedgerPlace("none"))
        #expect(run.ledger.path == ":memory:" && run.fault == "the ledger is off" && run.notices.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }

    /// No SQLite file; one that is cut; one with a part that no ledger has.
    @Test(arguments: ["text", "cut", "view"]) func aDamagedOneIsSetAside(_ damage: String) throws {
        let place = try LedgerFilesTests.Place()
        try place.fill()
        switch damage {
        case "text":
            try Data("this is not a database, and long enough to be seen as none".utf8).write(
                to: URL(fileURLWithPath: place.path))
        case "cut":
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: place.path))
            try file.truncate(atOffset: 5000)
            try file.close()
        default: try place.execute("CREATE VIEW v AS SELECT 1")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: place.path))
        let run = try open(place.root)
        #expect(run.fault == nil && run.ledger.path == place.path)
        let aside = try #require(try names(place.folder).first { $0.contains(".damaged-") && !$0.hasSuffix("-wal") })
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.folder + "/" + aside)) == before)
        #expect(run.notices.count == 1 && run.notices[0].hasSuffix("; it is now \(aside), and a new ledger has begun"))
        _ = try run.ledger.found(LedgerTests.share(nonce: 1), pool: "p", height: nil)
        #expect(try run.ledger.entries().count == 1)
        try run.ledger.close()
        #expect(try open(place.root).notices.isEmpty)
    }

    /// It may be any file of the user's.
    @Test func aDamagedOneThatTheUserNamedStaysAsItIs() throws {
        let place = try LedgerFilesTests.Place()
        let words = Data("a file of the user's, which is no ledger at all".utf8)
        try words.write(to: URL(fileURLWithPath: place.path))
        let run = try open("/nowhere", LedgerPlace(place.path))
        #expect(run.ledger.path == ":memory:" && run.fault?.contains("share ledger \(place.path): ") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path)) == words)
        #expect(try names(place.folder) == ["shares.sqlite"])
    }

    /// A ledger that others may write is not used, and not renamed either.
    @Test func aRefusedOneStaysAsItIs() throws {
        let place = try LedgerFilesTests.Place()
        try place.fill()
        chmod(place.path, 0o666)
        let run = try open(place.root)
        #expect(run.ledger.path == ":memory:" && run.fault != nil)
        #expect(try names(place.folder) == ["shares.sqlite"])
    }
}
