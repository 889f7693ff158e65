import NightjarCore
import NightjarJSON
import NightjarNode
import NightjarPlatform
import NightjarWire
import TestSupport
import Testing

/// Against litecoind with a private chain.
/// One after the other: each starts two nodes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LitecoinNodeTests {
    private let time = FakeTime()

    private func client(
        _ node: Litecoind, user: String = Litecoind.address, text: String? = nil,
        _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> NodeClient {
        // Polls and templates by the clock are rare: what a test needs, it brings about.
        var options = UpstreamOptions(
            pollInterval: .milliseconds(20), templateInterval: .seconds(3600), backoff: time.backoff)
        options.jobSpacing = .milliseconds(1)
        change(&options)
        return try NodeClient(
            PoolSettings(
                url: try PoolURL("daemon+http://127.0.0.1:\(node.rpc.port)"), user: user, algorithm: .scrypt,
                rpcCookie: node.rpc.cookie, coinbaseText: text), options: options)
    }

    private func job(_ height: Int, _ log: EventLog) async throws -> UpstreamJob {
        try await eventually("a job at \(height) after \(log.disconnections), \(log.refusals)") {
            log.jobs.last { $0.height == UInt64(height) }
        }
    }

    /// Blocks 408 to 457. MWEB is active from 432 on; each block but the first has a payment in it, and from 432 on each
    /// third has one into MWEB. The node gives no template for 432 until it has the first of these, and the client waits.
    @Test func fiftyBlocksAcrossMWEB() async throws {
        let node = try await Litecoind.start(blocks: 407)
        let client = try client(node, text: "fifty blocks")
        let log = EventLog(running: client)
        for height in 408...457 {
            if height == 432 { try await node.pay(pegIn: true) }
            let job = try await job(height, log)
            #expect(job.job.algorithm == .scrypt)
            // For the next block.
            try await node.pay()
            if height >= 432, (height + 1) % 3 == 0 { try await node.pay(pegIn: true) }
            #expect(await client.submit(try mined(job)) == .accepted)
        }
        #expect(try await node.height() == 457)
        #expect(client.blocks.map(\.height) == Array(408...457))
        #expect(log.disconnections.count <= 1 && log.refusals.isEmpty, "\(log.disconnections), \(log.refusals)")
        #expect(log.disconnections.allSatisfy { $0.contains("bad-txns-vin-empty") }, "\(log.disconnections)")

        // What the node itself says of them.
        var extended = 0
        for block in client.blocks {
            #expect(try await node.rpc.text("getblockhash", "[\(block.height)]") == block.id)
            let found = try await node.rpc.call("getblock", "[\"\(block.id)\", 2]")
            let transactions = try #require(found["tx"]?.array)
            #expect(transactions.count >= (block.height == 408 ? 1 : 2))
            let output = transactions[0]["vout"]?.array?[0]
            #expect(output?["scriptPubKey"]?["hex"]?.string == Litecoind.script)
            let input = transactions[0]["vin"]?.array?[0]["coinbase"]?.string
            #expect(input?.hasSuffix(Hex.encode(Array("fifty blocks".utf8))) == true)
            if found["mweb"] != nil { extended += 1 }
            #expect(await client.isOnMainChain(block) == true)
        }
        #expect(extended == 26)
        await log.stop()
    }

    @Test func orphansAreToldApart() async throws {
        let node = try await Litecoind.start()
        // Polls rarely: the test moves the chain under a template.
        let client = try client(node) { $0.pollInterval = .seconds(3600) }
        let log = EventLog(running: client)
        let first = try await log.job()
        #expect(first.height == 2)
        let ours = try mined(first)
        #expect(await client.submit(ours) == .accepted)
        #expect(
            await client.submit(try mined(first, skipping: 5))
                == .stale(reason: "height 2 has a block of this miner's already"))

        // Another miner's block is the tip when ours comes: the node takes it, and it is an orphan.
        let second = try await job(3, log)
        try await node.mine()
        let late = try mined(second)
        guard case .stale(let reason) = await client.submit(late) else {
            Issue.record("not stale")
            return
        }
        #expect(reason.hasPrefix("block ") && reason.hasSuffix(" is an orphan"), "\(reason)")
        // The node has it already now, and says so; it stays an orphan.
        #expect(await client.submit(late) == .stale(reason: reason))
        #expect(client.blocks.count == 1)
        #expect(try await node.height() == 3)

        // A reorganisation makes an orphan of a block that was accepted.
        let block = try #require(client.blocks.first)
        #expect(await client.isOnMainChain(block) == true)
        try await node.rpc.call("invalidateblock", "[\"\(block.id)\"]")
        #expect(await client.isOnMainChain(block) == false)
        #expect(await client.isOnMainChain(MinedBlock(height: 2, id: String(repeating: "0", count: 64))) == false)
        await log.stop()
    }

    @Test func aBlockThatTheChainLostIsMinedAgain() async throws {
        let node = try await Litecoind.start()
        let client = try client(node)
        let log = EventLog(running: client)
        let first = try mined(try await log.job())
        #expect(await client.submit(first) == .accepted)
        _ = try await job(3, log)
        let lost = try #require(client.blocks.first)
        let mark = log.jobs.count
        try await node.rpc.call("invalidateblock", "[\"\(lost.id)\"]")
        let again = try await eventually("block 2 again") { log.jobs.dropFirst(mark).last { $0.height == 2 } }
        // Within the same second the header is the same, too, and the node knows that block as one that it gave up.
        let outcome = await client.submit(try mined(again, skipping: Int(first.nonce) + 1))
        #expect(outcome == .accepted)
        #expect(try await node.height() == 2)
        #expect(client.blocks.count == 2 && client.blocks[1] != lost)
        await log.stop()
    }

    /// The node is polled once an hour: only the answer to a long poll can bring the next template.
    @Test func aLongPollBringsAnothersBlock() async throws {
        let node = try await Litecoind.start()
        let client = try client(node) { $0.pollInterval = .seconds(3600) }
        let log = EventLog(running: client)
        _ = try await log.job()
        for height in 2...5 {
            try await node.mine()
            _ = try await job(height + 1, log)
        }
        #expect(log.refusals.isEmpty)
        await log.stop()
    }

    @Test func badBlocksAreRefusedByName() async throws {
        let node = try await Litecoind.start()
        let client = try client(node)
        let log = EventLog(running: client)
        let job = try await log.job()
        // A hash above the target, which the client is told is a good one.
        let unit = try #require(job.job.source.unit(0))
        let nonce = try #require(
            (0..<1000).first { !job.job.target.isMet(by: headerProof(unit.work.fixed(nonce: $0))) })
        let bad = Share(job: job.job, nonce: nonce, digest: Digest(), device: .cpu)
        #expect(await client.submit(bad) == .rejected(reason: "the node refuses the block: high-hash"))
        let low = Share(job: job.job, nonce: 0, digest: Digest(words: (0, 0, 0, .max)), device: .cpu)
        #expect(await client.submit(low) == .rejected(reason: "below the block's difficulty"))
        await log.stop()
    }

    /// Every kind of address is the node's own, too; a main network's is refused before anything is hashed.
    @Test func addressesAreComparedWithTheNodes() async throws {
        let node = try await Litecoind.start()
        for kind in ["legacy", "p2sh-segwit", "bech32"] {
            let address = try await node.rpc.text("getnewaddress", "[\"\", \"\(kind)\"]")
            let log = EventLog(running: try client(node, user: address))
            _ = try await log.job()
            await log.stop()
        }
        for address in ["ltc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3nmndwj", "LLnCCHbSzfwWquEdaS5TF2Yt7uz5Qb1SZ1"] {
            let log = EventLog(running: try client(node, user: address))
            #expect(
                try await log.disconnection()
                    == "127.0.0.1:\(node.rpc.port): the node's chain is 'regtest', and \(address) is an address of the main network"
            )
            #expect(log.jobs.isEmpty && log.connections == 0)
            await log.stop()
        }
    }

    /// litecoind with an address and an algorithm of Bitcoin's.
    @Test func anotherCoinsNodeIsRefused() async throws {
        let node = try await Litecoind.start()
        let settings = PoolSettings(
            url: try PoolURL("daemon+http://127.0.0.1:\(node.rpc.port)"), user: "mh5CE8Nbj38iND267s4XnvhSmhDW7yWc6Q",
            algorithm: .sha256d, rpcCookie: node.rpc.cookie)
        let log = EventLog(running: try NodeClient(settings, options: UpstreamOptions(backoff: time.backoff)))
        #expect(try await log.disconnection().hasSuffix("the node's chain is Litecoin's; -a sha256d mines another"))
        #expect(log.jobs.isEmpty)
        await log.stop()
    }
}
