import HTTPTypes
import NIOCore
import NIOHTTPTypes

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
            progress.answers(context)
            context.write(data, promise: written)
        }
    }
}
