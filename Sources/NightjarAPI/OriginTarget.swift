import NIOCore
import NIOHTTP1

/// Refuses requests whose target is not a path: `GET http://other.example/ …` and `CONNECT`.
///
/// In such a request the target names the server, and `Host` does not count; a proxy before this server may have looked
/// at the one or the other. Only proxies are sent such requests, and this server is none.
final class OriginTarget: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        // `OPTIONS *` asks about the server as a whole: there is no such path here.
        if case .head(let head) = unwrapInboundIn(data), !head.uri.hasPrefix("/"), head.uri != "*" {
            hasRefused = true
            // As with any other malformed request, the answers to those before it come first.
            return context.fireErrorCaught(HTTPParserError.invalidURL)
        }
        context.fireChannelRead(data)
    }
}
