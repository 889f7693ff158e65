import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Monero's dialect alone: lines in, effects out, without a socket or a clock.
@Suite(.timeLimit(.minutes(5))) struct MoneroDialectTests {
    private func dialect(_ change: (inout UpstreamOptions) -> Void = { _ in }) -> MoneroDialect {
        var options = UpstreamOptions(algorithms: [.rx0, .cnR], agent: "nightjar/test")
        change(&options)
        return MoneroDialect(login: Login(user: "u", password: "p", rigID: "r"), options: options)
    }

    private func loggedIn(
        _ dialect: inout MoneroDialect, extensions: String = "[]", job: String = "null"
    ) -> [DialectEffect] {
        _ = dialect.begin()
        return take(
            "{\"id\":1,\"result\":{\"id\":\"c1\",\"status\":\"OK\",\"extensions\":\(extensions),\"job\":\(job)}}",
            &dialect)
    }

    private func take(_ line: String, _ dialect: inout MoneroDialect) -> [DialectEffect] {
        dialect.take(Array(line.utf8))
    }

    private func job(_ effects: [DialectEffect]) -> DialectJob? {
        effects.lazy.compactMap { if case .job(let job) = $0 { job } else { nil } }.first
    }

    private func request(_ submission: Submission) throws -> (number: UInt64, line: JSON) {
        guard case .request(let number, let line) = submission else {
            Issue.record("\(submission)")
            return (0, .null)
        }
        return (number, try JSON(parsing: line))
    }

    private func share(_ job: DialectJob) -> Share { Share(job: job.job, nonce: 1, digest: Digest(), device: .cpu) }

    @Test func beginsWithALogin() throws {
        var dialect = dialect { $0.algorithm = .cnR }
        let effects = dialect.begin()
        guard effects.count == 1, case .send(let line) = effects[0] else { return #expect(Bool(false), "\(effects)") }
        #expect(line.last == UInt8(ascii: "\n"))
        let login = try JSON(parsing: line)
        #expect(login["id"] == .number("1") && login["method"] == .string("login"))
        let params = try #require(login["params"])
        #expect(params["login"] == .string("u") && params["pass"] == .string("p") && params["rigid"] == .string("r"))
        #expect(params["agent"] == .string("nightjar/test"))
        #expect(params["algo"] == .array([.string("cn/r"), .string("rx/0")]))
    }

    @Test func fromLoginToAnswer() throws {
        var dialect = dialect()
        let effects = loggedIn(&dialect, extensions: "[\"algo\"]", job: jobText())
        #expect(effects.first == .connected && effects.count == 2)
        let job = try #require(self.job(effects))
        // Only what went to the miner can come back as a share.
        #expect(dialect.submit(share(job)) == .over(.expired(reason: "its job is not of this connection")))
        dialect.handedOn(job.job.id)
        let (number, line) = try request(dialect.submit(share(job)))
        #expect(number == 2)
        #expect(line["method"] == .string("submit") && line["params"]?["nonce"] == .string("01000000"))
        #expect(line["params"]?["job_id"] == .string("J1") && line["params"]?["algo"] == .string("rx/0"))
        #expect(take("{\"id\":\"2\",\"result\":{\"status\":\"OK\"}}", &dialect) == [.answer(to: 2, .accepted)])
        #expect(
            take("{\"id\":3,\"error\":{\"message\":\"Block expired\"}}", &dialect)
                == [.answer(to: 3, .stale(reason: "Block expired"))])
        let (next, _) = try request(dialect.submit(share(job)))
        #expect(next == 3)
    }

    @Test func aJobBeforeTheReplyWaitsForIt() {
        var dialect = dialect()
        _ = dialect.begin()
        #expect(take("{\"method\":\"job\",\"params\":\(jobText(id: "\"early\""))}", &dialect).isEmpty)
        let effects = take("{\"id\":1,\"result\":{\"id\":\"c1\",\"status\":\"OK\"}}", &dialect)
        #expect(effects.first == .connected && effects.count == 2)
        #expect(job(effects) != nil)
    }

    @Test(arguments: [
        ("{\"id\":1,\"error\":{\"message\":\"banned\"}}", "login refused: banned"),
        ("{\"id\":1,\"result\":{\"id\":\"c\",\"status\":\"WAIT\"}}", "login refused: WAIT"),
        ("{\"id\":1,\"result\":{\"status\":\"OK\"}}", "login refused: the reply has no id"),
        ("{\"id\":1,\"error\":{\"message\":\"Invalid address\"}}", "login refused: Invalid address; check -u u"),
        ("{\"id\":null,\"error\":\"no\"}", "login refused: no"), ("nonsense", "not JSON at byte 0"),
        ("[]", "not a message: an array"),
    ]) func loginsThatAreRefused(_ line: String, _ reason: String) {
        var dialect = dialect()
        _ = dialect.begin()
        #expect(take(line, &dialect) == [.end(reason: OutsideText(ours: reason))])
    }

    @Test func aBadJobIsRefusedAndABoundEndsTheSession() {
        var dialect = dialect()
        _ = loggedIn(&dialect)
        let bad = jobText(changing: ["target": "\"00000000\""])
        #expect(
            take("{\"method\":\"job\",\"params\":\(bad)}", &dialect)
                == [.refused(reason: "job J1: target '00000000' is not 8 or 16 hex digits above zero")])
        let long = jobText(blob: "00")
        #expect(
            take("{\"method\":\"job\",\"params\":\(long)}", &dialect)
                == [.end(reason: "a blob of 1 bytes; it has 43 to 407")])
    }

    @Test func answersWithoutANumber() {
        var dialect = dialect()
        _ = loggedIn(&dialect)
        #expect(
            take("{\"id\":null,\"error\":\"Low difficulty share\"}", &dialect) == [
                .answer(to: nil, .rejected(reason: "Low difficulty share")), .refused(reason: "Low difficulty share"),
            ])
        #expect(
            take("{\"id\":2,\"error\":\"Unauthenticated\"}", &dialect) == [
                .answer(to: 2, .rejected(reason: "Unauthenticated")), .end(reason: "Unauthenticated"),
            ])
        #expect(
            take("{\"method\":\"client.reconnect\",\"params\":[\"h\",\"1\"]}", &dialect)
                == [.reconnect(host: "h", port: 1)])
        #expect(take("{\"method\":\"client.show_message\",\"params\":[]}", &dialect).isEmpty)
    }

    @Test func silenceCountsOnlyWhereKeepalivesAreAnnounced() throws {
        var quiet = dialect()
        _ = loggedIn(&quiet)
        #expect(quiet.keepalive().isEmpty)
        var asked = dialect { $0.keepalive = true }
        _ = loggedIn(&asked)
        guard case .send(let line)? = asked.keepalive().first else { return #expect(Bool(false)) }
        #expect(try JSON(parsing: line)["method"] == .string("keepalived"))
        var announced = dialect()
        _ = loggedIn(&announced, extensions: "[\"keepalive\"]")
        guard case .probe? = announced.keepalive().first else { return #expect(Bool(false)) }
    }

    /// A pool that keeps its jobs may be sent, after a reconnect, a share that was found before it.
    @Test func aJobThatIsRepeatedIsTheSameJob() throws {
        var dialect = dialect()
        let first = try #require(job(loggedIn(&dialect, job: jobText())))
        dialect.handedOn(first.job.id)
        let again = try #require(job(loggedIn(&dialect, job: jobText())))
        #expect(again.job == first.job)
        dialect.handedOn(again.job.id)
        _ = try request(dialect.submit(share(first)))
        // Other contents under the same name: shares for the old ones would be taken for the new ones'.
        let other = take("{\"method\":\"job\",\"params\":\(jobText(target: "\"ffff0000\""))}", &dialect)
        dialect.handedOn(try #require(job(other)).job.id)
        #expect(dialect.submit(share(first)) == .over(.stale(reason: "its job was replaced too long ago")))
    }

    @Test func aNewConnectionForgetsWhatWasTheLastOnes() throws {
        var dialect = dialect()
        let first = try #require(job(loggedIn(&dialect, extensions: "[\"keepalive\"]", job: jobText())))
        dialect.handedOn(first.job.id)
        _ = loggedIn(&dialect)
        #expect(dialect.submit(share(first)) == .over(.expired(reason: "its job is not of this connection")))
        #expect(dialect.keepalive().isEmpty)
    }
}
