import NIOCore
import NIOEmbedded
import NIOHTTP1
import NightjarCore
import NightjarJSON
import NightjarNode
import NightjarWire
import TestSupport
import Testing

/// What nodes send, changed at random: as `FuzzTests` does with what pools send.
@Suite(.timeLimit(.minutes(5))) struct NodeFuzzTests {
    private static let seed: UInt64 = {
        var generator = SeededGenerator(of: "NodeFuzzTests")
        return generator.next()
    }()

    private static let nodes: [String] = [
        "{\"id\":\"0\",\"result\":\(OddNodesTests.template())}",
        "{\"result\":\(OddNodesTests.template(["wide_difficulty": nil, "difficulty_top64": "1"]))}",
        "{\"height\":5,\"hash\":\"00\",\"status\":\"OK\"}", "{\"error\":{\"code\":-9,\"message\":\"BUSY\"}}",
    ]

    /// What `#expect` does, for millions of times.
    private static func hold(_ condition: Bool, _ location: SourceLocation = #_sourceLocation) {
        if !condition { Issue.record("it does not hold", sourceLocation: location) }
    }

    @Test func nodeAnswers() {
        let options = UpstreamOptions()
        var good = 0
        var messages = FuzzMessages(Self.nodes.map { Array($0.utf8) }, seed: Self.seed &+ 2, share: 0.25)
        while let bytes = messages.next() {
            guard let json = try? JSON(parsing: bytes), let result = json["result"],
                let template = try? MoneroTemplate(result, id: "t", options: options)
            else { continue }
            good += 1
            Self.hold(template.block(nonce: 0xFFFF_FFFF).count == template.block.count)
            Self.hold(template.id(nonce: 1).utf8.count == 64)
        }
        #expect(good > 0 && messages.slow.isEmpty)
    }

    @Test func bitcoinTemplates() throws {
        let options = UpstreamOptions()
        let payee = BitcoinTemplate.Payee(script: [0x51], instance: [1, 2, 3, 4])
        let corpus = [Array(try Vectors.data("litecoin-template")), Array(BitcoinOddNodesTests.template("p").utf8)]
        var good = 0
        var messages = FuzzMessages(corpus, seed: Self.seed &+ 7, share: 0.1)
        while let bytes = messages.next() {
            guard let json = try? JSON(parsing: bytes),
                let template = try? BitcoinTemplate(json, of: .litecoin, payee: payee, id: "t", options: options),
                let unit = template.job.job.source.unit(1)
            else { continue }
            good += 1
            let share = Share(
                jobID: template.job.job.id, unit: unit, target: .easiest, nonce: .max, proof: Proof(digest: Digest()),
                device: .cpu)
            Self.hold(template.block(of: share)?.starts(with: share.input) == true)
            Self.hold(template.id(of: share).utf8.count == 64)
        }
        #expect(good > 0 && messages.slow.isEmpty)
    }

    @Test func bitcoinAddresses() {
        let corpus = [
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "12ZEw5Hcv1hTb6YUQJ69y1V7uhcoDz92PH",
            "33FFrcn4Tv1qgGEuXPkkPdr44DuWp3RzPo",
        ]
        var messages = FuzzMessages(corpus.map { Array($0.utf8) }, seed: Self.seed &+ 8, share: 0.5)
        var good = 0
        while let bytes = messages.next() {
            do {
                let script = try BitcoinAddress(String(decoding: bytes, as: UTF8.self), of: .bitcoin).script
                Self.hold((22...34).contains(script.count))
                good += 1
            } catch {
                Self.hold(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
        #expect(messages.slow.isEmpty)
        print("\(good) of the changed addresses are addresses")
    }

    @Test func zmtpStreams() {
        let notice = "json-minimal-chain_main:{\"first_height\":1,\"first_prev_id\":\"00\",\"ids\":[\"00\"]}"
        let frames = [
            ZMTP.ready(socketType: "PUB"), ZMTP.Frame(body: Array(notice.utf8)), ZMTP.Frame(hasMore: true, body: [1]),
            ZMTP.Frame(isCommand: true, body: Array("\u{4}PING".utf8) + [0, 1, 7]),
            ZMTP.Frame(body: [UInt8](repeating: 1, count: 300)),
        ]
        var good = 0
        var messages = FuzzMessages(
            [ZMTP.greeting + frames.flatMap(\.bytes), ZMTP.greeting + frames[1].bytes], seed: Self.seed &+ 3, share: 0.5
        )
        while let bytes = messages.next() {
            var reader = ZMTP.FrameReader()
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
        #expect(good > 0 && messages.slow.isEmpty)
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
        var messages = FuzzMessages(corpus.map { Array($0.utf8) }, seed: Self.seed &+ 4, share: 0.1)
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
        #expect(heads > 0 && messages.slow.isEmpty)
    }

    @Test func digestChallenges() {
        let challenge = "Digest realm=\"x\\\"y\", nonce=z, qop=\"auth, auth-int\", algorithm=SHA-256-sess"
        let login = DigestAuthorization(user: "u", password: "p")
        var answers = 0
        var messages = FuzzMessages([Array(challenge.utf8)], seed: Self.seed &+ 6, share: 0.1)
        while let bytes = messages.next() {
            let text = String(decoding: bytes, as: UTF8.self)
            guard let answer = login.answer(to: [text], method: "POST", path: "/", clientNonce: "0") else { continue }
            answers += 1
            Self.hold(!answer.utf8.contains { $0 < 0x20 })
        }
        #expect(answers > 0 && messages.slow.isEmpty)
    }
}
