import Foundation
import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Bitcoin nodes that answer nonsense, or that cannot be mined at.
@Suite(.timeLimit(.minutes(5))) struct BitcoinOddNodesTests {
    private let time = FakeTime()
    private static let address = "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c"
    private static let genesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"

    /// What a good node of a regtest chain without a block says: the result of each method, as JSON text.
    static let good: [String: String] = [
        "getblockchaininfo": "{\"chain\":\"regtest\"}", "getblockhash": "\"\(genesis)\"",
        "getbestblockhash": "\"\(genesis)\"",
        "validateaddress":
            "{\"isvalid\":true,\"scriptPubKey\":\"0014\(String(repeating: "11", count: 20))\"}",
        "getblocktemplate": template(), "submitblock": "null",
        "getblockheader": "{\"confirmations\":1}",
    ]

    static func template(_ longPoll: String? = nil) -> String {
        """
        {"version":536870912,"rules":["csv","!segwit","taproot"],"previousblockhash":"\(genesis)","transactions":[],\
        "coinbaseaux":{},"coinbasevalue":5000000000,\(longPoll.map { "\"longpollid\":\"\($0)\"," } ?? "")\
        "target":"7fffff\(String(repeating: "00", count: 29))","mintime":1,"curtime":1795929143,"bits":"207fffff",\
        "height":1,"default_witness_commitment":"6a24aa21a9ed\(String(repeating: "22", count: 32))"}
        """
    }

    static func result(_ text: String) -> String {
        OddNodesTests.http("{\"result\":\(text),\"error\":null,\"id\":\"0\"}")
    }

    static func error(_ code: Int, _ message: String) -> String {
        OddNodesTests.http(
            "{\"result\":null,\"error\":{\"code\":\(code),\"message\":\"\(message)\"},\"id\":\"0\"}",
            status: "500 Internal Server Error")
    }

    static func method(_ request: String) -> String {
        request.firstMatch(of: #/"method":"(\w+)"/#).map { String($0.1) } ?? ""
    }

    /// A whole answer for a request; `nil` sends none.
    typealias Answer = @Sendable (String) -> String?

    /// A good node but for the methods that `answers` has a whole answer for.
    private static func node(_ answers: [String: String?]) -> Answer {
        { request in
            let method = method(request)
            if let answer = answers[method] { return answer }
            return good[method].map(result) ?? error(-32601, "Method not found")
        }
    }

    private func client(
        _ url: PoolURL, user: String = address, password: String = "u:hidden", algorithm: Algorithm = .sha256d,
        cookie: String? = nil, _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> NodeClient {
        var options = UpstreamOptions(pollInterval: .milliseconds(5), backoff: time.backoff)
        change(&options)
        let node = try PoolURL("daemon+http://\(url.authority)")
        return try NodeClient(
            PoolSettings(url: node, user: user, password: password, algorithm: algorithm, rpcCookie: cookie),
            options: options)
    }

    private func start(_ answer: @escaping Answer) async throws -> (ScriptedServer, PoolURL) {
        let server = ScriptedServer()
        return (server, try await server.start(answer: { $0.hasSuffix("}") ? answer($0) : nil }))
    }

    @Test func whatIsWrongIsSaid() async throws {
        let cases: [([String: String?], String)] = [
            (["getblockchaininfo": OddNodesTests.http("", status: "403 Forbidden")], "rpcallowip"),
            (["getblockchaininfo": OddNodesTests.http("<html>", status: "500 Oops")], "HTTP status 500"),
            (["getblockchaininfo": OddNodesTests.http("<html>")], "not JSON at byte 0"),
            (["getblockchaininfo": OddNodesTests.http("{}")], "no result"),
            (["getblockchaininfo": OddNodesTests.http("[]")], "no result"),
            (
                ["getblockchaininfo": OddNodesTests.http("Work queue depth exceeded", status: "503 Busy")],
                "the node is busy"
            ),
            (["getblockchaininfo": Self.error(-28, "Loading block index...")], "Loading block index... (error -28)"),
            (["getblockchaininfo": Self.result("{}")], "no chain"),
            (["getblockchaininfo": Self.result("{\"chain\":\"signet\"}")], "the node's chain is signet"),
            (["getblockchaininfo": Self.result("{\"chain\":\"main\"}")], "is an address of a regtest network"),
            (["getblockchaininfo": Self.result("{\"chain\":5}")], "no chain"),
            (
                [
                    "getblockhash": Self.result(
                        "\"12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2\"")
                ], "the node's chain is Litecoin's"
            ),
            (["validateaddress": Self.result("{\"isvalid\":false}")], "does not take \(Self.address) for an address"),
            (["validateaddress": Self.result("{}")], "does not take \(Self.address) for an address"),
            (["validateaddress": Self.result("{\"isvalid\":true,\"scriptPubKey\":\"51\"}")], "by another script"),
            (["validateaddress": Self.result("{\"isvalid\":true}")], "by another script"),
            (["getblocktemplate": Self.error(-9, "Bitcoin Core is not connected!")], "not connected! (error -9)"),
            (["getblocktemplate": Self.error(-10, "waiting for blocks...")], "waiting for blocks... (error -10)"),
            (["getblocktemplate": Self.result("{}")], "block template: no bits"),
            (["getblocktemplate": Self.result("null")], "block template: no bits"),
            (["getblocktemplate": "SSH-2.0-OpenSSH\r\n\r\n"], "invalid"),
        ]
        for (answers, words) in cases {
            let (server, url) = try await start(Self.node(answers))
            let log = EventLog(running: try client(url))
            let said = try await log.disconnection()
            #expect(said.contains(words), "\(said)")
            #expect(log.connections == 0 && log.jobs.isEmpty)
            // Tried again, and not said again.
            let before = await server.lines.count
            try await eventually("more tries") { await server.lines.count > before + 20 }
            #expect(log.disconnections.count == 1, "\(log.disconnections)")
            await log.stop()
            await server.stop()
        }
    }

    @Test func silenceAndEndlessAnswersEnd() async throws {
        let (silent, silentURL) = try await start(Self.node(["getblocktemplate": nil]))
        let log = EventLog(running: try client(silentURL) { $0.requestDeadline = .milliseconds(50) })
        #expect(try await log.disconnection().contains("no answer within"))
        await log.stop()
        await silent.stop()

        let long = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + String(repeating: " ", count: 2 << 20)
        let (endless, endlessURL) = try await start(Self.node(["validateaddress": long]))
        let other = EventLog(running: try client(endlessURL))
        #expect(try await other.disconnection().contains("longer than"))
        await other.stop()
        await endless.stop()
    }

    /// A login that the node never took ends the tries; a file that is missing or holds none may be written yet.
    @Test func loginsAreNamed() async throws {
        let folder = NSTemporaryDirectory() + "nightjar-login-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cookie = folder + "/.cookie"
        // The answer repeats the login, as a hostile node would.
        let (server, url) = try await start { request in
            guard request.contains("Authorization: Basic X19jb29raWVfXzpzZXNhbWU=\r\n") else {
                return OddNodesTests.http("", status: "401 Unauthorized")
            }
            return Self.error(-1, "sesame X19jb29raWVfXzpzZXNhbWU=")
        }
        func said(password: String = "x", _ path: String?) async throws -> String {
            let log = EventLog(running: try client(url, password: password, cookie: path))
            let said = try await eventually("an end of a try") { log.unusable.first ?? log.disconnections.first }
            #expect(log.unusable.isEmpty != said.contains(#/the node (refuses|wants)/#))
            await log.stop()
            return said
        }
        #expect(try await said(nil).contains("the node wants a login: give --rpc-cookie FILE"))
        #expect(
            try await said(password: "u:hidden", nil).contains("the node refuses the login that was given after -p"))
        #expect(try await said(cookie).contains("cannot read the login from \(cookie)"))
        try Data("no login\n".utf8).write(to: URL(fileURLWithPath: cookie))
        #expect(try await said(cookie).contains("\(cookie) holds no login of the form USER:PASSWORD"))
        try Data("__cookie__:wrong\n".utf8).write(to: URL(fileURLWithPath: cookie))
        #expect(try await said(cookie).contains("the node refuses the login in \(cookie)"))
        try Data("__cookie__:sesame\n".utf8).write(to: URL(fileURLWithPath: cookie))
        let covered = try await said(cookie)
        #expect(
            covered.contains("(error -1)") && !covered.contains("sesame") && !covered.contains("X19jb29r"), "\(covered)"
        )
        await server.stop()
    }

    /// A node that took the login was changed since, and may be changed back: it is tried again.
    @Test func aLoginThatWasTakenIsTriedAgain() async throws {
        let refuses = Locked(false)
        let (server, url) = try await start { request in
            refuses.withLock { $0 } ? OddNodesTests.http("", status: "401 Unauthorized") : Self.node([:])(request)
        }
        let log = EventLog(running: try client(url))
        _ = try await log.job()
        refuses.withLock { $0 = true }
        #expect(try await log.disconnection().hasSuffix("the node refuses the login that was given after -p"))
        let before = await server.lines.count
        try await eventually("more tries") { await server.lines.count > before + 20 }
        refuses.withLock { $0 = false }
        _ = try await log.job(2)
        #expect(log.unusable.isEmpty && log.disconnections.count == 1)
        await log.stop()
        await server.stop()
    }

    /// What the node's words after a block mean, and where it stands then.
    @Test func answersToABlockAreToldApart() async throws {
        let unknown = Self.error(-5, "Block not found")
        let cases: [(submit: String, header: String, ShareOutcome)] = [
            (Self.result("null"), Self.result("{\"confirmations\":1}"), .accepted),
            (Self.result("\"duplicate\""), Self.result("{\"confirmations\":3}"), .accepted),
            (Self.result("\"inconclusive\""), Self.result("{\"confirmations\":-1}"), .stale(reason: "orphan")),
            (Self.result("\"duplicate\""), Self.result("{\"confirmations\":-1}"), .stale(reason: "orphan")),
            (Self.result("null"), unknown, .stale(reason: "Block not found (error -5)")),
            (Self.result("null"), Self.result("{}"), .expired(reason: "no confirmations")),
            (Self.result("null"), Self.error(-28, "Verifying"), .expired(reason: "it is not known whether")),
            (Self.result("\"high-hash\""), unknown, .rejected(reason: "the node refuses the block: high-hash")),
            (Self.result("\"bad-cb-amount\""), unknown, .rejected(reason: "bad-cb-amount")),
            (Self.result("5"), unknown, .expired(reason: "submitblock's answer is no text")),
            (Self.error(-22, "Block decode failed"), unknown, .rejected(reason: "Block decode failed (error -22)")),
            // The answer was lost, and the chain has the block.
            (OddNodesTests.http("", status: "502 Bad Gateway"), Self.result("{\"confirmations\":1}"), .accepted),
            (OddNodesTests.http("", status: "502 Bad Gateway"), unknown, .expired(reason: "HTTP status 502")),
        ]
        for (submit, header, wanted) in cases {
            let (server, url) = try await start(Self.node(["submitblock": submit, "getblockheader": header]))
            let client = try client(url)
            let log = EventLog(running: client)
            let outcome = await client.submit(try mined(try await log.job()))
            switch (outcome, wanted) {
            case (.accepted, .accepted): break
            case (.rejected(let said), .rejected(let words)), (.stale(let said), .stale(let words)),
                (.expired(let said), .expired(let words)):
                #expect(said.contains(words), "\(said)")
            default: Issue.record("\(outcome) in place of \(wanted)")
            }
            await log.stop()
            await server.stop()
        }
    }

    /// A node that is busy is offered the block again.
    @Test func aBusyNodeIsAskedAgain() async throws {
        let offers = Locked(0)
        let (server, url) = try await start { request in
            guard Self.method(request) == "submitblock" else { return Self.node([:])(request) }
            let count = offers.withLock { offers in
                offers += 1
                return offers
            }
            return count < 3 ? OddNodesTests.http("busy", status: "503 Busy") : Self.result("null")
        }
        let client = try client(url)
        let log = EventLog(running: client)
        #expect(await client.submit(try mined(try await log.job())) == .accepted)
        #expect(offers.withLock { $0 } == 3)
        await log.stop()
        await server.stop()
    }

    /// A node that answers each long poll with an error: said once, and polling brings the new block.
    @Test func withoutLongPollPollingGoesOn() async throws {
        let polls = Locked(0)
        let tip = Locked(Self.genesis)
        let (server, url) = try await start { request in
            switch Self.method(request) {
            case "getblocktemplate" where request.contains("longpollid"):
                polls.withLock { $0 += 1 }
                return OddNodesTests.http("", status: "504 Gateway Timeout")
            case "getblocktemplate":
                let tip = tip.withLock { $0 }
                return Self.result(Self.template("p").replacing(Self.genesis, with: tip))
            case "getbestblockhash": return Self.result("\"\(tip.withLock { $0 })\"")
            default: return Self.node([:])(request)
            }
        }
        let log = EventLog(running: try client(url))
        _ = try await log.job()
        #expect(try await log.refusal() == "long poll: HTTP status 504; new blocks are asked for meanwhile")
        tip.withLock { $0 = String(repeating: "ab", count: 32) }
        _ = try await log.job(2)
        try await eventually("another long poll") { polls.withLock { $0 } >= 3 }
        #expect(log.refusals.count == 1 && log.disconnections.isEmpty)
        await log.stop()
        await server.stop()
    }

    /// A node that answers each long poll at once is asked ten times a second at most, and floods no jobs.
    @Test func aFloodOfLongPollsIsAFewJobs() async throws {
        let polls = Locked(0)
        let clock = Locked(Duration.seconds(100))
        let (server, url) = try await start { request in
            guard request.contains("getblocktemplate") else { return Self.node([:])(request) }
            if request.contains("longpollid") { polls.withLock { $0 += 1 } }
            return Self.result(Self.template("p"))
        }
        let log = EventLog(
            running: try client(url) {
                $0.pollInterval = .seconds(3600)
                $0.clocks = {
                    let now = clock.withLock { $0 }
                    return ClockReading(monotonic: now, boot: now, real: now)
                }
            })
        _ = try await log.job()
        try await eventually("five long polls") { polls.withLock { $0 } >= 5 }
        // No time has passed by the clock that paces the jobs.
        #expect(log.jobs.count <= 2, "\(log.jobs.count)")
        clock.withLock { $0 += .seconds(1) }
        _ = try await log.job(2)
        #expect(log.refusals.isEmpty)
        await log.stop()
        await server.stop()
    }

    @Test func settingsThatCannotWorkAreRefused() throws {
        func refused(_ url: String, _ change: (inout PoolSettings) -> Void) throws -> String {
            var settings = PoolSettings(url: try PoolURL(url), user: Self.address, algorithm: .sha256d)
            change(&settings)
            let error = #expect(throws: PoolURLError.self) { try settings.link(options: UpstreamOptions()) }
            return error?.description ?? ""
        }
        let node = "daemon+http://h:1"
        #expect(try refused(node) { $0.zmq = try? PoolURL("h:2") }.contains("ZMQ is for monerod"))
        #expect(
            try refused(node) {
                $0.rpcCookie = "f"
                $0.password = "u:p"
            }.contains("two logins"))
        #expect(
            try refused(node) { $0.coinbaseText = String(repeating: "é", count: 33) }
                == "the coinbase text has 66 bytes; at most 64 fit into a block")
        for url in ["h:1", node] {
            for change in [{ $0.rpcCookie = "f" }, { $0.coinbaseText = "t" }] as [(inout PoolSettings) -> Void] {
                #expect(
                    try refused(url) {
                        $0.algorithm = .rx0
                        change(&$0)
                    }.contains("is for bitcoind and litecoind"))
            }
        }
    }
}
