import NIOCore
import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Bitcoin's pools over a real socket: each thing that is known of them in the field.
@Suite(.timeLimit(.minutes(5))) struct BitcoinPoolTests {
    private let time = FakeTime()

    /// A pool, a client that has logged in there, and what the client told.
    private struct Table {
        let server: ScriptedServer
        let client: StratumClient
        let log: EventLog

        /// Lines of a login, with the question for extra nonces.
        static let login = 4

        /// Waits for the client's n-th line after the login.
        func line(_ n: Int) async throws -> JSON { try await server.line(Self.login + n) }

        func job(_ n: Int = 1) async throws -> Job { try await log.job(n).job }

        /// Submits a share, and answers it.
        func submit(
            _ job: Job, nth n: Int, unit: UInt64 = 0, version: Int = 0, digest: Digest = Digest(),
            answer: String = "\"result\":true"
        ) async throws -> (sent: [JSON], outcome: ShareOutcome) {
            let share = Share(
                jobID: job.id, unit: try #require(job.source.unit(unit)).alone(version), target: job.target,
                nonce: UInt32(n),
                proof: Proof(digest: digest), device: .cpu)
            async let outcome = client.submit(share)
            let line = try await line(n)
            await server.send("{\"id\":\(line["id"]?.text ?? ""),\(answer)}\n")
            return (line["params"]?.array ?? [], await outcome)
        }

        func end() async {
            await log.stop()
            await server.stop()
        }
    }

    private func table(
        _ algorithm: Algorithm = .sha256d, login: String = bitcoinWelcome(),
        _ change: (inout PoolSettings, inout UpstreamOptions) -> Void = { _, _ in }
    ) async throws -> Table {
        let server = ScriptedServer()
        let url = try await server.start { $0.contains("mining.authorize") ? login : nil }
        var settings = PoolSettings(url: url, user: "addr.worker", password: "d=1024")
        var options = UpstreamOptions(algorithms: [algorithm], algorithm: algorithm, backoff: time.backoff)
        options.jobSpacing = .zero
        change(&settings, &options)
        let client = try StratumClient(settings, options: options)
        return Table(server: server, client: client, log: EventLog(running: client))
    }

    @Test func theLoginGoesOutInARow() async throws {
        let table = try await table()
        for (n, method) in ["mining.configure", "mining.subscribe", "mining.authorize", "mining.extranonce.subscribe"]
            .enumerated()
        {
            #expect(try await table.server.line(n + 1)["method"] == .string(method))
        }
        #expect(
            try await table.server.line(1)["params"]?.array?.last?["version-rolling.min-bit-count"] == .number("2"))
        #expect(try await table.server.line(2)["params"] == .array([.string("nightjar/\(Version.number)")]))
        #expect(try await table.server.line(3)["params"] == .array([.string("addr.worker"), .string("d=1024")]))
        try await table.log.connected()
        await table.end()
    }

    @Test func aPoolThatClosesAtConfigureIsAskedWithoutIt() async throws {
        let server = ScriptedServer()
        let url = try await server.start { text in
            text.contains("mining.authorize") && !text.contains("mining.configure") ? bitcoinWelcome(mask: nil) : nil
        }
        let options = UpstreamOptions(algorithms: [.sha256d], algorithm: .sha256d, backoff: time.backoff)
        let client = try StratumClient(PoolSettings(url: url, user: "u"), options: options)
        let log = EventLog(running: client)
        _ = try await server.line(3)
        await server.drop()
        try await log.connected()
        #expect(try await server.line(4)["method"] == .string("mining.subscribe"))
        // There was no outage, and no wait.
        #expect(log.disconnections.isEmpty && time.sleeps.isEmpty)
        await server.send(notify())
        _ = try await log.job()
        await log.stop()
        await server.stop()
    }

    @Test func aPoolThatIgnoresConfigureIsMinedAtWithoutRolling() async throws {
        let login = bitcoinWelcome().split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
        let table = try await table(login: login + notify()) { $1.configureDeadline = .milliseconds(20) }
        let job = try await table.job()
        #expect(try await table.submit(job, nth: 1).sent.count == 5)
        await table.end()
    }

    @Test(arguments: ["1fffe000", "1fffffe0", "0000c000", "00000000"])
    func whatAPoolGrantsIsRolled(_ mask: String) async throws {
        let login = bitcoinWelcome(mask: mask, subscription: "[[],\"08000002\",0]")
        let table = try await table(login: login + notify())
        let job = try await table.job()
        let bits = try #require(UInt32(mask, radix: 16))
        for n in 1...3 {
            let unit = try #require(job.source.unit(0))
            #expect(unit.siblings.count == (bits == 0 ? 0 : 3))
            let number = min(n, unit.siblings.count)
            let (sent, outcome) = try await table.submit(job, nth: n, version: number)
            #expect(outcome == .accepted)
            let version = unit.alone(number).work.input[0..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(sent.last == .string(BitcoinRequest.hex(version & bits)))
            // As the pool makes it.
            #expect(0x2000_0000 & ~bits | version & bits == version)
        }
        await table.end()
    }

    @Test func aNewMaskCountsAtOnce() async throws {
        let table = try await table(login: bitcoinWelcome(subscription: "[[],\"08000002\",0]") + notify())
        let before = try await table.job()
        await table.server.send("{\"id\":null,\"method\":\"mining.set_version_mask\",\"params\":[\"00018000\"]}\n")
        let after = try await table.job(2)
        #expect(after != before)
        #expect(try await table.submit(after, nth: 1, version: 3).sent.last == .string("00018000"))
        #expect(try await table.submit(before, nth: 2).sent.last == .string("00000000"))
        await table.end()
    }

    @Test func difficultyIsEachJobsOwn() async throws {
        let table = try await table(
            login: bitcoinWelcome() + notify(id: "\"a\"") + setDifficulty("\"0.00015\"") + notify(id: "\"b\"")
                + setDifficulty("65536") + setDifficulty("0") + notify(id: "\"c\""))
        #expect(try await table.log.refusal() == "difficulty is the number 0: a number above zero is needed")
        var shown: [String] = []
        for n in 1...3 { shown.append(try await table.log.job(n).difficulty.text) }
        #expect(shown == ["1", "0.00015", "65536"])
        // A job of the old difficulty is good until the pool says otherwise.
        let old = try await table.job()
        let easy = Digest(words: old.target.words)
        #expect(try await table.submit(old, nth: 1, digest: easy).outcome == .accepted)
        let refused = try await table.submit(
            old, nth: 2, digest: easy, answer: "\"error\":[23,\"Above target\",null]")
        #expect(refused.outcome == .rejected(reason: "Above target"))
        let share = Share(job: old, nonce: 9, digest: easy, device: .cpu)
        #expect(await table.client.submit(share) == .stale(reason: "the pool has raised its difficulty since"))
        await table.end()
    }

    @Test func scryptHasAUnitOfItsOwn() async throws {
        for (factor, hashes) in [(nil, 65537), (1, 4_295_032_833)] as [(Double?, UInt128)] {
            let table = try await table(.scrypt, login: bitcoinWelcome() + notify()) { settings, _ in
                settings.difficultyFactor = factor
            }
            let news = try await table.log.job()
            #expect(news.difficulty.text == "1" && news.job.algorithm == .scrypt)
            #expect(news.job.target.difficulty.value == hashes)
            await table.end()
        }
    }

    @Test func tenLowSharesAreExplained() async throws {
        let table = try await table(login: bitcoinWelcome() + notify())
        let job = try await table.job()
        for n in 1...10 {
            let answer = "\"error\":[23,\"low difficulty share of 0.7\",null]"
            _ = try await table.submit(job, nth: n, answer: answer)
        }
        #expect(try await table.log.refusal().contains("--difficulty-factor"))
        await table.end()
    }

    @Test(arguments: [
        // ckpool and NOMP, flat, without subscriptions, and without their place.
        ("[[[\"mining.set_difficulty\",\"a1\"],[\"mining.notify\",\"a1\"]],\"08000002\",4]", "08000002", 4),
        ("[[\"mining.notify\",\"ae6812eb4cd7735a302a8a9dd95cf71f\"],\"08000002\",8]", "08000002", 8),
        ("[null,\"08\",2]", "08", 2), ("[\"08000002\",\"3\"]", "08000002", 3), ("[[],\"\",4]", "", 4),
        ("[[],\"00112233445566778899aabbccddeeff\",1]", "00112233445566778899aabbccddeeff", 1),
        ("[[],\"ab\",12]", "ab", 12),
    ]) func subscriptions(_ reply: String, _ first: String, _ size: Int) async throws {
        let table = try await table(login: bitcoinWelcome(subscription: reply) + notify())
        let job = try await table.job()
        let extra = try await table.submit(job, nth: 1).sent[2].string ?? ""
        #expect(extra.utf8.count == 2 * size)
        // Both are in the coinbase transaction that the header's root is made of.
        let coinbase =
            "02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff1403a086012f" + first
            + extra
            + "2f6e696768746a61722fffffffff0100f2052a01000000015100000000"
        let root = DoubleSHA256.root(
            first: DoubleSHA256.digest(try #require(Hex.decode(coinbase))),
            branches: [[UInt8](repeating: 0x11, count: 32), Array(0..<32)])
        #expect(Array(job.work.input[36..<68]) == root)
        await table.end()
    }

    @Test func extraNoncesChangeWithoutBeingAskedFor() async throws {
        // NiceHash's answer where it knows the question, and that of pools that do not.
        for answer in ["\"result\":true,\"error\":null", "\"result\":false,\"error\":[20,\"Not supported.\",null]"] {
            let table = try await table(login: bitcoinWelcome() + notify())
            let before = try await table.job()
            await table.server.send(
                "{\"id\":4,\(answer)}\n{\"id\":null,\"method\":\"mining.set_extranonce\",\"params\":[\"ff\",3]}\n")
            #expect(try await table.submit(before, nth: 1).sent[2].string?.utf8.count == 8)
            await table.server.send(notify())
            let after = try await table.job(2)
            #expect(try await table.submit(after, nth: 2).sent[2].string?.utf8.count == 6)
            #expect(table.log.refusals.isEmpty && table.log.disconnections.isEmpty)
            await table.end()
        }
    }

    @Test func aNonceRangeGivesWayToTheNext() async throws {
        let table = try await table(login: bitcoinWelcome() + notify())
        let job = try await table.job()
        var sent: Set<String> = []
        for n in 1...5 { sent.insert(try await table.submit(job, nth: n, unit: UInt64(n)).sent[2].text) }
        #expect(sent.count == 5)
        #expect(try await table.submit(job, nth: 6, unit: 1 << 32).sent[3] == .string("6a1a5c2f"))
        await table.end()
    }

    @Test func wishesGoOutAfterTheLogin() async throws {
        let table = try await table { settings, options in
            settings.suggestedDifficulty = 0.25
            options.keepalive = true
            options.keepaliveInterval = .milliseconds(5)
        }
        for n in 1...3 {
            let line = try await table.line(n)
            #expect(line["method"] == .string("mining.suggest_difficulty"))
            #expect(line["params"] == .array([.number("0.25")]))
        }
        #expect(table.log.disconnections.isEmpty)
        await table.end()
    }

    @Test func questionsAreAnswered() async throws {
        let table = try await table()
        try await table.log.connected()
        await table.server.send(
            """
            {"id":11,"method":"client.get_version","params":[]}
            {"id":"12","method":"mining.ping","params":[]}
            {"id":13,"method":"mining.get_transactions","params":["1"]}
            {"id":null,"method":"client.show_message","params":["hel\\u001b[2Jlo"]}
            {"id":null,"method":"mining.no_such","params":[]}

            """)
        #expect(try await table.line(1)["result"] == .string("nightjar/\(Version.number)"))
        let pong = try await table.line(2)
        #expect(pong["result"] == .string("pong") && pong["id"] == .string("12"))
        #expect(try await table.line(3)["error"]?["code"] == .number("-32601"))
        let said = try await table.log.refusal()
        #expect(said.hasPrefix("it says: hel") && said.unicodeScalars.allSatisfy { $0.value >= 32 })
        #expect(table.log.disconnections.isEmpty)
        await table.end()
    }

    /// Each of its lines asks for an answer: what it does not read must not wait in memory.
    @Test func aPoolThatDoesNotReadIsLeft() async throws {
        let questions = String(repeating: "{\"id\":1,\"method\":\"mining.ping\"}\n", count: 1000)
        let server = try await LoopbackServer.start(port: 0) { channel, received in
            var incoming = received.makeAsyncIterator()
            _ = await incoming.next()
            var text = bitcoinWelcome()
            while (try? await channel.writeAndFlush(ByteBuffer(string: text))) != nil { text = questions }
        }
        let url = try PoolURL("127.0.0.1:\(server.port)")
        let options = UpstreamOptions(algorithms: [.sha256d], algorithm: .sha256d, backoff: time.backoff)
        let log = EventLog(running: try StratumClient(PoolSettings(url: url, user: "u"), options: options))
        #expect(try await log.disconnection().hasSuffix("it does not read what it is sent"))
        await log.stop()
        await server.stop()
    }

    @Test func aPoolMovesItsMinersOnItsOwnHostOnly() async throws {
        let other = ScriptedServer()
        let port = try await other.start { $0.contains("mining.authorize") ? bitcoinWelcome() : nil }.port
        let table = try await table()
        try await table.log.connected()
        await table.server.send("{\"method\":\"client.reconnect\",\"params\":[\"evil.example\",\(port),0]}\n")
        #expect(try await table.log.refusal() == "client.reconnect to evil.example is ignored: it is another host")
        #expect(table.log.disconnections.isEmpty)
        await table.server.send(
            "{\"id\":null,\"method\":\"client.reconnect\",\"params\":[\"127.0.0.1\",\"\(port)\",1]}\n")
        try await table.log.connected(2)
        #expect(try await other.line(3)["method"] == .string("mining.authorize"))
        await other.send("{\"id\":null,\"method\":\"client.reconnect\",\"params\":[]}\n")
        try await table.log.connected(3)
        await table.end()
        await other.stop()
    }

    @Test func sharesOnTheirWayAreStillSent() async throws {
        let table = try await table(login: bitcoinWelcome() + notify(id: "\"0\""))
        let first = try await table.job()
        for n in 1...8 {
            await table.server.send(notify(id: "\"\(n)\"", changing: [8: "\(n == 1)"]))
            let newest = try await table.job(n + 1)
            // Its job is over for a pool that said so, and the pool's answer says what that makes of the share.
            guard n < 8 else { break }
            let (sent, outcome) = try await table.submit(
                n == 1 ? first : newest, nth: n,
                answer: n == 1 ? "\"error\":[21,\"Job not found\",null]" : "\"result\":true")
            #expect(sent[1] == .string(n == 1 ? "0" : "\(n)"))
            #expect(outcome == (n == 1 ? .stale(reason: "Job not found") : .accepted))
        }
        // Eight jobs are kept.
        let late = Share(job: first, nonce: 1, digest: Digest(), device: .cpu)
        #expect(await table.client.submit(late) == .stale(reason: "its job was replaced too long ago"))
        await table.end()
    }

    @Test func aLoginThatIsRefusedEndsTheSession() async throws {
        let login = bitcoinWelcome().split(separator: "\n").dropLast().joined(separator: "\n")
        for (reply, said) in [
            (
                "\"error\":[24,\"Unauthorized worker d=1024\",null]",
                "login refused: Unauthorized worker [secret]; check -u addr.worker"
            ),
            ("\"result\":false", "login refused: refused without a reason"),
        ] {
            let table = try await table(login: "\(login)\n{\"id\":3,\(reply)}\n")
            #expect(try await table.log.disconnection().hasSuffix(said))
            #expect(table.log.connections == 0)
            await table.end()
        }
    }

    @Test func rareSharesAreTold() async throws {
        let table = try await table(login: bitcoinWelcome() + setDifficulty("10000") + notify()) { _, options in
            options.rate[.sha256d] = 30e6
        }
        #expect(try await table.log.refusal().contains("this machine finds a share every 16 days"))
        await table.end()
    }

    @Test(arguments: [
        "stratum2+tcp://h:3333", "stratum2+tcp://h:3333/9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72",
    ])
    func stratumV2IsRefusedWithAHint(_ url: String) {
        let error = #expect(throws: PoolURLError.self) { try PoolURL(url) }
        #expect(error?.description.contains("translator proxy") == true)
    }
}
