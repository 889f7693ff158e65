import NIOCore
import NIOHTTP1

/// Refuses requests that a proxy before this server may have understood in another way.
///
/// - A target that is not a path: `GET http://other.example/ …` and `CONNECT`. The target names the server then, and
///   `Host` does not count. Only proxies are sent such requests, and this server is none.
/// - A body in another coding than `chunked`: the parser would give the coded bytes for the body.
final class HeadRules: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        if case .head(let head) = unwrapInboundIn(data), let fault = Self.fault(in: head) {
            hasRefused = true
            // As with any other malformed request, the answers to those before it come first.
            return context.fireErrorCaught(fault)
        }
        context.fireChannelRead(data)
    }

    private static func fault(in head: HTTPRequestHead) -> HTTPParserError? {
        // `OPTIONS *` asks about the server as a whole: there is no such path here.
        guard head.uri.hasPrefix("/") || head.uri == "*" else { return .invalidURL }
        let codings = head.headers["Transfer-Encoding"]
        return codings.isEmpty || codings.map { $0.lowercased() } == ["chunked"] ? nil : .unknown
    }
}
