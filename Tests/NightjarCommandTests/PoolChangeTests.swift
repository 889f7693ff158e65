import Foundation
import NightjarWire
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct PoolChangeTests {
    /// Pools change with the file, without a restart; one that stays keeps its connection.
    @Test func aRunFollowsThePoolsOfItsFile() async throws {
        let (first, firstPort) = try await MineTests.pool()
        let (second, secondPort) = try await MineTests.pool()
        func text(_ ports: Int...) -> String {
            let pools = ports.map { #"{"url": "127.0.0.1:\#($0)", "user": "me", "pass": "hidden"}"# }.joined(
                separator: ",\n")
            return #"{"pools": [\#(pools)], "devices": ["cpu"]}"#
        }
        let file = try ConfigurationTests.File(text(firstPort))
        let run = try Binary(["mine", "-c", file.path])
        try await run.wait(for: "accepted #1")
        try file.write(text(firstPort, secondPort))
        try await run.wait(for: "configuration: using the pools that it now lists")
        #expect(await first.stats.connections == 1)
        try file.write(text(secondPort))
        try await eventually("a share at the second pool") { await second.stats.accepted > 0 }
        #expect(await first.stats.connections == 1)
        run.send(SIGTERM)
        let ended = try await run.ended()
        let accepted = await first.stats.accepted + second.stats.accepted
        await first.stop()
        await second.stop()
        #expect(ended.code == 143 && !ended.out.contains("hidden"), "\(ended)")
        #expect(accepted > 1 && ended.out.contains(" accepted (100 %)\n"), "\(ended)")
    }
}
