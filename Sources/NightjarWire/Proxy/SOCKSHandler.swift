import NIOCore

/// Asks a SOCKS5 proxy for a connection before anything else passes.
///
/// It stands first in the pipeline. The others see an active channel only once the proxy has connected, and none of them
/// sends before: TLS begins at that event.
final class SOCKSHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var exchange: SOCKSExchange
    private let deadline: TimeAmount
    private var timer: Scheduled<Void>?
    /// Done once the proxy has connected.
    private let connected: EventLoopPromise<Void>
    private enum State { case asking, passed, failed }
    private var state = State.asking

    init(_ exchange: SOCKSExchange, deadline: TimeAmount, connected: EventLoopPromise<Void>) {
        self.exchange = exchange
        self.deadline = deadline
        self.connected = connected
    }

    func channelActive(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: deadline) {
            self.fail(ProxyFault.silent, context)
        }
        send(exchange.greeting, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .passed else { return context.fireChannelRead(data) }
        guard state == .asking else { return }
        do {
            switch try exchange.receive(unwrapInboundIn(data).readableBytesView) {
            case .wait: break
            case .send(let bytes): send(bytes, context)
            case .connected(let rest): pass(rest, context)
            }
        } catch { fail(error, context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Where the channel never was active, it ends without their notice: the promise says why.
        guard state == .passed else { return fail(ProxyFault.closed, context) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard state == .passed else { return fail(ProxyFault.closed, context) }
        context.fireErrorCaught(error)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        // A connection to the proxy that failed ends here, too.
        connected.fail(ProxyFault.closed)
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func pass(_ rest: [UInt8], _ context: ChannelHandlerContext) {
        state = .passed
        connected.succeed()
        context.fireChannelActive()
        if !rest.isEmpty {
            context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest)))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        guard state == .asking else { return }
        state = .failed
        timer?.cancel()
        connected.fail(error)
        context.close(promise: nil)
    }
}
