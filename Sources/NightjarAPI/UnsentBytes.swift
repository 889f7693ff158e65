import Glibc
import NIOCore

/// Keeps a connection open until its client has everything that was sent. Stands first, at the socket.
///
/// The kernel keeps the unsent bytes of a closed socket for minutes, where no limit of ours counts them. Clients that
/// never read could fill the machine's memory with those. So the end of the last answer is sent only when the client
/// has all before it; and a connection that is closed earlier is reset, so that the kernel drops the rest.
final class UnsentBytes: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// How often it looks whether the client has everything. On one machine that is so at the first look.
    private static let interval = TimeAmount.milliseconds(10)

    private var isEnding = false
    private var promise: EventLoopPromise<Void>?
    private var look: Scheduled<Void>?

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input: context.close(mode: .input, promise: promise)
        case .output:
            guard !isEnding else {
                promise?.fail(ChannelError.outputClosed)
                return
            }
            isEnding = true
            self.promise = promise
            endWhenSent(context)
        case .all:
            if Self.hasUnsent(context) { Self.dropUnsent(context) }
            context.close(mode: .all, promise: promise)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        look?.cancel()
        promise?.fail(ChannelError.alreadyClosed)
        promise = nil
    }

    private func endWhenSent(_ context: ChannelHandlerContext) {
        if Self.hasUnsent(context) {
            look = context.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) { self.endWhenSent(context) }
        } else {
            let promise = promise
            self.promise = nil
            context.close(mode: .output, promise: promise)
        }
    }

    /// Whether there are bytes that the client has not confirmed: in the kernel, or before it. Of a client that has ended
    /// its side, NIO drops the latter when the output is closed, and they may wait also while the kernel has none.
    private static func hasUnsent(_ context: ChannelHandlerContext) -> Bool {
        let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        if let waiting, waiting > 0 { return true }
        var count: CInt = 0
        withSocket(context) { _ = ioctl($0, UInt(TIOCOUTQ), &count) }
        return count > 0
    }

    private static func dropUnsent(_ context: ChannelHandlerContext) {
        var option = linger(l_onoff: 1, l_linger: 0)
        withSocket(context) {
            _ = setsockopt($0, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
    }

    /// Does nothing where there is no socket any more.
    private static func withSocket(_ context: ChannelHandlerContext, _ body: (CInt) -> Void) {
        _ = try? context.channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { body($0) }
    }
}
