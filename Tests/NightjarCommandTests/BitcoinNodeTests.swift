import Foundation
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarWire
import TestSupport
import Testing

/// `nightjar mine` at nodes of Bitcoin's kind, from the device to the chain.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BitcoinNodeTests {
    /// Runs until so many shares are accepted or rejected, and compares summary, ledger and chain. Far more are found:
    /// on a regtest chain every second hash is a block, and all but the first of a height are stale.
    private func mine(
        _ algorithm: String, shares: Int, _ rpc: BitcoinCaller, user: String, login: [String],
        height: () async throws -> Int
    ) async throws {
        let before = try await height()
        let run = try Binary(
            [
                "mine", "-a", algorithm, "-o", "daemon+http://127.0.0.1:\(rpc.port)", "-u", user, "--device", "cpu",
                "--max-shares", "\(shares)", "--log", "json",
            ] + login, timeout: 240)
        let ended = try await run.ended()
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        let summary = try MineTests.check(ended)
        let accepted = try #require(summary["accepted"] as? Int)
        #expect(accepted >= shares && summary["rejected"] as? Int == 0, "\(summary)")

        // Every accepted block is on the main chain, and each is a share in the ledger, at its height.
        #expect(try await height() == before + accepted)
        let entries = try ShareLedger(path: run.directory + "/nightjar/shares.sqlite").entries()
        let blocks = entries.filter { $0.state == .accepted }
        #expect(Set(blocks.map(\.height)) == Set((before + 1...before + accepted).map { Int64($0) }))
        #expect(blocks.allSatisfy { $0.algorithm == algorithm })
    }

    @Test func tenBlocksReachLitecoinsMainChain() async throws {
        let node = try await Litecoind.start()
        try await mine(
            "scrypt", shares: 10, node.rpc, user: Litecoind.address,
            login: ["--rpc-cookie", node.rpc.cookie, "--coinbase-text", "nightjar's test"]
        ) { try await node.height() }
        let tip = try await node.rpc.text("getbestblockhash")
        let block = try await node.rpc.call("getblock", "[\"\(tip)\", 2]")
        let input = block["tx"]?.array?[0]["vin"]?.array?[0]["coinbase"]?.string
        #expect(input?.hasSuffix(Hex.encode(Array("nightjar's test".utf8))) == true)
    }

    @Test func blocksPassBitcoinsConsensusCode() async throws {
        let node = try await BitcoinKernel.start()
        let login = try String(contentsOfFile: node.rpc.cookie, encoding: .utf8)
        try await mine(
            "sha256d", shares: 3, node.rpc, user: "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c", login: ["-p", login]
        ) { try await node.height() }
    }

    /// The address alone tells, so that nothing is connected to, and a script sees it by the exit code.
    @Test func anotherCoinsAddressIsAUsageError() async throws {
        let ended = try await Binary.run([
            "mine", "-a", "sha256d", "-o", "daemon+http://127.0.0.1:1", "-u", Litecoind.address,
        ])
        #expect(ended.code == 64 && ended.out == "", "\(ended)")
        #expect(ended.err.contains("is an address of Litecoin's; -a sha256d mines Bitcoin"), "\(ended)")
    }

    /// A login that the node refuses ends the run, without a limit on its time.
    @Test func aWrongLoginEndsTheRun() async throws {
        let server = ScriptedServer()
        let refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
        let url = try await server.start(answer: { $0.hasSuffix("}") ? refusal : nil })
        let ended = try await Binary.run([
            "mine", "-a", "sha256d", "-o", "daemon+http://\(url.authority)", "-u",
            "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c", "-p", "me:hidden", "--device", "cpu", "--log", "json",
        ])
        await server.stop()
        let why = "\(url.authority): the node refuses the login that was given after -p"
        #expect(ended.code == 69 && ended.err == "error: no pool or node can be used: \(why)\n", "\(ended)")
        let events = try ended.events()
        #expect(events.count { $0["event"] as? String == "error" && $0["message"] as? String == why } == 1)
        #expect(events.last?["event"] as? String == "summary" && events.last?["hashes"] as? Int == 0)
    }

    /// Only the node's chain tells: no job and no hash, and the reason at the end.
    @Test func anotherNetworksAddressHashesNothing() async throws {
        let node = try await BitcoinKernel.start()
        let ended = try await Binary.run([
            "mine", "-a", "sha256d", "-o", "daemon+http://127.0.0.1:\(node.rpc.port)", "-u",
            "12ZEw5Hcv1hTb6YUQJ69y1V7uhcoDz92PH", "--rpc-cookie", node.rpc.cookie, "--device", "cpu", "--max-seconds",
            "2", "--log", "json",
        ])
        #expect(ended.code == 69, "\(ended)")
        #expect(ended.err.contains("is an address of the main network"), "\(ended)")
        #expect(try ended.events().allSatisfy { $0["event"] as? String != "job" })
        #expect(try ended.events().last?["hashes"] as? Int == 0)
    }
}
