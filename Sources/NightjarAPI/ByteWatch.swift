import NIOCore

/// Tells a ``RequestProgress`` of bytes. Stands before the HTTP parser.
final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let progress: RequestProgress

    init(_ progress: RequestProgress) { self.progress = progress }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { progress.opened(context) } }

    func channelActive(context: ChannelHandlerContext) {
        progress.opened(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { progress.ended() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        progress.bytesCame(context)
        guard !progress.ignoresInput else { return }
        context.fireChannelRead(data)
    }
}
