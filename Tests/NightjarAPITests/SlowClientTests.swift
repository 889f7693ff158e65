import NightjarAPI
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Clients that take places beside honest ones. Nothing here has a deadline: what is answered is answered because
/// somebody made room.
@Suite(.timeLimit(.minutes(5))) struct SlowClientTests {
    @Test(arguments: [
        "", "G", "GET /health HTTP/1.1\r\nHost: localhost\r\nX:", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET",
        "POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{",
    ])
    func ninetyThatSendHalfHinderNobody(_ half: String) async throws {
        let fixture = try await Fixture.withoutDeadlines(token: Fixture.token)
        var held: [WebClient.Connection] = []
        for i in 0..<90 {
            held.append(try await fixture.client.open(sending: Array(half.utf8)))
            guard i % 10 == 9 else { continue }
            #expect(try await fixture.client.ask("/health").status == 200)
            #expect(try await fixture.client.ask("/2/summary", headers: Fixture.authorization).status == 200)
        }
        #expect(fixture.server.connections <= 64)
        // The oldest were closed.
        try await fixture.client.awaitClose(of: held[0])
        withExtendedLifetime(held) {}
    }

    /// A right token opens a body's place, and so only its owners can hold one.
    @Test func placesOfBodiesAreMadeFreeToo() async throws {
        let fixture = try await Fixture.withoutDeadlines(token: Fixture.token, connections: 8)
        let half =
            "POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n"
            + "Authorization: Bearer \(Fixture.token)\r\n\r\n{"
        var held: [WebClient.Connection] = []
        for _ in 0..<20 { held.append(try await fixture.client.open(sending: Array(half.utf8))) }
        #expect(try await fixture.client.ask("/health").status == 200)
        #expect(fixture.control.seen.isEmpty)
        withExtendedLifetime(held) {}
    }

    @Test func placesAreGivenBack() async throws {
        let fixture = try await Fixture.withoutDeadlines()
        do {
            var held: [WebClient.Connection] = []
            for _ in 0..<40 { held.append(try await fixture.client.open(sending: Array("GET /".utf8))) }
            try await eventually("40 connections") { fixture.server.connections == 40 }
            withExtendedLifetime(held) {}
        }
        try await eventually("none") { fixture.server.connections == 0 }
    }

    /// The kernel would keep what they were sent for minutes after they have lost their places.
    @Test(arguments: [false, true]) func whatIsNotReadGoesWithTheConnection(_ ends: Bool) async throws {
        let fixture = try await Fixture.withoutDeadlines(connections: 1)
        let request = "GET /dashboard.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let bytes = Array(String(repeating: request, count: ends ? 4 : 40).utf8)
        let silent = try await fixture.client.open(sending: bytes, ends: ends, receiveBuffer: 2048)
        try await fixture.client.awaitBytes(of: silent)
        #expect(try await fixture.client.ask("/health").status == 200)
        try await fixture.client.awaitClose(of: silent)
        #expect(silent.wasReset)
    }

    /// A client that reads slowly and has said that it will send nothing more gets everything.
    @Test func whoEndsItsSideGetsAllAnswers() async throws {
        let fixture = try await Fixture.withoutDeadlines()
        let request = "GET /dashboard.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let one = try await fixture.client.untilClosed(pieces: [Array(request.utf8)])
        let slow = try await fixture.client.open(
            sending: Array(String(repeating: request, count: 40).utf8), ends: true, receiveBuffer: 2048)
        try await fixture.client.awaitBytes(of: slow)
        try await fixture.client.awaitClose(of: slow)
        #expect(slow.unreadCount == 40 * one.count && !slow.wasReset)
    }

    /// In a time that passes at once; TokenGuessesTests has how long each takes.
    @Test func wrongTokensInARowAreDelayed() async throws {
        let fixture = try await Fixture(token: Fixture.token)
        for i in 0..<12 {
            let answer = try await fixture.client.ask("/2/summary", headers: ["Authorization": "Bearer \(i)"])
            #expect(answer.status == 401)
        }
        #expect(fixture.time.sleeps.map { $0 / .milliseconds(100) } == [1, 2, 4, 8, 16, 32, 32, 32, 32, 32])
        // What is no guess is neither delayed nor counted.
        #expect(try await fixture.client.ask("/2/summary").status == 401)
        #expect(try await fixture.client.ask("/2/summary", headers: ["Authorization": "Basic eDp4"]).status == 401)
        #expect(try await fixture.client.ask("/health").status == 200)
        #expect(fixture.time.sleeps.count == 10)
        #expect(try await fixture.client.ask("/2/summary", headers: Fixture.authorization).status == 200)
        #expect(fixture.time.sleeps.count == 11)
        #expect(try await fixture.client.ask("/2/summary", headers: Fixture.authorization).status == 200)
        #expect(fixture.time.sleeps.count == 11)
    }

    @Test func manyThatWaitHinderNobodyElseAndNotTheEnd() async throws {
        let waiting = Locked(0)
        let forever: @Sendable (Duration) async throws -> Void = { _ in
            waiting.withLock { $0 += 1 }
            try await Task.sleep(for: .seconds(86_400))
        }
        let fixture = try await Fixture(
            token: Fixture.token, requestTimeout: 3_600_000, backoff: Backoff(sleep: forever, now: { .zero }))
        let wrong = ["Authorization": "Bearer wrong"]
        for _ in 0..<2 { #expect(try await fixture.client.ask("/2/summary", headers: wrong).status == 401) }
        let request = "GET /2/summary HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer wrong\r\n\r\n"
        var held: [WebClient.Connection] = []
        for i in 1...4 {
            held.append(try await fixture.client.open(sending: Array(request.utf8)))
            try await eventually("\(i) that wait") { waiting.withLock { $0 } == i }
        }
        for token in ["wrong", Fixture.token] {
            let answer = try await fixture.client.ask("/2/summary", headers: ["Authorization": "Bearer \(token)"])
            #expect(answer.status == 429 && answer["retry-after"] == "1", "\(answer)")
        }
        #expect(try await fixture.client.ask("/health").status == 200)
        #expect(try await fixture.client.ask("/2/summary").status == 401)
        await fixture.server.stop()
        withExtendedLifetime(held) {}
    }
}
