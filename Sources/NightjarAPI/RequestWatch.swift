import HTTPTypes
import NIOCore
import NIOHTTPTypes

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
        guard !progress.ignoresInput else { return }
        progress.bytesCame(context)
        context.fireChannelRead(data)
    }
}

/// Tells a ``RequestProgress`` of requests and answers. Stands behind the HTTP parser.
final class RequestWatch: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let progress: RequestProgress
    private var closes = false

    init(_ progress: RequestProgress) { self.progress = progress }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): progress.headCame(context, asksForUpgrade: head.headerFields[.upgrade] != nil)
        case .body: break
        case .end: progress.requestEnded(context)
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        progress.failed()
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if progress.isLastAnswer { head.headerFields[.connection] = "close" }
            closes = head.headerFields[.connection] == "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess { [closes] in
                if context.channel.isActive { self.progress.answered(context, closes: closes) }
            }
            context.write(data, promise: written)
        }
    }
}
