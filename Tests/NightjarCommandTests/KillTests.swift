import Foundation
import NightjarMiner
import NightjarWire
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(30))) struct KillTests {
    /// Kills at random moments, one ledger for all of them: it opens each time, and every share that was said to be
    /// found is in it and accounted for. `NIGHTJAR_TEST_KILLS` gives another number of kills.
    @Test func killedAtAnyMomentTheLedgerAddsUp() async throws {
        let kills = ProcessInfo.processInfo.environment["NIGHTJAR_TEST_KILLS"].flatMap(Int.init) ?? 3
        // Slow answers, so that shares are in every state when the end comes.
        let (pool, port) = try await MineTests.pool(Faults(replyDelay: .milliseconds(60)))
        let state = NSTemporaryDirectory() + "nightjar-kills-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: state) }
        let path = state + "/nightjar/shares.sqlite"
        var (found, expired, seen) = (0, 0, 0)
        var generator = SeededGenerator()
        for kill in 1...kills {
            // At the last one no answer comes in time: what it interrupts is under way.
            if kill == kills { await pool.setFaults(Faults(ignoreSubmits: true)) }
            let run = try Binary(
                ["mine", "-o", "127.0.0.1:\(port)", "-u", "me", "--device", "cpu", "-a", "cn/2", "--log", "json"],
                environment: ["XDG_STATE_HOME": state])
            // Every other one comes wherever the start happens to be; the rest among shares.
            if kill == kills || !kill.isMultiple(of: 2) { try await run.wait(for: #""state":"submitted""#) }
            // The moment is what is random here: nothing is waited for.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...900, using: &generator)))
            run.send(SIGKILL)
            let ended = try await run.ended()
            #expect(ended.wasKilled, "\(ended)")
            // Lines that were written whole; the last may be half.
            seen += ended.out.components(separatedBy: #""state":"found""#).count - 1
            guard FileManager.default.fileExists(atPath: path) else { continue }

            let ledger = try ShareLedger(path: path)
            expired += ledger.recovered
            let total = try ledger.history(by: .pool, days: nil).total
            #expect(total.unaccounted == 0 && total.expired >= expired, "after kill \(kill): \(total)")
            #expect(total.found >= max(found, seen), "after kill \(kill): a share that was told of is missing")
            #expect(try ledger.entries().map(\.id) == (0..<total.found).map { Int64($0) + 1 })
            found = total.found
            try ledger.close()
        }
        await pool.stop()
        #expect(found > 0 && expired > 0, "\(kills) kills: \(found) shares, \(expired) of them under way")
        print("\(kills) kills: \(found) shares found, \(expired) under way at a kill, 0 unaccounted")
    }
}
