import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Bitcoin's dialect from the first request to what is asked for after the login.
@Suite(.timeLimit(.minutes(5))) struct BitcoinLoginTests: AtABitcoinDialect {
    @Test func threeRequestsInARow() throws {
        var dialect = try dialect { settings, _ in settings.rigID = "rig" }
        let effects = dialect.begin()
        guard case .ask(1, _, let deadline) = effects[0] else { return #expect(Bool(false), "\(effects)") }
        #expect((Duration.seconds(2)...Duration.seconds(3)).contains(deadline))
        let lines = try sent(effects)
        #expect(
            lines.map(\.["method"]) == ["mining.configure", "mining.subscribe", "mining.authorize"].map { .string($0) })
        #expect(lines.map(\.["id"]) == [.number("1"), .number("2"), .number("3")])
        #expect(
            lines[0]["params"]?.text
                == "[[\"version-rolling\"],{\"version-rolling.mask\":\"1fffe000\",\"version-rolling.min-bit-count\":2}]"
        )
        #expect(lines[1]["params"] == .array([.string("nightjar/test")]))
        #expect(lines[2]["params"] == .array([.string("addr.rig"), .string("p")]))
    }

    @Test func aUserWithAWorkerKeepsIt() throws {
        var dialect = try dialect { settings, _ in
            settings.user = "addr.own"
            settings.rigID = "rig"
        }
        #expect(try sent(dialect.begin())[2]["params"]?.array?.first == .string("addr.own"))
    }

    @Test func answersComeInAnyOrder() throws {
        let lines = bitcoinWelcome().split(separator: "\n").map(String.init)
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            var dialect = try dialect()
            _ = dialect.begin()
            #expect(take(notify(), &dialect).isEmpty)
            var effects = take(lines[order[0]], &dialect) + take(lines[order[1]], &dialect)
            #expect(!effects.contains(.connected) && jobs(effects).isEmpty)
            effects = take(lines[order[2]], &dialect)
            #expect(effects.contains(.connected))
            let job = try #require(jobs(effects).first)
            #expect(job.height == 100_000 && job.name.plain == "J1" && job.difficulty.text == "1")
        }
    }

    @Test func withoutAnAnswerAboutVersionsWorkBegins() throws {
        var dialect = try dialect()
        _ = dialect.begin()
        let rest = bitcoinWelcome().split(separator: "\n").dropFirst().joined(separator: "\n")
        #expect(!take(rest, &dialect).contains(.connected))
        #expect(dialect.unanswered(1) == [.connected])
        let first = try job(notify(), &dialect)
        #expect(try request(dialect.submit(share(first))).line["params"]?.array?.count == 5)
        // The answer comes at last, and counts at once.
        let late = "{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"}}"
        let again = try job(late, &dialect)
        #expect(again.job != first.job)
        #expect(try request(dialect.submit(share(first))).line["params"]?.array?.count == 6)
        #expect(try request(dialect.submit(share(again))).line["params"]?.array?.count == 6)
    }

    @Test(arguments: [
        (
            "{\"id\":3,\"error\":[24,\"Unauthorized worker\",null],\"result\":null}",
            "login refused: Unauthorized worker; check -u addr"
        ),
        ("{\"id\":3,\"error\":null,\"result\":false}", "login refused: refused without a reason"),
        ("{\"id\":2,\"error\":{\"code\":-2,\"message\":\"full\"}}", "login refused: full"),
        ("{\"id\":2,\"result\":true}", "login refused: the subscription has a boolean instead of a list"),
        ("{\"id\":2,\"result\":[]}", "login refused: the subscription has extranonce1 is missing"),
        ("{\"id\":2,\"result\":[[],\"zz\",4]}", "login refused: the subscription has extranonce1 is not hex"),
        (
            "{\"id\":2,\"result\":[[],\"\",33]}",
            "login refused: the subscription has extranonce2 has 33 bytes; the limit is 32"
        ),
        ("{\"id\":null,\"error\":\"banned\"}", "login refused: banned"), ("nonsense", "not JSON at byte 0"),
        ("[]", "not a message: an array"),
    ]) func loginsThatAreRefused(_ line: String, _ reason: String) throws {
        var dialect = try dialect()
        _ = dialect.begin()
        #expect(take(line, &dialect) == [.end(reason: OutsideText(ours: reason))])
    }

    /// A pool that closes the connection at a question that it does not know is asked no more.
    @Test func afterACloseAtTheFirstQuestionItIsLeftOut() throws {
        var dialect = try dialect()
        #expect(try sent(dialect.begin()).count == 3)
        #expect(dialect.triesAgain)
        var lines = try sent(dialect.begin())
        #expect(lines.map(\.["method"]) == [.string("mining.subscribe"), .string("mining.authorize")])
        #expect(!dialect.triesAgain)
        _ = take(bitcoinWelcome(), &dialect)
        #expect(!dialect.triesAgain)
        lines = try sent(dialect.begin())
        #expect(lines.count == 2)
        // It was not the question: without it there is no login either.
        lines = try sent(dialect.begin())
        #expect(lines.count == 3)
    }

    /// A pool may say that it does not know the question before it closes the connection.
    @Test func aRefusalBeforeTheCloseIsOneToo() throws {
        var dialect = try dialect()
        _ = dialect.begin()
        _ = take("{\"id\":1,\"error\":[-32601,\"Method not found\",null]}", &dialect)
        #expect(dialect.triesAgain)
        #expect(try sent(dialect.begin()).count == 2)
    }

    @Test(arguments: [
        ["{\"id\":2,\"result\":[null,\"\",4]}", "{\"id\":1,\"result\":{\"version-rolling\":false}}"],
        ["{\"id\":2,\"result\":[null,\"\",4]}", "{\"id\":3,\"error\":\"banned\"}"],
        ["{\"id\":null,\"error\":\"banned\"}"], ["nonsense"], ["{\"id\":2,\"error\":\"full\"}"],
    ]) func anotherEndIsNotTheFirstQuestions(_ lines: [String]) throws {
        var dialect = try dialect()
        _ = dialect.begin()
        for line in lines { _ = take(line, &dialect) }
        #expect(!dialect.triesAgain)
        #expect(try sent(dialect.begin()).count == 3)
    }

    @Test func aPoolThatIsSilentIsNotAskedAgainAtOnce() throws {
        var silent = try dialect()
        _ = silent.begin()
        _ = silent.unanswered(1)
        #expect(!silent.triesAgain)
    }

    @Test func whatIsAskedForAfterTheLogin() throws {
        func asked(_ effects: [DialectEffect]) throws -> [JSON] { try sent(effects) }
        var plain = try dialect()
        #expect(try asked(loggedIn(&plain)).map(\.["method"]) == [.string("mining.extranonce.subscribe")])
        var wanting = try dialect { settings, _ in settings.suggestedDifficulty = 0.001 }
        var lines = try asked(loggedIn(&wanting))
        #expect(lines.count == 2 && lines[1]["method"] == .string("mining.suggest_difficulty"))
        #expect(lines[1]["params"] == .array([.number("0.001")]))
        // An error in answer to either is no failure.
        #expect(
            take("{\"id\":4,\"error\":[24,\"Unauthorized\",null]}\n{\"id\":5,\"error\":\"unknown\"}", &wanting)
                == [.answer(to: 4, .accepted), .answer(to: 5, .accepted)])
        var measured = try dialect { _, options in
            options.rate[.sha256d] = BitcoinDifficulty.Unit(.sha256d).hashes * 3
        }
        lines = try asked(loggedIn(&measured))
        #expect(lines[1]["params"] == .array([.number("30")]))
    }

    @Test func fiveQuietMinutesAreBroken() throws {
        var dialect = try dialect { _, options in options.keepaliveInterval = .seconds(60) }
        _ = loggedIn(&dialect)
        for _ in 0..<2 {
            for _ in 0..<4 { #expect(dialect.keepalive().isEmpty) }
            let lines = try sent(dialect.keepalive())
            #expect(lines.map(\.["method"]) == [.string("mining.suggest_difficulty")])
            #expect(lines[0]["params"] == .array([.number("1")]))
        }
        let job = try job(notify(), &dialect)
        for _ in 0..<4 { #expect(dialect.keepalive().isEmpty) }
        _ = try request(dialect.submit(share(job)))
        for _ in 0..<4 { #expect(dialect.keepalive().isEmpty) }
        var eager = try self.dialect { settings, options in
            options.keepalive = true
            settings.suggestedDifficulty = 8
        }
        _ = loggedIn(&eager)
        #expect(try sent(eager.keepalive())[0]["params"] == .array([.number("8")]))
    }

    @Test func rareSharesAreToldOnce() throws {
        var dialect = try dialect { settings, options in
            options.rate[.sha256d] = 1e6
            settings.suggestedDifficulty = 1
        }
        _ = loggedIn(&dialect)
        // 4295 s at difficulty 1.
        var effects = take(notify(), &dialect)
        guard case .refused(let words)? = effects.last else { return #expect(Bool(false), "\(effects)") }
        #expect(words.plain.contains("every 71 minutes") && words.plain.contains("--suggest-difficulty"))
        #expect(take(notify(id: "\"2\""), &dialect).count == 1 && dialect.keepalive().isEmpty)
        var quick = try self.dialect { _, options in options.rate[.sha256d] = 1e7 }
        _ = loggedIn(&quick)
        effects = take(notify(), &quick)
        #expect(effects.count == 1)
    }
}
