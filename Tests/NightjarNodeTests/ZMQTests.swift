import NightjarCore
import NightjarNode
import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ZMQTests {
    private let time = FakeTime()

    private func frames(_ bytes: [UInt8], cut: Int) throws -> [ZMTP.Frame] {
        var reader = ZMTP.FrameReader()
        var frames: [ZMTP.Frame] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            frames += try reader.push(bytes[start..<min(start + cut, bytes.count)])
        }
        return frames
    }

    @Test(arguments: [1, 2, 63, 64, 65, 100_000]) func framesInAnyPieces(_ cut: Int) throws {
        let all = [
            ZMTP.ready(socketType: "SUB"), ZMTP.subscription("json"), ZMTP.Frame(hasMore: true, body: []),
            ZMTP.Frame(body: [UInt8](repeating: 7, count: 255)), ZMTP.Frame(body: [UInt8](repeating: 7, count: 256)),
            ZMTP.Frame(body: [UInt8](repeating: 7, count: 70_000)),
        ]
        #expect(try frames(ZMTP.greeting + all.flatMap(\.bytes), cut: cut) == all)
    }

    /// As the specification writes them out.
    @Test func bytesOnTheWire() {
        #expect(ZMTP.greeting.count == 64)
        #expect(ZMTP.greeting.prefix(12) == [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 0])
        #expect(
            ZMTP.ready(socketType: "SUB").bytes
                == [4, 25, 5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 3]
                + Array("SUB".utf8))
        #expect(ZMTP.subscription("ab").bytes == [0, 3, 1, 97, 98])
        #expect(ZMTP.Frame(body: [UInt8](repeating: 0, count: 256)).bytes.prefix(10) == [2, 0, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    @Test func whatIsNoZMTP() {
        func fault(_ bytes: [UInt8]) -> ZMTPError? {
            do { _ = try frames(bytes, cut: 3) } catch { return error as? ZMTPError }
            return nil
        }
        #expect(fault(Array("HTTP/1.1 400 Bad Request".utf8)) == .noZMTP)
        #expect(fault([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7E]) == .noZMTP)
        #expect(fault([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 1]) == .version(1))
        var plain = ZMTP.greeting
        plain.replaceSubrange(12..<17, with: Array("PLAIN".utf8))
        #expect(fault(plain) == .mechanism)
        #expect(fault(ZMTP.greeting + [8]) == .flags(8))
        #expect(fault(ZMTP.greeting + [5, 0]) == .flags(5))
        #expect(fault(ZMTP.greeting + [2, 0, 0, 0, 0, 0, 0x10, 0, 1]) == .tooLong(1 << 20 + 1))
        #expect(fault(ZMTP.greeting + [2] + [UInt8](repeating: 0xFF, count: 8)) == .tooLong(.max))
        for body: [UInt8] in [[], [0], [0, 65], [5], [2, 65]] {
            #expect(ZMTP.Frame(isCommand: true, body: body).command == nil)
        }
    }

    /// A real node that is polled once an hour: only its notice can bring the next template.
    @Test func anothersBlockBringsATemplateAtOnce() async throws {
        let node = try await Monerod.start(zmq: true)
        let port = try #require(node.zmqPort)
        let url = try PoolURL("daemon+http://127.0.0.1:\(node.rpcPort)")
        let options = UpstreamOptions(pollInterval: .seconds(3600), backoff: time.backoff)
        let settings = PoolSettings(url: url, user: Monerod.address, zmq: try PoolSettings.zmq("\(port)", of: url))
        let log = EventLog(running: try NodeClient(settings, options: options))
        #expect(try await log.job().height == 1)
        // Whether it has subscribed by now nobody can tell: more blocks are made until one is told of, each after some
        // questions to the node, in which time a notice comes.
        try await eventually("a notice") {
            try await node.mineOne()
            for _ in 0..<20 where log.jobs.count == 1 { _ = try await node.height() }
            return log.jobs.count > 1
        }
        for _ in 1...3 {
            try await node.mineOne()
            let height = try await node.height()
            _ = try await eventually("a job at \(height)") { log.jobs.last?.height == UInt64(height) ? true : nil }
        }
        #expect(log.refusals.isEmpty)
        await log.stop()
    }

    /// Silence, nonsense, and a publisher that goes away are said once, and polling goes on.
    @Test func withoutNoticesPollingGoesOn() async throws {
        let node = try await Monerod.start()
        let server = ScriptedServer()
        let notices = try await server.start(answer: { _ in "HTTP/1.1 400 Bad Request\r\n\r\n" })
        let url = try PoolURL("daemon+http://127.0.0.1:\(node.rpcPort)")
        let options = UpstreamOptions(pollInterval: .milliseconds(20), backoff: time.backoff)
        let client = try NodeClient(PoolSettings(url: url, user: Monerod.address, zmq: notices), options: options)
        let log = EventLog(running: client)
        #expect(try await log.refusal().hasSuffix("the server does not speak ZMTP; new blocks are asked for meanwhile"))
        _ = try await eventually("five tries") { await server.connections >= 5 ? true : nil }
        try await node.mineOne()
        _ = try await eventually("the next height's job") { log.jobs.last?.height == 2 ? true : nil }
        #expect(log.refusals.count == 1)
        await log.stop()
        await server.stop()
    }
}
