import NightjarAPI
import TestSupport
import Testing

/// Changed requests over real connections: no answer that is not documented, and nothing given or done without a right.
///
/// 4000 messages of one to three requests for each lack; with NIGHTJAR_FUZZ_LINES=500000, 100,000.
@Suite(.serialized, .timeLimit(.minutes(30))) struct FuzzTests {
    private static let batch = 500
    private static let workers = 8

    /// What may be said.
    private static let statuses: Set = [200, 400, 401, 403, 404, 405, 413, 415, 421, 429, 503]

    @Test(arguments: FuzzedRequest.Lack.allCases) func noChangeOpensAnything(_ lack: FuzzedRequest.Lack) async throws {
        let fixture = try await Fixture(token: Fixture.token, requestTimeout: 15_000, headTimeout: 3_000)
        let open = try await Self.openBodies(fixture, lack)
        var random = SeededGenerator()
        var rest = FuzzMessages.count(share: 0.2)
        while rest > 0 {
            let seeds = (0..<min(rest, Self.batch)).map { _ in random.next() }
            rest -= seeds.count
            try await withThrowingTaskGroup { group in
                for worker in 0..<Self.workers {
                    group.addTask {
                        for i in stride(from: worker, to: seeds.count, by: Self.workers) {
                            try await Self.send(seeds[i], lack, to: fixture, open)
                        }
                    }
                }
                try await group.waitForAll()
            }
            // Whoever is honest is served, and nothing is left over.
            #expect(try await fixture.client.ask("/health").status == 200)
            #expect(try await fixture.client.ask("/2/summary", headers: Fixture.authorization).status == 200)
            try await eventually("no connection left") { fixture.server.connections == 0 }
        }
        if lack != .nothing { #expect(fixture.control.seen.isEmpty) }
        #expect(Set(fixture.control.seen).isSubset(of: ["pause api", "resume api", "resume user", "stop"]))
    }

    /// The bodies of the answers that anybody may have; `nil` when all may be had.
    private static func openBodies(_ fixture: Fixture, _ lack: FuzzedRequest.Lack) async throws -> [[UInt8]]? {
        switch lack {
        case .nothing: return nil
        case .host: return [try await fixture.client.ask("/health", host: "evil.example.org").body]
        case .token:
            var bodies: [[UInt8]] = []
            for path in ["/", "/dashboard.css", "/dashboard.js", "/favicon.svg", "/health"] {
                bodies.append(try await fixture.client.ask(path).body)
            }
            // Another server's name gets less of it.
            bodies.append(try await fixture.client.ask("/health", host: "evil.example.org").body)
            return bodies
        }
    }

    private static func send(
        _ seed: UInt64, _ lack: FuzzedRequest.Lack, to fixture: Fixture, _ open: [[UInt8]]?
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let pieces = FuzzedRequest.message(lack, using: &random)
        let came = try await fixture.client.untilClosed(pieces: pieces)
        let place = "\(lack), seed \(seed): \(pieces.map { String(decoding: $0, as: UTF8.self).prefix(2000) })"
        for answer in Answers(came) {
            #expect(statuses.contains(answer.status), "\(answer) to \(place)")
            #expect(answer.head.contains("nosniff") && answer.head.contains("frame-ancestors 'none'"), "\(place)")
            #expect(!answer.head.lowercased().contains("access-control-"), "\(place)")
            guard let open, (200..<300).contains(answer.status) else { continue }
            let isOpen = open.contains { $0 == answer.body || answer.body.isEmpty && $0.count == answer.length }
            #expect(isOpen, "\(answer) to \(place)")
        }
        #expect(!String(decoding: came, as: UTF8.self).contains(Fixture.token), "\(place)")
    }

    /// The answers in what came from a server. HEAD's have a length and no body.
    private struct Answers: Sequence, IteratorProtocol {
        struct Answer: CustomStringConvertible {
            let status: Int
            let head: String
            let length: Int
            let body: [UInt8]

            var description: String { "\(head)\(String(decoding: body.prefix(200), as: UTF8.self))" }
        }

        private var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        /// An answer whose end was lost with the connection is left out.
        mutating func next() -> Answer? {
            let end = Array("\r\n\r\n".utf8)
            guard let place = rest.firstRange(of: end) else { return nil }
            let head = String(decoding: rest[..<place.upperBound], as: UTF8.self)
            rest = rest[place.upperBound...]
            let length = head.lowercased().firstMatch(of: /\r\ncontent-length: (\d+)\r\n/).flatMap { Int($0.1) } ?? 0
            let hasBody = rest.count >= length && !rest.starts(with: "HTTP/1.1 ".utf8)
            let body = hasBody ? Array(rest.prefix(length)) : []
            rest = rest.dropFirst(body.count)
            let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return Answer(status: status, head: head, length: length, body: body)
        }
    }

    @Test func aRequestIsTheSameInTwoPieces() async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let whole = FuzzedRequest.chunked
        let expected = try await fixture.client.untilClosed(pieces: [whole])
        #expect(String(decoding: expected, as: UTF8.self).hasPrefix("HTTP/1.1 200"))
        for at in 1..<whole.count {
            let came = try await fixture.client.untilClosed(pieces: [Array(whole[..<at]), Array(whole[at...])])
            #expect(came == expected, "\(at)")
        }
        #expect(fixture.control.seen == Array(repeating: "pause api", count: whole.count))
    }

    @Test func aRequestThatIsCutDoesNothing() async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let whole = FuzzedRequest.chunked
        for end in 0..<whole.count {
            let came = try await fixture.client.untilClosed(pieces: [Array(whole[..<end])])
            for answer in Answers(came) { #expect(answer.status == 400, "\(end)") }
        }
        #expect(fixture.control.seen.isEmpty)
        #expect(try await fixture.client.ask("/health").status == 200)
    }
}
