import Foundation
import NightjarCore
import NightjarNode
import NightjarWire
import TestSupport
import Testing

/// Against Bitcoin Core's consensus code.
/// One after the other: each starts a node.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BitcoinKernelTests {
    private let time = FakeTime()

    private static let addresses = [
        "mh5CE8Nbj38iND267s4XnvhSmhDW7yWc6Q": "76a914111111111111111111111111111111111111111188ac",
        // These two pay to a script that anyone meets: templates have transactions that spend them, 100 blocks later.
        "2ND8PB9RrfCaAcjfjP1Y6nAgFd9zWHYX4DN": "a914da1745e9b549bd0bfa1a569971c77eba30cd5a4b87",
        "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85":
            "00204ae81572f06e1b88fd5ced7a1a000945432e83e1551e6f721ee9c00b8cc33260",
        "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c": "00141111111111111111111111111111111111111111",
        "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6":
            "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ].sorted { $0.value > $1.value }

    private func client(
        _ node: BitcoinKernel, _ address: String, _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> NodeClient {
        var options = UpstreamOptions(
            pollInterval: .milliseconds(20), templateInterval: .seconds(3600), backoff: time.backoff)
        options.jobSpacing = .milliseconds(1)
        change(&options)
        let url = try PoolURL("daemon+http://127.0.0.1:\(node.rpc.port)")
        return try NodeClient(
            PoolSettings(url: url, user: address, algorithm: .sha256d, rpcCookie: node.rpc.cookie), options: options)
    }

    @Test func aHundredBlocksToEachKindOfAddress() async throws {
        let node = try await BitcoinKernel.start()
        var (height, transactions) = (0, 0)
        for (address, script) in Self.addresses {
            let client = try client(node, address)
            let log = EventLog(running: client)
            for _ in 1...100 {
                height += 1
                let job = try await eventually("a job at \(height)") { [height] in
                    log.jobs.last { $0.height == UInt64(height) }
                }
                #expect(await client.submit(try mined(job)) == .accepted)
            }
            await log.stop()
            #expect(log.disconnections.isEmpty && log.refusals.isEmpty, "\(log.disconnections), \(log.refusals)")
            #expect(client.blocks.count == 100)
            for block in client.blocks {
                let text = try await node.rpc.text("getblock", "[\"\(block.id)\"]")
                let bytes = try #require(Hex.decode(text))
                transactions += Int(bytes[80]) - 1
                // The coinbase's first output, behind its value.
                #expect(text.dropFirst(160).prefix(400).contains(Hex.encode([UInt8(script.utf8.count / 2)]) + script))
            }
        }
        #expect(try await node.height() == 500)
        // All rewards that anyone may spend were spent.
        #expect(transactions == 200)
    }

    @Test func orphansAndDuplicatesAreToldApart() async throws {
        let node = try await BitcoinKernel.start()
        let address = Self.addresses[0].key
        // Neither polls: both have a template of height 1.
        let one = try client(node, address) { $0.pollInterval = .seconds(3600) }
        let two = try client(node, address) { $0.pollInterval = .seconds(3600) }
        let (logOne, logTwo) = (EventLog(running: one), EventLog(running: two))
        let (first, second) = (try mined(try await logOne.job()), try mined(try await logTwo.job()))
        #expect(first.input != second.input, "two miners at one node try different headers")
        #expect(await one.submit(first) == .accepted)
        guard case .stale(let reason) = await two.submit(second) else {
            Issue.record("not stale")
            return
        }
        #expect(reason.hasSuffix("is an orphan"), "\(reason)")
        #expect(try await node.height() == 1)
        await logOne.stop()
        await logTwo.stop()
    }

    @Test func aWrongNetworksAddressIsRefused() async throws {
        let node = try await BitcoinKernel.start()
        for address in [
            "12ZEw5Hcv1hTb6YUQJ69y1V7uhcoDz92PH", "bc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3h8ffkz",
            "tb1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3apj6d3",
        ] {
            let log = EventLog(running: try client(node, address))
            #expect(
                try await log.disconnection().contains(
                    "the node's chain is 'regtest', and \(address) is an address of "))
            #expect(log.jobs.isEmpty && log.connections == 0)
            await log.stop()
        }
    }

    /// The node starts again, with another cookie in the same file.
    @Test func aNewCookieIsRead() async throws {
        let cookie = NSTemporaryDirectory() + "nightjar-cookie-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: cookie) }
        let old = try await BitcoinKernel.start(cookie: cookie)
        let client = try client(old, Self.addresses[0].key)
        let log = EventLog(running: client)
        #expect(await client.submit(try mined(try await log.job())) == .accepted)
        let login = try String(contentsOfFile: cookie, encoding: .utf8)
        try await old.stop()
        _ = try await log.disconnection()
        let mark = log.jobs.count
        let new = try await BitcoinKernel.start(port: old.rpc.port, cookie: cookie)
        #expect(try String(contentsOfFile: cookie, encoding: .utf8) != login)
        let job = try await eventually("a job of the new node") { log.jobs.dropFirst(mark).last { $0.height == 1 } }
        #expect(await client.submit(try mined(job, skipping: 2)) == .accepted)
        #expect(try await new.height() == 1)
        #expect(log.disconnections.count == 1)
        await log.stop()
    }
}
