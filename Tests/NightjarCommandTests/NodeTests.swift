import Foundation
import NightjarCore
import NightjarMiner
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct NodeTests {
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

    /// How often the key changes in the test below. `NIGHTJAR_TEST_EPOCHS=30` takes four minutes.
    private static let epochs = ProcessInfo.processInfo.environment["NIGHTJAR_TEST_EPOCHS"].flatMap(Int.init) ?? 5

    /// A chain whose RandomX key changes every 8 blocks, mined over some such changes: not one bad share. In light
    /// mode, which is where keys are at home: a dataset is made of the same caches, and its own tests change keys too.
    @Test func epochsPassWithoutABadShare() async throws {
        let blocks = 8 * Self.epochs + 10
        let node = try await Monerod.start(
            difficulty: 48, environment: ["SEEDHASH_EPOCH_BLOCKS": "8", "SEEDHASH_EPOCH_LAG": "4"])
        let before = try await node.height()
        let ended = try await Binary.run(
            [
                "mine", "-o", "daemon+http://127.0.0.1:\(node.rpcPort)", "-u", Monerod.address, "--device", "cpu",
                "--max-shares", "\(blocks)", "--log", "json", "--randomx-mode", "light",
            ], timeout: 600)
        #expect(ended.code == 0 && ended.err == "", "\(ended.err)")
        let summary = try MineTests.check(ended)
        let accepted = try #require(summary["accepted"] as? Int)
        #expect(accepted >= blocks && summary["rejected"] as? Int == 0 && summary["expired"] as? Int == 0)
        for event in try ended.events() {
            // A hash that the verifier does not stand by would be one.
            #expect(event["event"] as? String != "error", "\(event)")
        }

        // Every block is on the main chain, so that a stale share was one too many for a height, and the keys have
        // changed as often as they were to.
        let after = try await node.height()
        #expect(after == before + accepted)
        for height in before..<after {
            let answer = try await node.call("get_block_header_by_height", "{\"height\":\(height)}")
            let header = try #require(answer["block_header"] as? [String: Any])
            #expect(header["orphan_status"] as? Bool == false && header["height"] as? Int == height)
        }
        let template = try await node.call(
            "get_block_template", "{\"wallet_address\":\"\(Monerod.address)\",\"reserve_size\":8}")
        let keyHeight = try #require(template["seed_height"] as? Int)
        #expect(keyHeight / 8 >= Self.epochs)
        let keyBlock = try await node.call("get_block_header_by_height", "{\"height\":\(keyHeight)}")
        #expect((keyBlock["block_header"] as? [String: Any])?["hash"] as? String == template["seed_hash"] as? String)
        withExtendedLifetime(node) {}
    }
}
