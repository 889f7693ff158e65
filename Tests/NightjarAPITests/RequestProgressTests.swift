import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import NightjarAPI
import Testing

/// A connection's deadlines, in the event loop's own time.
@Suite(.timeLimit(.minutes(1))) final class RequestProgressTests {
    private let channel = EmbeddedChannel()
    private var served: [Bool] = []

    init() throws {
        try APIChannel.addHandlers(
            to: channel,
            RequestProgress(.init(head: .seconds(3), rest: .seconds(15))) { [unowned self] in served.append($0) })
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    private static let head = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func send(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    private func pass(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    private func answer(_ closes: Bool = false) throws {
        var head = HTTPResponse(status: .ok, headerFields: [.contentLength: "0"])
        if closes { head.headerFields[.connection] = "close" }
        try channel.writeOutbound(HTTPResponsePart.head(head))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// How many requests came through.
    private func requests() throws -> Int {
        var count = 0
        while let part = try channel.readInbound(as: HTTPRequestPart.self) { if case .head = part { count += 1 } }
        return count
    }

    /// What was sent to the client.
    private func sent() throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    @Test(arguments: ["", "G", "GET /health HTTP/1.1\r\n", "GET /health HTTP/1.1\r\nHost: localhost\r\nX:"])
    func aHeadHasThreeSeconds(_ beginning: String) throws {
        if !beginning.isEmpty { try send(beginning) }
        pass(2)
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive && served.isEmpty)
    }

    @Test func bytesDoNotAddTime() throws {
        for byte in Self.head.prefix(29) {
            try send(String(byte))
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(!channel.isActive)
    }

    @Test func theRestHasFifteen() throws {
        try send("POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n")
        #expect(served == [true])
        for _ in 0..<14 {
            pass(1)
            try send("{")
        }
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test func betweenRequestsThereIsTime() throws {
        for _ in 0..<3 {
            try send(Self.head)
            pass(1)
            try answer()
            pass(14)
            #expect(channel.isActive)
        }
        #expect(served == [true, false, true, false, true, false])
        // The next head has as long as the first from its first byte on.
        try send("GET")
        pass(2)
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test func aBodyThatComesAfterItsAnswerIsNoHead() throws {
        try send("POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n")
        try answer()
        try send("{")
        try send("}")
        pass(14)
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test func requestsThatAreSentAheadAreServedInTheirTime() throws {
        try send(Self.head + Self.head + Self.head)
        #expect(served == [true])
        for _ in 0..<3 {
            pass(14)
            #expect(channel.isActive)
            try answer()
        }
        #expect(served == [true, false])
        pass(15)
        #expect(!channel.isActive)
    }

    @Test(arguments: [
        "GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ])
    func behindARefusedTargetNothingIsRead(_ request: String) throws {
        #expect(throws: (any Error).self) { try send(request) }
        for _ in 0..<10 { try send(Self.head) }
        #expect(try requests() == 0 && served.isEmpty)
        pass(3)
        #expect(!channel.isActive)
    }

    /// The HTTP parser reads no further when a client asks for another protocol, and would keep what comes.
    @Test func whoAsksForAnotherProtocolHasOneAnswer() throws {
        try send(
            "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
        for _ in 0..<10 { try send(Self.head) }
        #expect(try requests() == 1)
        try answer()
        let answer = try sent()
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.lowercased().contains("connection: close"), "\(answer)")
        pass(15)
        #expect(!channel.isActive)
    }

    @Test func theLastAnswerEndsTheConnection() throws {
        try send(Self.head)
        try answer(true)
        #expect(served == [true, false])
        try send(Self.head)
        #expect(try requests() == 1)
        pass(15)
        #expect(!channel.isActive)
    }

    /// It waits for an answer for ever, and by that alone it keeps its place no longer than others.
    @Test func whoDoesNotReadIsNotServed() throws {
        try send(Self.head + Self.head)
        func give() {
            channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
            channel.write(HTTPResponsePart.end(nil), promise: nil)
        }
        give()
        pass(2)
        #expect(served == [true])
        pass(1)
        #expect(served == [true, false] && channel.isActive)
        // It reads on.
        channel.flush()
        #expect(served == [true, false, true])
        pass(3)
        #expect(served == [true, false, true])
        give()
        pass(3)
        channel.flush()
        #expect(served == [true, false, true, false])
    }

    /// When a client ends its side, all that it has sent is read at once.
    @Test func onlySoManyRequestsAreTakenAhead() throws {
        for _ in 0..<1000 { try send(Self.head) }
        #expect(try requests() == 256)
        for _ in 0..<256 { try answer() }
        try send(Self.head)
        #expect(try requests() == 0)
        pass(15)
        #expect(!channel.isActive)
    }
}
