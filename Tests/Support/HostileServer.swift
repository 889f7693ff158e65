import Glibc
import NIOCore
import NIOPosix
import NightjarCore
import NightjarPlatform
import NightjarWire
import Synchronization

/// A pool that does everything wrong that is known from the field, at random, with messages that are mostly malformed.
package final class HostileServer: Sendable {
    private let login: String
    private let dialect: any Dialect
    private let longest: Int
    private let fatality: Int
    private let state: Locked<State>
    private let server = Locked<LoopbackServer?>(nil)

    private struct State {
        var mutator: Mutator
        var messages = 0
        var logins = 0
    }

    /// - Parameters:
    ///   - login: the lines that a login is answered with.
    ///   - dialect: a client's, to tell what it would hang up at.
    ///   - corpus: messages to make bad ones of.
    ///   - longest: the most messages on one connection.
    ///   - fatality: of the messages that a client hangs up at, one in this many is sent.
    package init(
        seed: UInt64, login: String, dialect: any Dialect, corpus: [String], longest: Int = 60, fatality: Int = 10
    ) {
        self.login = login
        var dialect = dialect
        _ = dialect.begin()
        for line in login.split(separator: "\n") { _ = dialect.take(Array(line.utf8)) }
        self.dialect = dialect
        self.longest = longest
        self.fatality = fatality
        state = Locked(State(mutator: Mutator(corpus, seed: seed)))
    }

    /// Messages sent so far.
    package var messages: Int { state.withLock { $0.messages } }
    /// Logins that were answered well.
    package var logins: Int { state.withLock { $0.logins } }

    /// A pool that speaks Monero's dialect.
    ///
    /// - Parameter job: the one that a login is answered with.
    package convenience init(seed: UInt64, job: String, corpus: [String], longest: Int = 60, fatality: Int = 10) {
        self.init(
            seed: seed,
            login:
                "{\"id\":1,\"error\":null,\"result\":{\"id\":\"c1\",\"status\":\"OK\",\"extensions\":[\"algo\"],\"job\":\(job)}}\n",
            dialect: MoneroDialect(login: Login(user: "u"), options: UpstreamOptions()), corpus: corpus,
            longest: longest, fatality: fatality)
    }

    /// A pool that speaks Bitcoin's dialect.
    package convenience init(
        bitcoin algorithm: Algorithm, seed: UInt64, login: String, corpus: [String], longest: Int = 60,
        fatality: Int = 10
    ) {
        let settings = PoolSettings(url: PoolURL(scheme: .stratum, host: "127.0.0.1", port: 1), user: "u")
        self.init(
            seed: seed, login: login,
            dialect: BitcoinDialect(settings, options: UpstreamOptions(algorithms: [algorithm])), corpus: corpus,
            longest: longest, fatality: fatality)
    }

    package func start(port: Int = 0) async throws -> Int {
        let server = try await LoopbackServer.start(port: port) { channel, received in
            await self.serve(channel, received)
        }
        self.server.withLock { $0 = server }
        return server.port
    }

    package func stop() async { await server.withLock { $0 }?.stop() }

    private func number(_ range: ClosedRange<Int>) -> Int { state.withLock { $0.mutator.number(range) } }

    private func serve(_ channel: any Channel, _ received: LoopbackServer.Received) async {
        var incoming = received.makeAsyncIterator()
        let mood = number(0...15)
        if mood == 0 { return }
        guard await incoming.next() != nil else { return }
        // Read all the time, since a client leaves a pool that does not read.
        channel.read()
        let reading = Task { for await _ in received {} }
        switch mood {
        // Refused, with the socket left open; and never answered.
        case 1:
            let refusal = "\"error\":{\"code\":-1,\"message\":\"banned\"}}\n"
            await send("{\"id\":1,\(refusal){\"id\":3,\(refusal)", channel)
        case 2: break
        // A line without an end, a long one, deep nesting, bytes that are no text.
        case 3: await send(login + "{\"method\":\"job\"", channel)
        case 4: await send(login + String(repeating: "x", count: 1 << 20) + "\n", channel)
        case 5: await send(login + String(repeating: "[", count: 10_000) + "\n", channel)
        case 6: await send(bytes: Array(login.utf8) + [0xFF, 0xFE, 0x00, 0x0A], channel)
        // One byte at a time.
        case 7:
            state.withLock { $0.messages += 1 }
            for byte in login.utf8 { _ = try? await channel.writeAndFlush(ByteBuffer(bytes: [byte])) }
        // An answer that is garbled.
        case 8:
            let bytes = state.withLock { $0.mutator.next() }
            await send(bytes: bytes + [10], channel)
        default:
            state.withLock { $0.logins += 1 }
            await send(login, channel)
            var left = number(1...longest)
            while left > 0, channel.isActive {
                let bytes = state.withLock { $0.mutator.next() }
                let isFatal = isFatal(bytes)
                // Most of what a client would hang up at is kept for `FuzzTests`, which is quicker.
                if isFatal, number(1...fatality) > 1 { continue }
                left -= 1
                await send(bytes: bytes + [10], channel)
                // It is the last thing that the client is sent, so that all that is counted is read.
                if isFatal { break }
            }
        }
        if mood == 9 {
            try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            return
        }
        // Until the client has had enough; it gets no answers to what it submits.
        let patience = channel.eventLoop.scheduleTask(in: .milliseconds(mood > 8 ? 10 : 100)) {
            channel.close(promise: nil)
        }
        await reading.value
        patience.cancel()
    }

    private func isFatal(_ line: [UInt8]) -> Bool {
        var splitter = LineSplitter()
        var dialect = dialect
        for line in splitter.push(line + [10]) {
            for effect in dialect.take(line) {
                switch effect {
                case .end, .reconnect: return true
                default: break
                }
            }
        }
        return splitter.fault != nil
    }

    private func send(_ text: String, _ channel: any Channel) async { await send(bytes: Array(text.utf8), channel) }

    private func send(bytes: [UInt8], _ channel: any Channel) async {
        state.withLock { $0.messages += 1 }
        _ = try? await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }
}
