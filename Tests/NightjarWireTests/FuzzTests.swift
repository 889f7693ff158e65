import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NightjarCore
import NightjarJSON
import NightjarNode
import NightjarWire
import TestSupport
import Testing

/// Good messages, changed at random, through everything that reads bytes from outside. What they come to does not
/// matter, but that it is one of the outcomes that there are: no trap, no hang, and nothing past the bounds.
///
/// A few thousand each by default; `NIGHTJAR_FUZZ_LINES` sets the number. Other ones in each run: see
/// ``SeededGenerator``.
@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
    static let lines = ProcessInfo.processInfo.environment["NIGHTJAR_FUZZ_LINES"].flatMap { Int($0) } ?? 20_000
    static let seed: UInt64 = {
        var generator = SeededGenerator(of: "FuzzTests")
        return generator.next()
    }()

    static let stratum: [String] = [
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":\"c1\",\"job\":\(jobText()),\"extensions\":[\"algo\",\"nicehash\"],\"status\":\"OK\"}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":\(jobText(id: "7"))}",
        "{\"method\":\"job\",\"params\":\(jobText(target: "\"ffffffffffffff00\"", changing: ["next_seed_hash": "\"\"", "algo": "\"cn/r\""]))}",
        "{\"method\":\"job\",\"params\":\(jobText(blob: blobText(major: "0a", nonce: "00000005"), changing: ["algo": nil]))}",
        "{\"id\":2,\"error\":{\"code\":-1,\"message\":\"Low difficulty share\"}}",
        "{\"id\":\"3\",\"result\":{\"status\":\"OK\"}}",
        "{\"id\":null,\"error\":\"Unauthenticated\",\"result\":null}", "{\"id\":4,\"result\":true}",
        "{\"method\":\"client.reconnect\",\"params\":[\"127.0.0.1\",\"3333\",5]}",
        "{\"error\":[21,\"Job not found\",null],\"id\":5}",
        "{\"id\":1,\"error\":null,\"result\":{\"status\":\"KEEPALIVED\"}}",
    ]

    static let nodes: [String] = [
        "{\"id\":\"0\",\"result\":\(OddNodesTests.template())}",
        "{\"result\":\(OddNodesTests.template(["wide_difficulty": nil, "difficulty_top64": "1"]))}",
        "{\"height\":5,\"hash\":\"00\",\"status\":\"OK\"}", "{\"error\":{\"code\":-9,\"message\":\"BUSY\"}}",
    ]

    /// The longest that one message may take, when a slow machine is at its slowest.
    private static let limit: Duration = .seconds(10)

    /// So many changed messages, and a look at how long each took.
    private struct Messages {
        var mutator: Mutator
        private let seed: UInt64
        private let count: Int
        private var number = 0
        private var last: (bytes: [UInt8], began: ContinuousClock.Instant)?

        init(_ corpus: [[UInt8]], seed: UInt64, share: Double = 1) {
            self.seed = seed
            mutator = Mutator(corpus, seed: FuzzTests.seed &* 1000 &+ seed)
            count = max(1, Int(Double(FuzzTests.lines) * share))
        }

        mutating func next() -> [UInt8]? {
            if let (bytes, began) = last, ContinuousClock.now - began > FuzzTests.limit {
                Issue.record(
                    "message \(number) of seed \(seed) took \(ContinuousClock.now - began): \(Hex.encode(bytes))")
            }
            guard number < count else { return nil }
            number += 1
            let bytes = mutator.next()
            last = (bytes, .now)
            return bytes
        }
    }

    /// What `#expect` does, for millions of times.
    private static func hold(_ condition: Bool, _ location: SourceLocation = #_sourceLocation) {
        if !condition { Issue.record("it does not hold", sourceLocation: location) }
    }

    @Test func stratumLines() throws {
        let readers = [
            JobReader(algorithms: Catalog.all), JobReader(algorithms: [.rx0], preferred: .rx0, niceHash: true),
        ]
        var outcomes: [String: Int] = [:]
        var messages = Messages(Self.stratum.map { Array($0.utf8) }, seed: 1)
        while let bytes = messages.next() {
            var splitter = LineSplitter()
            var lines: [[UInt8]] = []
            var rest = (bytes + [10])[...]
            while !rest.isEmpty {
                let count = messages.mutator.number(1...4) == 1 ? messages.mutator.number(1...rest.count) : rest.count
                lines += splitter.push(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            for line in lines {
                Self.hold(line.count <= LineSplitter.maximumLength + 1)
                let outcome = try Self.read(line, readers[line.count % 2])
                outcomes[outcome, default: 0] += 1
            }
        }
        // Each kind is met: a corpus that is refused at the door tests nothing behind it.
        for kind in ["job", "refused job", "reply", "fault", "other", "reconnect"] {
            #expect(outcomes[kind, default: 0] > 0, "\(outcomes)")
        }
    }

    private static func read(_ line: [UInt8], _ reader: JobReader) throws -> String {
        if let json = try? JSON(parsing: line) {
            let again = try JSON(parsing: json.text.utf8)
            Self.hold(again == json)
        }
        let message: PoolMessage
        do { message = try PoolMessage(line: line) } catch {
            Self.hold(!error.description.contains("\n"))
            return "fault"
        }
        switch message {
        case .job(let params): return try read(job: params, reader)
        case .reply(_, let result, let error):
            _ = MoneroDialect.outcome(result: result, error: error)
            if let job = result["job"] { return try read(job: job, reader) }
            return "reply"
        case .reconnect: return "reconnect"
        case .other: return "other"
        }
    }

    private static func read(job params: JSON, _ reader: JobReader) throws -> String {
        do {
            let job = try reader.read(params).job(JobID("fuzz"))
            let work = job.job.work
            Self.hold(JobReader.blobLengths.contains(work.input.count))
            Self.hold((work.nonceOffset ?? .max) <= work.input.count - 4)
            Self.hold(job.height ?? 0 < JobReader.heightLimit)
            Self.hold(job.job.id.name.utf8.count <= JobReader.maximumIDLength)
            Self.hold(reader.algorithms.contains(work.algorithm))
            _ = job.job.target.difficulty
            return "job"
        } catch let refusal as JobReader.Refusal {
            Self.hold(refusal.description.utf8.count < 2000)
            return "refused job"
        } catch is WireFault {
            return "fault"
        }
    }

    @Test func nodeAnswers() {
        let options = UpstreamOptions()
        var good = 0
        var messages = Messages(Self.nodes.map { Array($0.utf8) }, seed: 2, share: 0.25)
        while let bytes = messages.next() {
            guard let json = try? JSON(parsing: bytes), let result = json["result"],
                let template = try? NodeTemplate(result, id: "t", options: options)
            else { continue }
            good += 1
            Self.hold(template.block(nonce: 0xFFFF_FFFF).count == template.block.count)
            Self.hold(template.id(nonce: 1).utf8.count == 64)
        }
        #expect(good > 0)
    }

    @Test func zmtpStreams() {
        let notice = "json-minimal-chain_main:{\"first_height\":1,\"first_prev_id\":\"00\",\"ids\":[\"00\"]}"
        let frames = [
            ZMTP.ready(socketType: "PUB"), ZMTP.Frame(body: Array(notice.utf8)), ZMTP.Frame(hasMore: true, body: [1]),
            ZMTP.Frame(isCommand: true, body: Array("\u{4}PING".utf8) + [0, 1, 7]),
            ZMTP.Frame(body: [UInt8](repeating: 1, count: 300)),
        ]
        var good = 0
        var messages = Messages(
            [ZMTP.greeting + frames.flatMap(\.bytes), ZMTP.greeting + frames[1].bytes], seed: 3, share: 0.5)
        while let bytes = messages.next() {
            var reader = ZMTP.Reader()
            var rest = bytes[...]
            do {
                while !rest.isEmpty {
                    let count = messages.mutator.number(1...rest.count)
                    for frame in try reader.push(rest.prefix(count)) {
                        Self.hold(frame.body.count <= ZMTP.maximumLength)
                        _ = frame.command
                        good += 1
                    }
                    rest = rest.dropFirst(count)
                }
            } catch {
                Self.hold(!"\(error)".isEmpty)
            }
        }
        #expect(good > 0)
    }

    /// Through the HTTP reader that answers come by, too.
    @Test func httpAnswers() throws {
        let body = Self.nodes[0]
        let corpus = [
            "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest qop=\"auth\",algorithm=MD5,realm=\"monero-rpc\",nonce=\"abc\",stale=false\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n",
        ]
        let login = DigestAuthorization(user: "u", password: "p")
        var heads = 0
        var messages = Messages(corpus.map { Array($0.utf8) }, seed: 4, share: 0.1)
        while let bytes = messages.next() {
            let channel = EmbeddedChannel()
            guard (try? channel.pipeline.syncOperations.addHTTPClientHandlers()) != nil else { continue }
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/json_rpc")
            _ = try? channel.writeOutbound(HTTPClientRequestPart.head(head))
            _ = try? channel.writeOutbound(HTTPClientRequestPart.end(nil))
            _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
            while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
                guard case .head(let head) = part else { continue }
                heads += 1
                _ = login.answer(
                    to: head.headers["WWW-Authenticate"], method: "POST", path: "/json_rpc", clientNonce: "0")
            }
            _ = try? channel.finish(acceptAlreadyClosed: true)
        }
        #expect(heads > 0)
    }

    @Test func whatUsersType() {
        let corpus = [
            "stratum+tls://pool.example:3333", "daemon+http://[::1]:18081", "h:1", "tcp://127.0.0.1:18083",
            "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
            "Digest realm=\"x\\\"y\", nonce=z, qop=\"auth, auth-int\", algorithm=SHA-256-sess",
        ]
        let login = DigestAuthorization(user: "u", password: "p")
        var messages = Messages(corpus.map { Array($0.utf8) }, seed: 5, share: 0.1)
        while let bytes = messages.next() {
            let text = String(decoding: bytes, as: UTF8.self)
            if let url = try? PoolURL(text) {
                Self.hold((try? PoolURL(url.description)) == url)
                _ = try? PoolSettings.zmq(text, of: url)
            }
            if let pin = CertificatePin(text) { #expect(CertificatePin(pin.description) == pin) }
            if let answer = login.answer(to: [text], method: "POST", path: "/", clientNonce: "0") {
                Self.hold(!answer.utf8.contains { $0 < 0x20 })
            }
        }
    }
}
