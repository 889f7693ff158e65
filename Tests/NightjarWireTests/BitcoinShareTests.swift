import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Difficulties in Bitcoin's dialect, answers to shares, and the pool's own questions.
@Suite(.timeLimit(.minutes(5))) struct BitcoinShareTests: AtABitcoinDialect {
    @Test func difficultyCountsForLaterJobs() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let unit = BitcoinDifficulty.Unit(.sha256d)
        var targets: [Target] = []
        for text in [notify(id: "\"a\""), setDifficulty("0.00015") + notify(id: "\"b\""), setDifficulty("\"1.5\"")] {
            for job in jobs(take(text, &dialect)) { targets.append(job.job.target) }
        }
        targets += jobs(take(notify(id: "\"c\""), &dialect)).map(\.job.target)
        #expect(targets == ["1", "0.00015", "1.5"].compactMap { unit.difficulty(text: $0)?.target })
        for (json, words) in [
            ("0", "the number 0"), ("-5", "the number -5"), ("\"NaN\"", "'NaN'"), ("null", "null"), ("[1]", "an array"),
        ] {
            #expect(
                take(setDifficulty(json), &dialect)
                    == [.refused(reason: OutsideText(ours: "difficulty is \(words): a number above zero is needed"))])
        }
        #expect(jobs(take(notify(id: "\"d\""), &dialect)).map(\.difficulty.text) == ["1.5"])
    }

    /// After a rise, shares of earlier jobs go out at their own difficulty, until the pool refuses one for it.
    @Test func afterARiseAPoolShowsWhatItWants() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let unit = BitcoinDifficulty.Unit(.sha256d)
        let easy = Digest(words: unit.one.target.words)
        let hard = Digest()
        let old = try job(notify(id: "\"a\""), &dialect)
        _ = take(setDifficulty("1000"), &dialect)
        let (first, _) = try request(dialect.submit(share(old, digest: easy)))
        #expect(take("{\"id\":\(first),\"result\":true}", &dialect) == [.answer(to: first, .accepted)])
        let (second, _) = try request(dialect.submit(share(old, digest: easy)))
        #expect(
            take("{\"id\":\(second),\"error\":[23,\"Difficulty too low\",null]}", &dialect)
                == [.answer(to: second, .rejected(reason: "Difficulty too low"))])
        #expect(
            dialect.submit(try share(old, digest: easy))
                == .over(.stale(reason: "the pool has raised its difficulty since")))
        _ = try request(dialect.submit(share(old, digest: hard)))
        // A fall changes nothing for jobs that are there: their own difficulty is the harder one.
        _ = take(setDifficulty("0.5"), &dialect)
        _ = try request(dialect.submit(share(old, digest: easy)))
        // What it has shown counts on the next connection, too.
        _ = loggedIn(&dialect)
        let next = try job(notify(id: "\"b\""), &dialect)
        _ = take(setDifficulty("2"), &dialect)
        #expect(
            dialect.submit(try share(next, digest: easy))
                == .over(.stale(reason: "the pool has raised its difficulty since")))
    }

    @Test func aRefusalForAnotherReasonShowsNothing() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let job = try job(notify(), &dialect)
        _ = take(setDifficulty("1000"), &dialect)
        let easy = Digest(words: job.job.target.words)
        for error in ["[22,\"Duplicate share\",null]", "[23,\"Invalid time rolling\",null]"] {
            let (number, _) = try request(dialect.submit(share(job, digest: easy)))
            _ = take("{\"id\":\(number),\"error\":\(error)}", &dialect)
        }
        _ = try request(dialect.submit(share(job, digest: easy)))
    }

    @Test func tenLowSharesFromTheStartAreExplained() throws {
        var dialect = try dialect(.scrypt)
        _ = loggedIn(&dialect)
        let job = try job(notify(), &dialect)
        for count in 1...12 {
            let (number, _) = try request(dialect.submit(share(job)))
            let effects = take("{\"id\":\(number),\"error\":[23,\"low difficulty share of 0.1\",null]}", &dialect)
            #expect(effects.count == (count == 10 ? 2 : 1))
            if count == 10 {
                guard case .refused(let hint) = effects[1] else { return #expect(Bool(false)) }
                #expect(hint.plain.contains("--difficulty-factor"))
            }
        }
        var other = try self.dialect()
        _ = loggedIn(&other)
        let another = try self.job(notify(), &other)
        for count in 1...20 {
            let (number, _) = try request(other.submit(share(another)))
            let answer = count == 3 ? "\"result\":true" : "\"error\":[23,\"low\",null]"
            #expect(take("{\"id\":\(number),\(answer)}", &other).count == 1)
        }
    }

    @Test(
        arguments: [
            ("\"result\":true,\"error\":null", .accepted), ("\"result\":\"OK\"", .accepted),
            ("\"result\":{\"status\":\"OK\"}", .accepted),
            ("\"result\":false,\"error\":null", .rejected(reason: "refused without a reason")),
            ("\"result\":null,\"error\":[21,\"Job not found\",null]", .stale(reason: "Job not found")),
            ("\"result\":null,\"error\":[21,\"gone\",null]", .stale(reason: "gone")),
            ("\"error\":[22,\"Duplicate share\",null]", .rejected(reason: "Duplicate share")),
            ("\"error\":[23,\"stale difficulty\",null]", .rejected(reason: "stale difficulty")),
            ("\"error\":[20,\"Stale\",null]", .stale(reason: "Stale")),
            ("\"error\":{\"code\":23,\"message\":\"Above target\"}", .rejected(reason: "Above target")),
            ("\"error\":{\"code\":\"21\",\"message\":\"\"}", .stale(reason: "error 21")),
            ("\"error\":[22]", .rejected(reason: "error 22")),
            ("\"error\":\"job not found\"", .stale(reason: "job not found")),
            ("\"result\":[1]", .rejected(reason: "the reply's result is [1]")),
        ] as [(String, ShareEnd<OutsideText>)])
    func answersToShares(_ body: String, _ end: ShareEnd<OutsideText>) throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let (number, _) = try request(dialect.submit(share(job(notify(), &dialect))))
        #expect(take("{\"id\":\(number),\(body)}", &dialect) == [.answer(to: number, end)])
    }

    @Test(arguments: ["[24,\"Unauthorized worker\",null]", "[25,\"Not subscribed\",null]", "\"Unauthorized\""])
    func answersThatEndTheSession(_ error: String) throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        let (number, _) = try request(dialect.submit(share(job(notify(), &dialect))))
        guard case .end = take("{\"id\":\(number),\"error\":\(error)}", &dialect).last else {
            return #expect(Bool(false), "\(error)")
        }
    }

    @Test func thePoolsQuestions() throws {
        var dialect = try dialect()
        _ = loggedIn(&dialect)
        func answer(_ method: String, _ id: String) throws -> JSON? {
            try sent(take("{\"id\":\(id),\"method\":\"\(method)\",\"params\":[]}", &dialect)).first
        }
        #expect(try answer("client.get_version", "7")?.text == "{\"id\":7,\"result\":\"nightjar/test\",\"error\":null}")
        #expect(try answer("mining.ping", "\"x\"")?.text == "{\"id\":\"x\",\"result\":\"pong\",\"error\":null}")
        for method in ["mining.get_transactions", "mining.suggest_target", "no.such"] {
            #expect(try answer(method, "8")?["error"]?["code"] == .number("-32601"))
        }
        // What is no question needs no answer.
        for line in [
            "{\"method\":\"no.such\"}", "{\"id\":null,\"method\":\"mining.ping\"}", "{\"id\":[],\"method\":\"x\"}",
        ] {
            #expect(take(line, &dialect).isEmpty)
        }
        #expect(
            take("{\"id\":null,\"method\":\"client.show_message\",\"params\":[\"hello\\u0007\"]}", &dialect)
                == [.refused(reason: "it says: \(theirs: "hello\u{7}")")])
        #expect(take("{\"method\":\"client.show_message\",\"params\":[5]}", &dialect).isEmpty)
        #expect(
            take("{\"method\":\"client.reconnect\",\"params\":[\"h\",\"1\",3]}", &dialect)
                == [.reconnect(host: "h", port: 1)])
        #expect(take("{\"method\":\"client.reconnect\",\"params\":[]}", &dialect) == [.reconnect(host: nil, port: nil)])
    }
}
