import NIOCore
import NIOHTTP1

/// Refuses requests that a proxy before this server may have understood in another way.
///
/// - A target that is not a path: `GET http://other.example/ …` and `CONNECT`. The target names the server then, and
///   `Host` does not count. Only proxies are sent such requests, and this server is none.
/// - A body in another coding than `chunked`: the parser would give the coded bytes for the body.
///
/// It also completes the heads of HTTP/1.0, which health probes still speak.
final class HeadRules: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(let head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if let fault = Self.fault(in: head) {
            hasRefused = true
            // As with any other malformed request, the answers to those before it come first.
            return context.fireErrorCaught(fault)
        }
        guard head.version == .http1_0 else { return context.fireChannelRead(data) }
        context.fireChannelRead(wrapInboundOut(.head(Self.completed(head, context.channel))))
    }

    /// A head of HTTP/1.0 with what HTTP/1.1 demands.
    ///
    /// Without `Host` the request is for the address that the client connected to. `Host` is checked because of browsers,
    /// and every browser sends it; a `Host` that is there is checked as usual. The connection ends with the answer, as
    /// such clients expect.
    private static func completed(_ head: HTTPRequestHead, _ channel: any Channel) -> HTTPRequestHead {
        var head = head
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        if !head.headers.contains(name: "Host"), let address = channel.localAddress?.ipAddress {
            head.headers.add(name: "Host", value: address.contains(":") ? "[\(address)]" : address)
        }
        return head
    }

    private static func fault(in head: HTTPRequestHead) -> HTTPParserError? {
        // `OPTIONS *` asks about the server as a whole: there is no such path here.
        guard head.uri.hasPrefix("/") || head.uri == "*" else { return .invalidURL }
        let codings = head.headers["Transfer-Encoding"]
        return codings.isEmpty || codings.map { $0.lowercased() } == ["chunked"] ? nil : .unknown
    }
}
