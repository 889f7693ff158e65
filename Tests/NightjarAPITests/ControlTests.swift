import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ControlTests {
    private static let headers = Fixture.authorization.merging(["Content-Type": "application/json"]) { $1 }

    @Test(arguments: [
        ("pause", ["pause api"]), ("resume", ["resume api", "resume user"]), ("stop", ["stop"]),
    ])
    func itDoesWhatItIsTold(_ method: String, _ done: [String]) async throws {
        for (path, body) in [
            ("/json_rpc", #"{"method":"\#(method)","id":1}"#), ("/\(method)", ""), ("/\(method)", "{}"),
        ] {
            let fixture = try await Fixture(token: Fixture.token)
            let answer = try await fixture.client.ask("POST", path, headers: Self.headers, body: Array(body.utf8))
            #expect(answer.status == 200 && answer["content-type"] == "application/json", "\(answer)")
            #expect(
                answer.text
                    == (path == "/json_rpc"
                        ? #"{"id":1,"jsonrpc":"2.0","result":{"status":"OK"}}"# : #"{"status":"OK"}"#) + "\n")
            // A stop is begun after the answer.
            try await eventually("'\(method)'") { !fixture.control.seen.isEmpty }
            #expect(fixture.control.seen == done)
        }
    }

    /// What was accepted is done, whether the client can have its answer or not.
    @Test func aStopIsDoneForAClientThatIsGone() async throws {
        let head = "Host: localhost\r\nAuthorization: Bearer \(Fixture.token)\r\nContent-Type: application/json\r\n"
        for _ in 0..<60 {
            let fixture = try await Fixture(token: Fixture.token)
            // It is certainly accepted: it has had an answer.
            let gone = try await fixture.client.open(sending: Array("GET /health HTTP/1.1\r\n\(head)\r\n".utf8))
            try await fixture.client.awaitBytes(of: gone)
            try await fixture.client.reset(
                gone, after: Array("POST /stop HTTP/1.1\r\n\(head)Content-Length: 0\r\n\r\n".utf8))
            try await eventually("the stop") { fixture.control.seen == ["stop"] }
        }
    }

    @Test(arguments: ["1", "\"a b\"", "18446744073709551616", "-1.50", "null"]) func idsComeBackAsTheyWere(_ id: String)
        async throws
    {
        let fixture = try await Fixture(token: Fixture.token)
        let body = #"{"jsonrpc":"2.0","id":\#(id),"method":"pause","params":{}}"#
        let answer = try await fixture.client.ask("POST", "/json_rpc", headers: Self.headers, body: Array(body.utf8))
        #expect(answer.text == #"{"id":\#(id),"jsonrpc":"2.0","result":{"status":"OK"}}"# + "\n")
    }

    @Test(arguments: [
        ("", 400, -32700), ("{", 400, -32700), ("\u{FEFF}{}", 400, -32700), ("[]", 400, -32600), ("1", 400, -32600),
        ("{}", 400, -32600), (#"{"method":1}"#, 400, -32600), (#"{"method":null,"id":1}"#, 400, -32600),
        (#"[{"method":"pause","id":1}]"#, 400, -32600), (#"{"method":"pause","id":[1]}"#, 400, -32600),
        (#"{"method":"pause","id":1,"jsonrpc":"1.0"}"#, 400, -32600), (#"{"method":"Pause","id":1}"#, 200, -32601),
        (#"{"method":"</script>","id":1}"#, 200, -32601),
        (String(repeating: "[", count: 1000), 400, -32700),
    ])
    func whatIsNoCallIsSaid(_ body: String, _ status: Int, _ code: Int) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let answer = try await fixture.client.ask("POST", "/json_rpc", headers: Self.headers, body: Array(body.utf8))
        let json = try #require(try answer.json() as? [String: Any], "\(answer)")
        #expect(answer.status == status && (json["error"] as? [String: Any])?["code"] as? Int == code, "\(answer)")
        #expect(json["jsonrpc"] as? String == "2.0" && json["result"] == nil)
        #expect(fixture.control.seen.isEmpty)
    }

    @Test(arguments: ["{", "[]", "null", "pause", "{}{}"]) func aBodyThatIsNoObjectIsRefused(_ body: String)
        async throws
    {
        let fixture = try await Fixture(token: Fixture.token)
        for path in ["/pause", "/resume", "/stop"] {
            #expect(
                try await fixture.client.ask("POST", path, headers: Self.headers, body: Array(body.utf8)).status == 400)
        }
        #expect(fixture.control.seen.isEmpty)
    }

    @Test func writingIsRefusedUnlessAllIsRight() async throws {
        let call = Array(#"{"method":"stop","id":1}"#.utf8)
        let json = ["Content-Type": "application/json"]
        let closed = try await Fixture()
        let open = try await Fixture(token: Fixture.token)
        for path in ["/json_rpc", "/pause", "/resume", "/stop"] {
            // Without a token for the miner, no token of the client's helps.
            for headers in [json, Self.headers] {
                let answer = try await closed.client.ask("POST", path, headers: headers, body: call)
                #expect(answer.status == 403 && answer.text.contains("--api-token"), "\(path): \(answer)")
            }
            for (headers, status) in [
                (json, 401), (json.merging(["Authorization": "Bearer wrong"]) { $1 }, 401),
                (Fixture.authorization, 415),
                (Fixture.authorization.merging(["Content-Type": "text/plain"]) { $1 }, 415),
                (Fixture.authorization.merging(["Content-Type": "application/x-www-form-urlencoded"]) { $1 }, 415),
                (Fixture.authorization.merging(["Content-Type": "application/jsonp"]) { $1 }, 415),
                (Fixture.authorization.merging(["Content-Type": "text/plain; application/json"]) { $1 }, 415),
            ] {
                let answer = try await open.client.ask("POST", path, headers: headers, body: call)
                #expect(answer.status == status, "\(path) with \(headers): \(answer)")
            }
        }
        #expect(closed.control.seen.isEmpty && open.control.seen.isEmpty)
        let typed = Fixture.authorization.merging(["Content-Type": "Application/JSON; charset=utf-8"]) { $1 }
        #expect(try await open.client.ask("POST", "/pause", headers: typed, body: []).status == 200)
    }
}
