import Foundation
import NightjarCore
import NightjarNode
import NightjarWire
import TestSupport
import Testing

/// Against a real node with a private chain of difficulty 1, at which any hash makes a block.
/// One after the other: each starts a node.
@Suite(.serialized, .timeLimit(.minutes(5))) struct NodeClientTests {
    private let time = FakeTime()

    private func client(
        _ port: Int, wallet: String = Monerod.address, _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> NodeClient {
        var options = UpstreamOptions(pollInterval: .milliseconds(50), backoff: time.backoff)
        change(&options)
        return try NodeClient(url: PoolURL("daemon+http://127.0.0.1:\(port)"), wallet: wallet, options: options)
    }

    private func share(_ job: UpstreamJob, nonce: UInt32 = 0x0102_0304) -> Share {
        Share(job: job.job, nonce: nonce, digest: Digest(), device: .cpu)
    }

    @Test func tenBlocksOnTheMainChain() async throws {
        let node = try await Monerod.start()
        let client = try client(node.rpcPort)
        let log = EventLog(running: client)
        for n in 1...10 {
            let job = try await log.job(n)
            #expect(job.height == UInt64(n))
            #expect(job.job.algorithm == .rx0)
            #expect(job.job.target == .easiest)
            #expect(job.job.work.seed?.count == 32)
            #expect(await client.submit(share(job, nonce: UInt32(n) << 24 | 7)) == .accepted)
        }
        #expect(client.blocks.map(\.height) == Array(1...10))
        #expect(try await node.height() == 11)
        // Asked without the client: the node has these blocks, with these nonces, and calls none an orphan.
        for block in client.blocks {
            let result = try await node.call("get_block_header_by_height", "{\"height\":\(block.height)}")
            let header = try #require(result["block_header"] as? [String: Any])
            #expect(header["hash"] as? String == block.id)
            #expect(header["nonce"] as? Int == Int(block.height) << 24 | 7)
            #expect(header["orphan_status"] as? Bool == false)
            #expect(await client.isOnMainChain(block) == true)
        }
        #expect(await client.isOnMainChain(MinedBlock(height: 3, id: client.blocks[3].id)) == false)
        #expect(await client.isOnMainChain(MinedBlock(height: 99, id: client.blocks[3].id)) == false)
        #expect(log.connections == 1 && log.disconnections.isEmpty && log.refusals.isEmpty)
        await log.stop()
    }

    @Test func aBlockThatCameTooLateIsStale() async throws {
        let node = try await Monerod.start()
        // Polls rarely: the test moves the chain under a template.
        let client = try client(node.rpcPort) { $0.pollInterval = .seconds(3600) }
        let log = EventLog(running: client)
        let job = try await log.job()
        try await node.mineOne()
        guard case .stale(let reason) = await client.submit(share(job)) else {
            Issue.record("not stale")
            return
        }
        #expect(reason.contains("at height 1"))
        #expect(client.blocks.isEmpty)
        #expect(try await node.height() == 2)
        await log.stop()
    }

    @Test func othersBlocksBringNewWorkAndOurSecondBlockOfAHeightIsStale() async throws {
        let node = try await Monerod.start()
        let client = try client(node.rpcPort)
        let log = EventLog(running: client)
        let first = try await log.job()
        try await node.mineOne()
        let second = try await log.job(2)
        #expect(second.height == 2)
        #expect(await client.submit(share(second, nonce: 1)) == .accepted)
        #expect(
            await client.submit(share(second, nonce: 2))
                == .stale(reason: "height 2 has a block of this miner's already"))
        #expect(await client.submit(share(first)) != .accepted)
        #expect(try await node.height() == 3)
        await log.stop()
    }

    @Test func aBlockThatTheChainLostIsMinedAgain() async throws {
        let node = try await Monerod.start()
        let client = try client(node.rpcPort)
        let log = EventLog(running: client)
        #expect(await client.submit(share(try await log.job(1), nonce: 1)) == .accepted)
        #expect(try await log.job(2).height == 2)
        try await node.popOne()
        let again = try await log.job(3)
        #expect(again.height == 1)
        #expect(await client.submit(share(again, nonce: 2)) == .accepted)
        #expect(try await node.height() == 2)
        await log.stop()
    }

    /// `NIGHTJAR_BLOCKS` of them, 10 by default: some of them too late, some lost again in a reorganisation.
    @Test func blocksAcrossEpochsAndOrphansToldApart() async throws {
        let wanted = ProcessInfo.processInfo.environment["NIGHTJAR_BLOCKS"].flatMap { Int($0) } ?? 10
        let node = try await Monerod.start(environment: ["SEEDHASH_EPOCH_BLOCKS": "8", "SEEDHASH_EPOCH_LAG": "4"])
        let client = try client(node.rpcPort) { $0.pollInterval = .milliseconds(20) }
        let log = EventLog(running: client)
        var (kept, lost, late): ([MinedBlock], [MinedBlock], Int) = ([], [], 0)
        var seeds: Set<[UInt8]> = []
        var number: UInt32 = 0
        // Jobs before the chain's last change are of no use, even at the same height.
        var mark = 0
        while kept.count < wanted {
            number += 1
            let height = try await node.height()
            let job = try await eventually("a job at \(height)") { [mark] in
                log.jobs.dropFirst(mark).last { $0.height == UInt64(height) }
            }
            mark = log.jobs.count
            seeds.insert(try #require(job.job.work.seed))
            if number.isMultiple(of: 5) {
                try await node.mineOne()
                guard case .stale = await client.submit(share(job, nonce: number)) else {
                    Issue.record("a block that came too late")
                    break
                }
                late += 1
                continue
            }
            let outcome = await client.submit(share(job, nonce: number))
            #expect(outcome == .accepted)
            let block = try #require(client.blocks.last)
            #expect(block.height == UInt64(height))
            guard number.isMultiple(of: 7) else {
                kept.append(block)
                continue
            }
            _ = try await eventually("the next height's job") { log.jobs.last { $0.height == UInt64(height) + 1 } }
            mark = log.jobs.count
            try await node.popOne()
            lost.append(block)
        }
        for block in kept {
            let result = try await node.call("get_block_header_by_height", "{\"height\":\(block.height)}")
            #expect((result["block_header"] as? [String: Any])?["hash"] as? String == block.id)
            #expect(await client.isOnMainChain(block) == true)
        }
        for block in lost { #expect(await client.isOnMainChain(block) == false) }
        #expect(late > 0 && !lost.isEmpty && seeds.count >= wanted / 8)
        #expect(Set(client.blocks) == Set(kept + lost))
        #expect(log.disconnections.isEmpty && log.refusals.isEmpty)
        print("\(kept.count) blocks on the main chain, \(lost.count) lost, \(late) too late, \(seeds.count) seeds")
        await log.stop()
    }

    @Test func templatesAreRefreshedAndOldOnesStillGood() async throws {
        let node = try await Monerod.start()
        let client = try client(node.rpcPort) {
            $0.pollInterval = .milliseconds(5)
            $0.templateInterval = .zero
        }
        let log = EventLog(running: client)
        let jobs = [try await log.job(1), try await log.job(2), try await log.job(3)]
        #expect(Set(jobs.map(\.job.id)).count == 3)
        #expect(jobs.allSatisfy { $0.height == 1 })
        #expect(await client.submit(share(jobs[0])) == .accepted)
        await log.stop()
    }

    @Test func aWrongHashIsRejectedByTheNode() async throws {
        // At this difficulty the node hashes by itself, and this nonce is good for nothing.
        let node = try await Monerod.start(difficulty: 1_000_000_000)
        let client = try client(node.rpcPort)
        let log = EventLog(running: client)
        let job = try await log.job()
        #expect(job.job.target.difficulty.value == 1_000_000_000)
        #expect(await client.submit(share(job)) == .rejected(reason: "Block not accepted (error -7)"))
        let low = Share(job: job.job, nonce: 1, digest: Digest(words: (0, 0, 0, .max)), device: .cpu)
        #expect(await client.submit(low) == .rejected(reason: "below the block's difficulty"))
        await log.stop()
    }

    @Test func badWalletsAreNamedByTheNode() async throws {
        let node = try await Monerod.start()
        let client = try client(node.rpcPort, wallet: "nobody")
        let log = EventLog(running: client)
        #expect(try await log.disconnection() == "127.0.0.1:\(node.rpcPort): Failed to parse wallet address (error -4)")
        #expect(log.connections == 0)
        await log.stop()
    }

    @Test func aNodeThatGoesAwayIsAnOutage() async throws {
        let node = try await Monerod.start()
        let client = try client(node.rpcPort)
        let log = EventLog(running: client)
        let job = try await log.job()
        try await node.stop()
        _ = try await log.disconnection()
        guard case .expired = await client.submit(share(job)) else {
            Issue.record("not expired")
            return
        }
        await log.stop()
    }

    @Test func onlyNodesAreMinedAgainst() throws {
        #expect(throws: PoolURLError.self) { try NodeClient(url: PoolURL("p:1"), wallet: "w") }
        #expect(throws: PoolURLError.self) {
            try StratumClient(url: PoolURL("daemon+http://p:1"), login: Login(user: "u"))
        }
    }
}

/// Nodes that answer nonsense.
@Suite(.timeLimit(.minutes(5))) struct OddNodesTests {
    private let time = FakeTime()

    /// A template like a regtest node's, with members changed.
    static func template(_ changing: [String: String?] = [:]) -> String {
        var members = [
            "blockhashing_blob": "\"\(sampleBlob)\"", "blocktemplate_blob": "\"\(sampleBlob)00\"", "difficulty": "1000",
            "difficulty_top64": "0", "wide_difficulty": "\"0x3e8\"", "height": "5", "next_seed_hash": "\"\"",
            "prev_hash": "\"\(String(repeating: "41", count: 32))\"",
            "seed_hash": "\"\(String(repeating: "5a", count: 32))\"",
            "status": "\"OK\"",
        ]
        for (name, value) in changing { members[name] = value }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    static func http(_ body: String, status: String = "200 OK", headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// The first outcome of a node that answers every request with `reply`, and with nothing when it is `nil`.
    private func first(_ reply: @escaping @Sendable (String) -> String?) async throws -> (EventLog, ScriptedServer) {
        let server = ScriptedServer()
        let url = try await server.start(answer: { text in
            // A request is whole when its body is: all of these end with the object's brace.
            text.hasSuffix("}") ? reply(text) : nil
        })
        var options = UpstreamOptions(
            requestDeadline: .seconds(30), pollInterval: .milliseconds(5), backoff: time.backoff)
        if reply("") == nil { options.requestDeadline = .milliseconds(50) }
        let node = try PoolURL("daemon+http://\(url.authority)")
        return (EventLog(running: try NodeClient(url: node, wallet: "w", options: options)), server)
    }

    @Test func whatIsWrongIsSaid() async throws {
        func result(_ result: String) -> String { Self.http("{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":\(result)}") }
        let cases: [(String?, String)] = [
            (nil, "no answer within"),
            (Self.http("", status: "500 Oops"), "HTTP status 500"),
            (Self.http("<html>"), "not JSON at byte 0"),
            (Self.http("{}"), "no result"),
            ("SSH-2.0-OpenSSH\r\n\r\n", "what the server sends is not HTTP"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + String(repeating: " ", count: 5 << 20),
                "longer than"
            ),
            (Self.http("{\"error\":{\"code\":-9,\"message\":\"Core is busy\"}}"), "Core is busy (error -9)"),
            (result("{\"status\":\"BUSY\"}"), "BUSY"),
            (result("{\"status\":\"OK\"}"), "no blockhashing_blob"),
            (result(Self.template(["blocktemplate_blob": "\"zz\""])), "blocktemplate_blob is not hex"),
            (result(Self.template(["blockhashing_blob": "\"00\""])), "no block header"),
            (result(Self.template(["blocktemplate_blob": "\"\(blobText(timestamp: "00"))00\""])), "different headers"),
            (
                result(
                    Self.template([
                        "blockhashing_blob": "\"\(blobText(major: "11"))\"",
                        "blocktemplate_blob": "\"\(blobText(major: "11"))00\"",
                    ])), "block version 17 needs RandomX v2 blocks, which this version of Nightjar can't submit yet"
            ),
            (result(Self.template(["height": "1099511627776"])), "bad height"),
            (result(Self.template(["height": nil])), "bad height"),
            (result(Self.template(["wide_difficulty": "\"0x0\""])), "difficulty is not between"),
            (
                result(Self.template(["wide_difficulty": "\"0x1\(String(repeating: "0", count: 32))\""])),
                "difficulty is not between"
            ),
            (result(Self.template(["wide_difficulty": "\"0x+5\""])), "difficulty is not between"),
            (result(Self.template(["wide_difficulty": nil, "difficulty": "0"])), "difficulty is not between"),
            (result(Self.template(["wide_difficulty": nil, "difficulty": "\"5\""])), "difficulty is not between"),
            (result(Self.template(["seed_hash": "\"\""])), "rx/0 needs a seed"),
            (result(Self.template(["seed_hash": "\"5a\""])), "seed_hash is not 64 hex digits"),
            (
                result(Self.template(["prev_hash": "\"\(String(repeating: "5a", count: 100_000))\""])),
                "prev_hash is not 64 hex digits"
            ),
        ]
        for (reply, words) in cases {
            let (log, server) = try await first { _ in reply }
            let said = try await log.disconnection()
            #expect(said.contains(words), "\(said)")
            #expect(log.connections == 0)
            await log.stop()
            await server.stop()
        }
    }

    /// It may be mended meanwhile, and a run never gives up a Monero node.
    @Test func aLoginThatIsMissingIsAnOutage() async throws {
        let (log, server) = try await first { _ in Self.http("", status: "401 Unauthorized") }
        let said = try await log.disconnection()
        #expect(said.hasSuffix("the node wants a login (--rpc-login): give it as USER:PASS after -p"))
        try await eventually("more tries") { time.sleeps.count > 3 }
        #expect(log.plain.count == 1)
        await log.stop()
        await server.stop()
    }

    @Test func difficultiesAreReadInEitherForm() async throws {
        for changes in [["wide_difficulty": nil], ["difficulty": nil, "difficulty_top64": nil]] as [[String: String?]] {
            let (log, server) = try await first { _ in Self.http("{\"result\":\(Self.template(changes))}") }
            #expect(try await log.job().job.target.difficulty.value == 1000)
            await log.stop()
            await server.stop()
        }
    }

    /// A chain's difficulty has 128 bits.
    @Test func difficultiesBeyond64BitsAreMined() async throws {
        for changes in [
            ["wide_difficulty": nil, "difficulty_top64": "1"], ["wide_difficulty": "\"0x100000000000003e8\""],
        ] as [[String: String?]] {
            let (log, server) = try await first { _ in Self.http("{\"result\":\(Self.template(changes))}") }
            let job = try await log.job()
            #expect(job.difficulty.text == "18446744073709552616")
            #expect(job.job.target.difficulty.value == (UInt128(1) << 64) + 1000)
            await log.stop()
            await server.stop()
        }
    }

    /// "OK" for a block that is then not found on the main chain, is not.
    @Test func okIsNotEnough() async throws {
        let headers = [
            (
                "{\"block_header\":{\"hash\":\"00\",\"orphan_status\":false},\"status\":\"OK\"}",
                "the main chain has block 00"
            ),
            ("{\"status\":\"OK\"}", "it is not known whether"),
        ]
        for (header, words) in headers {
            let server = ScriptedServer()
            let url = try await server.start(answer: { text in
                guard text.hasSuffix("}") else { return nil }
                if text.contains("get_block_template") { return Self.http("{\"result\":\(Self.template())}") }
                if text.contains("submit_block") { return Self.http("{\"result\":{\"status\":\"OK\"}}") }
                if text.contains("get_block_header_by_height") { return Self.http("{\"result\":\(header)}") }
                return Self.http("{\"height\":5,\"status\":\"OK\"}")
            })
            let options = UpstreamOptions(backoff: time.backoff)
            let client = try NodeClient(url: PoolURL("daemon+http://\(url.authority)"), wallet: "w", options: options)
            let log = EventLog(running: client)
            let share = Share(job: try await log.job().job, nonce: 1, digest: Digest(), device: .cpu)
            let outcome = await client.submit(share)
            switch outcome {
            case .stale(let reason), .expired(let reason): #expect(reason.contains(words))
            default: Issue.record("\(outcome)")
            }
            #expect(client.blocks.isEmpty)
            await log.stop()
            await server.stop()
        }
    }
}
