import Foundation
import NightjarCore
import NightjarMiner
import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct HistoryTests {
    static let day: Int64 = 86_400_000
    /// Noon somewhere or other: no test hangs on the time zone.
    static let now = Timestamp(milliseconds: 1_795_251_180_000)

    /// Shares of three days: 1 accepted on each, and others on the last.
    static func fill(_ ledger: ShareLedger) throws {
        for age in [0, 10, 40] as [Int64] {
            let time = Timestamp(milliseconds: now.milliseconds - age * day)
            try ledger.finished(
                ledger.found(
                    LedgerTests.share(nonce: UInt32(age)), pool: age == 40 ? "b:2" : "a:1", height: nil, at: time),
                as: .accepted, latency: 100 + age, at: time)
        }
        for state in [ShareState.rejected, .stale, .expired] {
            try ledger.finished(
                ledger.found(LedgerTests.share(nonce: 7, difficulty: 1000), pool: "a:1", height: nil, at: now),
                as: state, at: now)
        }
        _ = try ledger.found(LedgerTests.share(nonce: 9), pool: "a:1", height: nil, at: now)
    }

    @Test(arguments: ShareHistory.Key.allCases)
    func itAddsUp(_ key: ShareHistory.Key) throws {
        let ledger = try ShareLedger.inMemory()
        try Self.fill(ledger)
        let history = try ledger.history(by: key, days: nil, now: Self.now)
        let total = history.total
        #expect(
            total.found == 7 && total.accepted == 3 && total.rejected == 1 && total.stale == 1 && total.expired == 1)
        #expect(total.unaccounted == 1, "still under way")
        #expect(total.work == 3 * 64 && abs((total.latency ?? 0) - 350.0 / 3) < 1e-9)
        #expect(total.median == 110, "of 100, 110 and 140")
        #expect(history.rows.map(\.found).reduce(0, +) == 7 && history.rows.map(\.work).reduce(0, +) == 192)
        #expect(history.rows.map(\.unaccounted).reduce(0, +) == 1)
        switch key {
        case .day:
            #expect(
                history.rows.map(\.found) == [5, 1, 1]
                    && history.rows.map(\.key) == history.rows.map(\.key).sorted(by: >))
            #expect(history.rows.allSatisfy { $0.key.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil })
        case .device: #expect(history.rows.map(\.key) == ["opencl:0.0"] && history.rows[0].median == 110)
        case .pool:
            #expect(history.rows.map(\.median) == [105, 140], "an even number has its middle two's mean")
            #expect(history.rows.map(\.key) == ["a:1", "b:2"] && history.rows.map(\.found) == [6, 1])
        }
    }

    /// Two devices that are the same silicon: their hashes add up, their energy is the same.
    @Test func energyIsOfThePartsOfTheMachine() throws {
        let ledger = try ShareLedger.inMemory()
        try Self.fill(ledger)
        #expect(try ledger.history(by: .device, days: nil, now: Self.now).total.energy == nil)
        for minute in [0, 1] as [Int64] {
            try ledger.add(
                [
                    .init(device: "cpu", part: "processor", joules: 600, hashes: 3000),
                    .init(device: "opencl:0.0", part: "processor", joules: 600, hashes: 1000),
                    .init(device: "opencl:1.0", part: "0000:03:00.0", joules: 400, hashes: 6000),
                ], now: Timestamp(milliseconds: Self.now.milliseconds + minute * 60_000))
        }
        try ledger.add(
            [.init(device: "cpu", part: "processor", joules: 50, hashes: 100)],
            now: Timestamp(milliseconds: Self.now.milliseconds - 50 * Self.day))
        let devices = try ledger.history(by: .device, days: 30, now: Self.now)
        #expect(devices.rows.map(\.energy) == [.init(joules: 1200, hashes: 2000)])
        #expect(devices.total.energy == .init(joules: 2000, hashes: 20_000))
        #expect(devices.total.energy?.hashesPerJoule == 10)
        let days = try ledger.history(by: .day, days: nil, now: Self.now)
        #expect(days.rows[0].energy == .init(joules: 2000, hashes: 20_000) && days.rows[1].energy == nil)
        #expect(days.total.energy == .init(joules: 2050, hashes: 20_100))
        #expect(try ledger.history(by: .pool, days: nil, now: Self.now).rows.allSatisfy { $0.energy == nil })
    }

    /// Hashes count only where their energy is known.
    @Test func aBookTakesDifferences() {
        func device(_ joules: Double?, _ hashes: UInt64, watts: Double? = 60) -> MinerSnapshot.Device {
            var device = MinerSnapshot.Device(id: "cpu", name: "c", kind: "cpu")
            device.hashes = hashes
            (device.power.joules, device.power.watts, device.power.part) = (joules, watts, "processor")
            return device
        }
        var book = EnergyBook()
        #expect(book.take([device(10, 100)]).isEmpty, "one look is no difference")
        let first = EnergyBook.Entry(device: "cpu", part: "processor", joules: 5, hashes: 50)
        #expect(book.take([device(15, 150)]) == [first])
        #expect(book.take([device(20, 900, watts: nil)]).isEmpty, "a reading has failed")
        #expect(book.take([device(30, 1000)]).isEmpty)
        #expect(book.take([device(35, 1050)]) == [first])
        #expect(book.take([device(40, 3)]).isEmpty, "lanes that were replaced count anew")
        #expect(book.take([device(nil, 5)]).isEmpty && book.take([device(50, 10)]).isEmpty)
    }

    /// Pools have units of their own: the work is counted in hashes.
    @Test func workIsInHashes() throws {
        let ledger = try ShareLedger.inMemory()
        for difficulty in [PoolDifficulty(hashes: 1000), PoolDifficulty(text: "0.5", hashesPerUnit: 4096)] {
            let id = try ledger.found(
                LedgerTests.share(nonce: 1), pool: "a:1", height: nil, difficulty: try #require(difficulty),
                at: Self.now)
            try ledger.finished(id, as: .accepted, at: Self.now)
        }
        #expect(try ledger.history(by: .day, days: nil, now: Self.now).total.work == 3048)
    }

    @Test func onlyTheLastDaysCount() throws {
        let ledger = try ShareLedger.inMemory()
        try Self.fill(ledger)
        #expect(try ledger.history(by: .pool, days: 11, now: Self.now).total.found == 6)
        #expect(try ledger.history(by: .pool, days: 9, now: Self.now).total.found == 5)
        #expect(
            try ledger.history(by: .day, days: 1, now: Timestamp(milliseconds: Self.now.milliseconds + 400 * Self.day))
                == .empty(by: .day))
    }

    /// The day so many days from ``now``.
    static func day(_ days: Int) -> Timestamp { Timestamp(milliseconds: now.milliseconds + Int64(days) * day) }

    /// An accepted share on each of the days, as a run that goes on finds them.
    static func mine(_ ledger: ShareLedger, on days: some Sequence<Int>) throws {
        for day in days {
            try ledger.noteDay(Self.day(day))
            let id = try ledger.found(
                LedgerTests.share(nonce: UInt32(truncatingIfNeeded: day)), pool: "a:1", height: nil, at: Self.day(day))
            try ledger.finished(id, as: .accepted, at: Self.day(day))
        }
    }

    @Test func whatIsOldIsForgottenButNotWhatIsUnderWay() throws {
        let ledger = try ShareLedger.inMemory()
        try ledger.noteDay(Self.day(-101))
        let waiting = try ledger.found(LedgerTests.share(nonce: 11), pool: "a:1", height: nil, at: Self.day(-101))
        try Self.mine(ledger, on: -100...0)
        // Those of the days -100 … -31; the share that waits stays.
        #expect(try ledger.forget(olderThan: 30, now: Self.now) == .init(deleted: 70, inDoubt: 0))
        #expect(try ledger.entries().count == 32)
        try ledger.finished(waiting, as: .expired, at: Self.now)
        #expect(try ledger.forget(olderThan: 30, now: Self.now) == .init(deleted: 1, inDoubt: 0))
        // The newest rows stay, whatever their age.
        #expect(try ledger.forget(olderThan: 30, beyond: 4, now: Self.now).deleted == 27)
        #expect(try ledger.entries().count == 4)
    }

    /// One start in 2031: everything is old by that clock, and nothing goes.
    @Test(arguments: [1500, 40_000, -1500, -20_000]) func aWrongClockForgetsNothing(_ wrong: Int) throws {
        let ledger = try ShareLedger.inMemory()
        try Self.mine(ledger, on: -155..<0)
        let forgotten = try ledger.forget(olderThan: 400, now: Self.day(wrong))
        #expect(forgotten == .init(deleted: 0, inDoubt: wrong > 0 ? 155 : 0))
        // What is found by the wrong clock stays, too, once the clock is right.
        try Self.mine(ledger, on: [wrong])
        try Self.mine(ledger, on: 0..<10)
        #expect(try ledger.forget(olderThan: 400, now: Self.day(10)).deleted == 0)
        #expect(try ledger.entries().count == 166)
    }

    /// A clock that forgets the time at each start (no battery): each date counts once, however often it comes.
    @Test func aClockThatSwingsForgetsNothing() throws {
        let ledger = try ShareLedger.inMemory()
        try Self.mine(ledger, on: -20..<0)
        for start in 0..<500 {
            _ = try ledger.forget(olderThan: 30, now: Self.day(start.isMultiple(of: 2) ? -19_000 : 900))
        }
        #expect(try ledger.entries().count == 20)
    }

    /// A clock that is a year ahead for a week.
    @Test func aWeekAheadForgetsNothing() throws {
        let ledger = try ShareLedger.inMemory()
        try Self.mine(ledger, on: -100..<0)
        for day in 365..<372 { #expect(try ledger.forget(olderThan: 400, now: Self.day(day)).deleted == 0) }
        for day in 0..<20 { #expect(try ledger.forget(olderThan: 400, now: Self.day(day)).deleted == 0) }
        #expect(try ledger.entries().count == 100)
    }

    /// Mining on one day a week: a share goes when it is old by the clock and the ledger has seen as many days.
    @Test func occasionalMiningKeepsMore() throws {
        let ledger = try ShareLedger.inMemory()
        try Self.mine(ledger, on: stride(from: -700, to: 0, by: 7))
        #expect(try ledger.forget(olderThan: 30, now: Self.now).deleted == 71)
        #expect(try ledger.entries().count == 29)
    }
}
