import TestSupport
import Testing

/// Requests by which a client could mean another server or another path than this one takes them for.
@Suite(.timeLimit(.minutes(5))) struct TargetTests {
    private static func raw(_ fixture: Fixture, _ text: String) async throws -> [String] {
        let bytes = try await fixture.client.untilClosed(pieces: [Array(text.utf8)])
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { $0.hasPrefix("HTTP/1.1 ") }.map { String($0.dropFirst(9).prefix(3)) }
    }

    @Test(arguments: [
        "http://evil.example.org/2/summary", "http://127.0.0.1/2/summary", "http://localhost/health", "HTTP://x/",
        "https://localhost/health", "ftp://localhost/health", "http:/2/summary", "http:2/summary", "http://", "x:",
        "localhost/2/summary", "2/summary", "localhost:80", "?", "**", "*/health", "\\2\\summary",
        "\\\\evil\\2\\summary",
    ])
    func onlyPathsAreTargets(_ target: String) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let rest = "Host: localhost\r\nAuthorization: Bearer \(Fixture.token)\r\n"
        // What comes before it is answered; what comes after it is not.
        let sound = "GET /health HTTP/1.1\r\n\(rest)\r\n"
        for method in ["GET", "HEAD", "OPTIONS", "CONNECT"] {
            let request = "\(method) \(target) HTTP/1.1\r\n\(rest)\r\n"
            #expect(try await Self.raw(fixture, sound + request + sound) == ["200", "400"], "\(method)")
        }
        let post = "POST \(target) HTTP/1.1\r\n\(rest)Content-Type: application/json\r\nContent-Length: 0\r\n\r\n"
        #expect(try await Self.raw(fixture, post) == ["400"])
        #expect(fixture.control.seen.isEmpty)
    }

    @Test(arguments: ["gzip, chunked", "chunked, chunked", "deflate", "identity, chunked", "x,chunked"])
    func onlyChunkedIsACoding(_ coding: String) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let rest = "Host: localhost\r\nAuthorization: Bearer \(Fixture.token)\r\nContent-Type: application/json\r\n"
        let sound = "GET /health HTTP/1.1\r\n\(rest)\r\n"
        let body = "2\r\n{}\r\n0\r\n\r\n"
        for headers in [
            "Transfer-Encoding: \(coding)\r\n", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        ] {
            let request = "POST /pause HTTP/1.1\r\n\(rest)\(headers)\r\n\(body)"
            #expect(try await Self.raw(fixture, sound + request + sound) == ["200", "400"], "\(headers)")
        }
        #expect(fixture.control.seen.isEmpty)
        let sent = "POST /pause HTTP/1.1\r\n\(rest)Transfer-Encoding: Chunked\r\n\r\n\(body)"
        #expect(try await Self.raw(fixture, sent) == ["200"])
        #expect(fixture.control.seen == ["pause api"])
    }

    @Test(arguments: [
        "/2/summary#x", "//localhost/2/summary", "//evil.example.org/2/summary", "/%2e%2e/2/summary", "/./2/summary",
        "/2//summary", "/2/summary%00", "/2/summary;x", "/2\\summary", "/\\2\\summary", "/%32/summary", "/2/summary%20",
        "/http://localhost/2/summary", "/2/summary/..;/", "/@localhost/2/summary", "*",
    ])
    func otherSpellingsAreOtherPaths(_ target: String) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let rest = "Host: localhost\r\nAuthorization: Bearer \(Fixture.token)\r\n"
        let statuses = try await Self.raw(fixture, "GET \(target) HTTP/1.1\r\n\(rest)\r\n")
        #expect(statuses == ["404"] || statuses == ["400"], "\(statuses)")
    }

    @Test func targetsWithoutMeaningAreRefused() async throws {
        let fixture = try await Fixture()
        #expect(try await Self.raw(fixture, "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n") == ["404"])
        #expect(try await Self.raw(fixture, "GET /health\0 HTTP/1.1\r\nHost: localhost\r\n\r\n") == ["400"])
        #expect(try await Self.raw(fixture, "GET /hea lth HTTP/1.1\r\nHost: localhost\r\n\r\n") == ["400"])
        #expect(try await Self.raw(fixture, "GET  HTTP/1.1\r\nHost: localhost\r\n\r\n") == ["400"])
        for query in ["?", "?x", "?range=1#x", "?http://evil.example.org/"] {
            let statuses = try await Self.raw(fixture, "GET /health\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(statuses == ["200"], "\(query)")
        }
    }

    @Test(arguments: [
        "Host: localhost\r\nHost: localhost\r\n", "Host: localhost\r\nhost: evil.example.org\r\n", "",
        "Host : localhost\r\n", " Host: localhost\r\n", "X: y\r\n Host: localhost\r\n",
    ])
    func oneHostIsNeeded(_ lines: String) async throws {
        let fixture = try await Fixture()
        for path in ["/2/summary", "/health"] {
            let statuses = try await Self.raw(fixture, "GET \(path) HTTP/1.1\r\n\(lines)\r\n")
            #expect(statuses == ["400"], "\(path): \(statuses)")
        }
    }

    /// HTTP/1.0 knows no `Host`, and health probes send none. Such a client waits for the connection's end.
    @Test(arguments: ["", "Connection: keep-alive\r\n", "Host: localhost\r\n"])
    func probesOfHTTP10AreAnswered(_ lines: String) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let health = "GET /health HTTP/1.0\r\n\(lines)\r\n"
        #expect(try await Self.raw(fixture, health + health) == ["200"], "the connection's last answer")
        let answer = try await fixture.client.exchange(Array(health.utf8), answers: 1)
        #expect(answer.first?["connection"] == "close")
        #expect(try await Self.raw(fixture, "HEAD /health HTTP/1.0\r\n\(lines)\r\n") == ["200"])
        #expect(try await Self.raw(fixture, "GET /nowhere HTTP/1.0\r\n\(lines)\r\n") == ["404"])

        // All else is demanded as of others.
        let token = "Authorization: Bearer \(Fixture.token)\r\n"
        let json = "Content-Type: application/json\r\n"
        #expect(try await Self.raw(fixture, "GET /2/summary HTTP/1.0\r\n\(lines)\r\n") == ["401"])
        #expect(try await Self.raw(fixture, "GET /2/summary HTTP/1.0\r\n\(lines)\(token)\r\n") == ["200"])
        let foreign = lines + token + "Sec-Fetch-Site: cross-site\r\n"
        #expect(try await Self.raw(fixture, "GET /2/summary HTTP/1.0\r\n\(foreign)\r\n") == ["403"])
        #expect(try await Self.raw(fixture, "POST /pause HTTP/1.0\r\n\(lines)\(json)\r\n") == ["401"])
        #expect(try await Self.raw(fixture, "POST /pause HTTP/1.0\r\n\(lines)\(token)\r\n") == ["415"])
        #expect(fixture.control.seen.isEmpty)
        #expect(try await Self.raw(fixture, "POST /pause HTTP/1.0\r\n\(lines)\(token)\(json)\r\n") == ["200"])
        #expect(fixture.control.seen == ["pause api"])
    }

    @Test(arguments: [
        ("1.0", "Host: evil.example.org\r\n", "421"), ("1.0", "Host:\r\n", "421"),
        ("1.0", "Host: localhost\r\nHost: localhost\r\n", "400"), ("1.1", "", "400"), ("0.9", "", "400"),
        ("2.0", "", "400"),
    ])
    func aHostThatIsGivenIsChecked(_ version: String, _ lines: String, _ status: String) async throws {
        let fixture = try await Fixture()
        let statuses = try await Self.raw(fixture, "GET /2/summary HTTP/\(version)\r\n\(lines)\r\n")
        #expect(statuses == [status])
    }

    @Test(arguments: ["websocket", "h2c", "TLS/1.0", "x"]) func noProtocolIsChanged(_ name: String) async throws {
        let fixture = try await Fixture()
        let request =
            "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: \(name)\r\n"
            + "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        // It is answered as any other, and is the connection's last.
        #expect(try await Self.raw(fixture, request + request) == ["200"])
        let answer = try await fixture.client.exchange(Array(request.utf8), answers: 1)
        #expect(answer.map(\.status) == [200] && answer.first?["connection"] == "close")
        #expect(answer.first?["upgrade"] == nil)
    }
}
