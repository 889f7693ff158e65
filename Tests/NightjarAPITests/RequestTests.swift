import NightjarAPI
import NightjarMiner
import TestSupport
import Testing

/// What a request may be, and what every answer says.
@Suite(.timeLimit(.minutes(5))) struct RequestTests {
    private static let everything =
        Fixture.paths + [
            "/1/config", "/2/config", "/json_rpc", "/pause", "/resume", "/stop", "/nowhere", "/1/threads", "/2/threads",
        ]

    @Test(arguments: [nil, Fixture.token]) func everyAnswerIsGuarded(_ token: String?) async throws {
        let fixture = try await Fixture(token: token)
        for path in Self.everything {
            for (method, headers) in [
                ("GET", [:]), ("GET", ["Origin": "https://evil.example.org"]), ("GET", Fixture.authorization),
                ("OPTIONS", ["Origin": "https://evil.example.org", "Access-Control-Request-Method": "POST"]),
                ("POST", ["Origin": "https://evil.example.org", "Content-Type": "text/plain"]),
            ] {
                let answer = try await fixture.client.ask(
                    method, path, headers: headers, body: method == "POST" ? [] : nil)
                let what = "\(method) \(path): \(answer)"
                #expect(!answer.headers.contains { $0.name.hasPrefix("access-control-") }, "\(what)")
                #expect(Set(answer.headers.map(\.name)).count == answer.headers.count, "\(what)")
                let policy = try #require(answer["content-security-policy"]).split(separator: ";").map {
                    $0.drop { $0 == " " }
                }
                for rule in [
                    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
                    "base-uri 'none'",
                    "frame-ancestors 'none'", "form-action 'none'",
                ] { #expect(policy.contains { $0 == rule }, "\(rule) in \(what)") }
                #expect(!policy.contains { $0.contains("unsafe") || $0.contains("*") || $0.contains("http") })
                #expect(answer["x-content-type-options"] == "nosniff", "\(what)")
                #expect(answer["x-frame-options"] == "DENY", "\(what)")
                #expect(answer["referrer-policy"] == "no-referrer", "\(what)")
                #expect(answer["cross-origin-resource-policy"] == "same-origin", "\(what)")
                #expect(["no-store", "no-cache"].contains(answer["cache-control"]), "\(what)")
                #expect(answer["server"] == nil && answer["set-cookie"] == nil, "\(what)")
            }
        }
    }

    @Test func dataIsNotKept() async throws {
        let fixture = try await Fixture()
        for path in Fixture.paths
        where path.hasPrefix("/1") || path.hasPrefix("/2") || path.hasPrefix("/api") || path == "/metrics" {
            #expect(try await fixture.client.ask(path)["cache-control"] == "no-store", "\(path)")
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
    func whatIsReadIsNotWritten(_ method: String) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        for path in Fixture.paths + ["/1/config"] {
            let answer = try await fixture.client.ask(method, path, headers: Fixture.authorization)
            #expect(answer.status == 405 && answer["allow"] == "GET, HEAD", "\(method) \(path): \(answer)")
        }
    }

    @Test func methodsThatNobodyKnowsAreRefused() async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.client.ask("BREW", "/health").status == 400)
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) func whatIsWrittenIsNotRead(_ method: String)
        async throws
    {
        let fixture = try await Fixture(token: Fixture.token)
        for path in ["/json_rpc", "/pause", "/resume", "/stop"] {
            let answer = try await fixture.client.ask(method, path, headers: Fixture.authorization)
            #expect(answer.status == 405 && answer["allow"] == "POST", "\(method) \(path): \(answer)")
        }
        #expect(fixture.control.seen.isEmpty)
    }

    @Test func headIsGetWithoutTheBody() async throws {
        let fixture = try await Fixture()
        for path in ["/", "/dashboard.js", "/health", "/2/backends", "/nowhere"] {
            let get = try await fixture.client.ask("GET", path)
            let head = try await fixture.client.ask("HEAD", path)
            #expect(head.status == get.status && head.body.isEmpty && !get.body.isEmpty, "\(path)")
            #expect(head.headers.map { "\($0)" } == get.headers.map { "\($0)" }, "\(path)")
        }
        // A second answer would come right behind a body that should not be there.
        let two = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
        #expect(
            try await fixture.client.exchange(Array(two.utf8), answers: 2, hasBody: false).map(\.status) == [200, 404])
    }

    @Test(arguments: [
        "/nowhere", "/2/threads", "/2/summary/", "//2/summary", "/2/Summary", "/2%2fsummary", "/../2/summary", "/%00",
        "*",
    ])
    func otherPathsAreNotThere(_ path: String) async throws {
        let fixture = try await Fixture()
        let answer = try await fixture.client.ask(path)
        let json = try #require(try answer.json() as? [String: Any])
        #expect(
            answer.status == 404 && json["status"] as? Int == 404 && json["error"] as? String == "NOT_FOUND",
            "\(answer)")
    }

    /// It tells whom the machine mines for: with a token only, and without secrets.
    @Test(arguments: ["/1/config", "/2/config"]) func theConfigurationIsForHoldersOfTheToken(_ path: String)
        async throws
    {
        let open = try await Fixture()
        let refusal = try await open.client.ask(path)
        let json = try #require(try refusal.json() as? [String: Any])
        #expect(
            refusal.status == 403 && json["status"] as? Int == 403 && json["error"] as? String == "FORBIDDEN",
            "\(refusal)")
        let fixture = try await Fixture(token: Fixture.token)
        #expect(try await fixture.client.ask(path).status == 401)
        let answer = try await fixture.client.ask(path, headers: Fixture.authorization)
        #expect(answer.status == 200 && answer.text == Fixture.configuration && answer["cache-control"] == "no-store")
        #expect(answer["content-type"] == "application/json")
        let schema = try Schema()
        #expect(try schema.faults(answer.json(), #require(schema.answers[path])) == [])
        for method in ["PUT", "POST"] {
            let write = try await fixture.client.ask(method, path, headers: Fixture.authorization, body: [])
            #expect(write.status == 405 && write["allow"] == "GET, HEAD", "\(write)")
        }
    }

    @Test func connectionsAreKeptAndClosedAsAsked() async throws {
        let fixture = try await Fixture()
        let kept = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        #expect(
            try await fixture.client.exchange(Array((kept + kept + kept).utf8), answers: 3).map(\.status) == [
                200, 200, 200,
            ])
        let closed = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n"
        let answers = try await fixture.client.exchange(Array((closed + kept).utf8), answers: 1)
        #expect(answers.map { $0["connection"] } == ["close"])
    }

    // MARK: Bounds

    @Test func headersAreBounded() async throws {
        let fixture = try await Fixture()
        #expect(
            try await fixture.client.ask("/health", headers: ["X": String(repeating: "x", count: 8 << 10)]).status
                == 200)
        let long = "GET /health HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 1 << 20))\r\n\r\n"
        let many = "GET /health HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X: x\r\n", count: 5000) + "\r\n"
        let path = "GET /\(String(repeating: "x", count: 1 << 20)) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for request in [long, many, path] {
            let answer = String(decoding: try await fixture.client.untilClosed(Array(request.utf8)), as: UTF8.self)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(200))")
        }
        #expect(try await fixture.client.ask("/health").status == 200)
    }

    @Test func bodiesAreBounded() async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let headers = Fixture.authorization.merging(["Content-Type": "application/json"]) { $1 }
        func body(_ count: Int) -> [UInt8] {
            let call = Array("{\"method\":\"pause\",\"id\":1}".utf8)
            return call + [UInt8](repeating: UInt8(ascii: " "), count: count - call.count)
        }
        #expect(try await fixture.client.ask("POST", "/json_rpc", headers: headers, body: body(64 << 10)).status == 200)
        #expect(
            try await fixture.client.ask("POST", "/json_rpc", headers: headers, body: body((64 << 10) + 1)).status
                == 413)
        #expect(try await fixture.client.ask("POST", "/pause", headers: headers, body: body(1 << 20)).status == 413)
        #expect(fixture.control.seen == ["pause api"])
    }

    @Test(arguments: [
        "", "G", "GET /health HTTP/1.1\r\n", "GET /health HTTP/1.1\r\nHost: localhost\r\nX:",
        "POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{",
    ])
    func whoTakesTooLongIsLeft(_ beginning: String) async throws {
        let fixture = try await Fixture(requestTimeout: 200)
        // Ends, because the server closes; what it says before is its own business.
        _ = try await fixture.client.untilClosed(Array(beginning.utf8))
        // The others are served. The requestTimeout is as short for them, and a busy machine may exceed it: more than one
        // try.
        for _ in 0..<100 where (try? await fixture.client.ask("/health").status) == 200 { return }
        Issue.record("nobody is served any more")
    }

    @Test func whoWaitsForAConnectionGetsOne() async throws {
        let fixture = try await Fixture(requestTimeout: 300, connections: 2)
        let held = [try await fixture.client.open(), try await fixture.client.open(), try await fixture.client.open()]
        #expect(try await fixture.client.ask("/health").status == 200)
        withExtendedLifetime(held) {}
    }

    @Test func garbageHurtsNobody() async throws {
        let fixture = try await Fixture(token: Fixture.token, requestTimeout: 300)
        let sound = Array(
            "POST /json_rpc?range=3600 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"method\":\"pause\",\"id\":1}"
                .utf8)
        var random = SeededGenerator()
        try await withThrowingTaskGroup { group in
            for _ in 0..<64 {
                var bytes = sound
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let at = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: at)
                    case 2: bytes.insert(contentsOf: sound[at % sound.count..<sound.count], at: at)
                    default: bytes.removeSubrange(at...)
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                group.addTask { [bytes] in _ = try await fixture.client.untilClosed(bytes) }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.client.ask("/health").status == 200)
        #expect(fixture.control.seen.isEmpty)
    }

    // MARK: The server

    @Test func aPortInUseIsSaid() async throws {
        let fixture = try await Fixture()
        let options = try APIOptions(address: APIAddress("127.0.0.1:\(fixture.server.port)"), token: nil)
        let error = await #expect(throws: APIError.self) {
            _ = try await APIServer.start(options, snapshot: { .fresh }, control: fixture.control)
        }
        #expect(
            error?.description == "the API cannot listen on 127.0.0.1:\(fixture.server.port): Address already in use")
        #expect(try await fixture.client.ask("/health").status == 200)
    }

    @Test func aHostThatIsNoneIsSaid() async throws {
        let options = try APIOptions(address: APIAddress("nowhere.invalid:0"), token: Fixture.token)
        let error = await #expect(throws: APIError.self) {
            _ = try await APIServer.start(options, snapshot: { .fresh }, control: RecordingControl())
        }
        #expect(error?.description == "the API cannot listen on nowhere.invalid:0: there is no such host")
    }

    @Test func stoppingClosesEverything() async throws {
        let fixture = try await Fixture()
        #expect(fixture.server.url == "http://127.0.0.1:\(fixture.server.port)/")
        // Accepted before the one that is answered next.
        let idle = try await fixture.client.open()
        #expect(try await fixture.client.ask("/health").status == 200)
        await fixture.server.stop()
        try await fixture.client.awaitClose(of: idle)
        await #expect(throws: WebClient.Failure.self) { try await fixture.client.ask("/health") }
    }

    /// One that is accepted and not served yet is not dropped: that would end the process.
    @Test func connectionsThatComeWhileItStopsHurtNobody() async throws {
        for _ in 0..<20 {
            let fixture = try await Fixture()
            let answers = await withTaskGroup { group in
                // Some find nobody any more.
                for _ in 0..<6 {
                    group.addTask { () -> Result<Int?, any Error> in
                        do { return .success(try await fixture.client.ask("/health").status) } catch {
                            return .failure(error)
                        }
                    }
                }
                group.addTask {
                    await fixture.server.stop()
                    return .success(nil)
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 7)
            for answer in answers {
                switch answer {
                // The end of the stop; or one that was served before it, in full.
                case .success(let status): #expect(status == nil || status == 200)
                // Refused, or closed without an answer, but never left waiting: that would be a time-out.
                case .failure(let error):
                    let failure = try #require(error as? WebClient.Failure, "\(error)")
                    #expect(!failure.description.contains("Resource temporarily unavailable"), "\(failure)")
                }
            }
            await #expect(throws: WebClient.Failure.self) { try await fixture.client.ask("/health") }
        }
    }
}
