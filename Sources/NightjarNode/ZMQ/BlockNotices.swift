import NIOCore
import NIOPosix
import NightjarCore
import NightjarWire

/// Listens for a node's notices of new blocks (`monerod --zmq-pub`), so that a new template does not wait for the next
/// poll.
///
/// A notice only means "poll now"; its contents are not used. Without notices, polling continues as before.
struct BlockNotices: Sendable {
    /// monerod's shortest notice of a block on the main chain.
    static let topic = "json-minimal-chain_main"

    let url: PoolURL
    let options: UpstreamOptions

    /// Listens until the task is cancelled.
    ///
    /// - Parameters:
    ///   - notice: called for each notice.
    ///   - trouble: gets one sentence for each outage.
    func run(notice: @escaping @Sendable () -> Void, trouble: @Sendable (OutsideText) -> Void) async {
        let backoff = options.backoff
        var failures = 0
        var said = false
        while !Task.isCancelled {
            let began = backoff.now()
            let (wasSubscribed, reason) = await listen(notice: notice)
            if Task.isCancelled { return }
            // Notices during the outage are lost, so poll now.
            if wasSubscribed { notice() }
            if wasSubscribed, backoff.now() - began >= backoff.stable {
                failures = 0
                said = false
            }
            if !said { trouble("ZMQ at \(ours: url.authority): \(reason); new blocks are asked for meanwhile") }
            said = true
            do { try await backoff.sleep(backoff.delay(after: failures)) } catch { return }
            failures += 1
        }
    }

    private func listen(notice: @escaping @Sendable () -> Void) async -> (wasSubscribed: Bool, reason: OutsideText) {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await Connecting.abandonable { [url, options] in
                try await Connecting.connect(to: url, port: url.port, options) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                } discard: { channel in
                    try? await channel.executeThenClose { _, _ in }
                }
            } discard: { channel in
                try? await channel.executeThenClose { _, _ in }
            }
        } catch {
            return (false, Connecting.reason(error))
        }
        let handshake = channel.channel.eventLoop.scheduleTask(in: TimeAmount(options.loginDeadline)) {
            channel.channel.close(promise: nil)
        }
        defer { handshake.cancel() }
        // One write at a time, so that a peer that asks without end and reads nothing costs no memory.
        func send(_ bytes: [UInt8]) async throws { try await write(bytes, to: channel.channel) }

        var reader = ZMTP.FrameReader()
        var isGreeted = false
        var isSubscribed = false
        var inMessage = false
        do {
            return try await channel.executeThenClose { inbound, _ in
                try await send(ZMTP.greeting)
                for try await buffer in inbound {
                    let frames = try reader.push(buffer.readableBytesView)
                    if reader.isGreeted && !isGreeted {
                        isGreeted = true
                        try await send(ZMTP.ready(socketType: "SUB").bytes)
                    }
                    for frame in frames {
                        guard let (name, rest) = frame.command else {
                            if !inMessage && isSubscribed && frame.body.starts(with: Self.topic.utf8) { notice() }
                            inMessage = frame.hasMore
                            continue
                        }
                        switch name {
                        case "READY":
                            guard !isSubscribed else { throw ZMTPError.secondReady }
                            isSubscribed = true
                            handshake.cancel()
                            try await send(ZMTP.subscription(Self.topic).bytes)
                        case "PING": try await send(ZMTP.command("PONG", Array(rest.dropFirst(2).prefix(16))).bytes)
                        case "ERROR":
                            let text = String(decoding: rest.dropFirst(), as: UTF8.self)
                            return (isSubscribed, "it says: \(theirs: text, 200)")
                        default: break
                        }
                    }
                }
                return (isSubscribed, isSubscribed ? "the connection was closed" : "no answer to the greeting")
            }
        } catch {
            return (isSubscribed, Connecting.reason(error))
        }
    }

    /// Returns when the bytes are written.
    private func write(_ bytes: [UInt8], to channel: any Channel) async throws {
        let written = channel.eventLoop.makePromise(of: Void.self)
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(options.requestDeadline)) {
            written.fail(ZMTPError.unread)
        }
        defer { deadline.cancel() }
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).cascade(to: written)
        try await withTaskCancellationHandler {
            try await written.futureResult.get()
        } onCancel: {
            written.fail(CancellationError())
        }
    }
}
