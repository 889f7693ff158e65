import Foundation
import NightjarMiner
import TestSupport
import Testing

@Suite(.serialized) struct NodeTests {
    @Test func tenBlocksReachANodesMainChain() async throws {
        let node = try await Monerod.start(difficulty: 2)
        let before = try await node.height()
        let run = try Binary(
            [
                "mine", "-o", "daemon+http://127.0.0.1:\(node.rpcPort)", "-u", Monerod.address, "--device", "cpu",
                "--max-shares", "10", "--log", "json", "--randomx-mode", "light",
            ], timeout: 240)
        let ended = try await run.ended()
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        let summary = try MineTests.check(ended)
        let accepted = try #require(summary["accepted"] as? Int)
        #expect(accepted >= 10 && summary["rejected"] as? Int == 0, "\(ended)")

        // The node itself says what is on its main chain.
        let after = try await node.height()
        #expect(after == before + accepted)
        var hashes: Set<String> = []
        for height in before..<before + accepted {
            let answer = try await node.call("get_block_header_by_height", "{\"height\":\(height)}")
            let header = try #require(answer["block_header"] as? [String: Any])
            #expect(header["orphan_status"] as? Bool == false && header["height"] as? Int == height)
            hashes.insert(try #require(header["hash"] as? String))
        }
        #expect(hashes.count == accepted)

        // Each block is a share in the ledger, at its height.
        let entries = try ShareLedger(path: run.directory + "/nightjar/shares.sqlite").entries()
        let blocks = entries.filter { $0.state == .accepted }
        #expect(Set(blocks.map(\.height)) == Set((before..<before + accepted).map { Int64($0) }))
        #expect(blocks.allSatisfy { $0.algorithm == "rx/0" })
        // The node ends with its object.
        withExtendedLifetime(node) {}
    }
}
