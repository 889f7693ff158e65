import NIOCore
import NIOPosix
import NightjarPlatform
import NightjarWire
import Synchronization

/// A SOCKS5 proxy on this machine for the tests, which knows names that nothing else knows.
package final class SOCKSServer: Sendable {
    /// What it does wrong.
    package enum Fault: Sendable, Hashable {
        /// These bytes come in place of the answer to the greeting, and then the connection's end.
        case answersGreeting([UInt8])
        /// The code of a refusal.
        case refuses(UInt8)
        /// Only so many bytes of its answers come, and then the connection's end.
        case endsAfter(Int)
        case silent
    }

    private let names: [String: Int]
    private let login: (user: String, password: String)?
    private let fault: Fault?
    private let server = Locked<LoopbackServer?>(nil)
    /// What it was asked for: names or addresses, with ports.
    package let requests = Locked<[String]>([])
    /// The connections that began.
    package let connections = Locked(0)

    /// - Parameters:
    ///   - names: the ports on this machine behind each name or address.
    ///   - login: what it asks for; without one it asks for none.
    package init(names: [String: Int], login: (user: String, password: String)? = nil, fault: Fault? = nil) {
        self.names = names
        self.login = login
        self.fault = fault
    }

    /// Begins to listen, and returns the port.
    package func start() async throws -> Int {
        let server = try await LoopbackServer.start(port: 0) { channel, received in
            self.connections.withLock { $0 += 1 }
            try? await self.serve(channel, received)
        }
        self.server.withLock { $0 = server }
        return server.port
    }

    package func stop() async { await server.withLock { $0 }?.stop() }

    private func serve(_ channel: any Channel, _ received: LoopbackServer.Received) async throws {
        var iterator = received.makeAsyncIterator()
        var bytes: [UInt8] = []
        var sent = 0

        func take(_ count: Int) async throws -> [UInt8] {
            while bytes.count < count {
                guard let more = await iterator.next() else { throw CancellationError() }
                bytes += more.readableBytesView
            }
            defer { bytes.removeFirst(count) }
            return Array(bytes.prefix(count))
        }
        func send(_ answer: [UInt8]) async throws {
            var answer = answer
            if case .endsAfter(let limit)? = fault { answer = Array(answer.prefix(limit - sent)) }
            sent += answer.count
            // A byte at a time: each may come alone.
            for byte in answer { try await channel.writeAndFlush(ByteBuffer(bytes: [byte])).get() }
            if fault == .endsAfter(sent) { throw CancellationError() }
        }

        let greeting = try await take(2)
        let methods = try await take(Int(greeting[1]))
        if fault == .silent { _ = try await take(1 << 20) }
        if case .answersGreeting(let answer)? = fault {
            try await channel.writeAndFlush(ByteBuffer(bytes: answer)).get()
            return
        }
        let method: UInt8 = login == nil ? 0 : 2
        guard methods.contains(method) else { return try await send([5, 0xFF]) }
        try await send([5, method])
        if let login {
            let user = try await take(Int(try await take(2)[1]))
            let password = try await take(Int(try await take(1)[0]))
            guard Array(login.user.utf8) == user, Array(login.password.utf8) == password else {
                return try await send([1, 1])
            }
            try await send([1, 0])
        }
        let kind = try await take(4)[3]
        let host: String
        switch kind {
        case 1: host = try await take(4).map { "\($0)" }.joined(separator: ".")
        case 4: host = try await take(16).map { "\($0)" }.joined(separator: ":")
        default: host = String(decoding: try await take(Int(try await take(1)[0])), as: UTF8.self)
        }
        let port = try await take(2).reduce(0) { $0 << 8 | Int($1) }
        requests.withLock { $0.append("\(host) \(port)") }
        if case .refuses(let code)? = fault { return try await send([5, code, 0, 1, 0, 0, 0, 0, 0, 0]) }
        guard let target = names[host] else { return try await send([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]) }
        let behind = try await ClientBootstrap(group: channel.eventLoop)
            .channelInitializer { other in
                other.eventLoop.makeCompletedFuture { try other.pipeline.syncOperations.addHandler(Relay(to: channel)) }
            }
            .connect(host: "127.0.0.1", port: target).get()
        defer { behind.close(promise: nil) }
        // A name as the address from which it connects, which is allowed.
        try await send([5, 0, 0, 3, 2] + Array("me".utf8) + [0, 9])
        if !bytes.isEmpty { try await behind.writeAndFlush(ByteBuffer(bytes: bytes)).get() }
        while let more = await iterator.next() { try await behind.writeAndFlush(more).get() }
    }

    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel

        init(to other: any Channel) { self.other = other }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
    }
}
