import NIOCore
import NIOHTTP1
import NightjarWire

/// One connection's requests and answers, one after the other: sends each request, a second time with a login where
/// that is asked for, and gathers the answer.
final class HTTPExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Completing its promise once more does nothing, so that each way out may just complete it.
    final class Request: Sendable {
        let client: HTTPClient
        let path: String
        let body: ByteBuffer
        let limit: Int
        let secured: @Sendable (ConnectionSecurity) -> Void
        let answer: EventLoopPromise<HTTPClient.Response>

        init(
            client: HTTPClient, path: String, body: ByteBuffer, limit: Int,
            secured: @escaping @Sendable (ConnectionSecurity) -> Void, answer: EventLoopPromise<HTTPClient.Response>
        ) {
            self.client = client
            self.path = path
            self.body = body
            self.limit = limit
            self.secured = secured
            self.answer = answer
        }
    }

    private let tls: TLSStatus?
    private var context: ChannelHandlerContext?
    /// The one that is under way.
    private var request: Request?
    /// Nothing was heard of this request, on a connection that was kept: the server may have ended it meanwhile.
    private var mayBeLost = false
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    /// The server's newest, good on this connection and, as monerod's are, nowhere else; and how often it was answered.
    private var challenge: (texts: [String], answers: UInt32)?
    /// The answer to come is to a challenge of this very request: the last word.
    private var isChallenged = false

    init(tls: TLSStatus?, first request: Request) {
        self.tls = tls
        self.request = request
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Ends the connection if this request, which something else has decided, is still under way on it.
    func abandon(_ request: Request) {
        guard self.request === request, let context else { return }
        self.request = nil
        Connecting.hangUp(context.channel)
    }

    /// On this connection's event loop, and only while nothing is under way.
    func begin(_ request: Request) {
        guard let context, context.channel.isActive else { return request.client.connect(request) }
        self.request = request
        mayBeLost = true
        isChallenged = false
        send(request, authorization(request), context)
    }

    func channelActive(context: ChannelHandlerContext) {
        if let request { send(request, nil, context) }
        context.fireChannelActive()
    }

    private func send(_ request: Request, _ authorization: String?, _ context: ChannelHandlerContext) {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: request.path)
        head.headers.add(name: "Host", value: request.client.url.authority)
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: String(request.body.readableBytes))
        if let authorization { head.headers.add(name: "Authorization", value: authorization) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func authorization(_ request: Request) -> String? {
        guard let login = request.client.login, let (texts, answers) = challenge else { return nil }
        challenge = (texts, answers + 1)
        let clientNonce = String(UInt64.random(in: 0 ... .max), radix: 16)
        return login.answer(to: texts, method: "POST", path: request.path, clientNonce: clientNonce, count: answers + 1)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What nobody asked for.
        guard let request else { return Connecting.hangUp(context.channel) }
        mayBeLost = false
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let security = tls?.security { request.secured(security) }
            self.head = head
            body = []
        case .body(let part):
            guard body.count + part.readableBytes <= request.limit else {
                return request.answer.fail(HTTPClient.Failure.tooLong(limit: request.limit))
            }
            body.append(contentsOf: part.readableBytesView)
        case .end:
            if let head { end(request, head, context) }
        }
    }

    private func end(_ request: Request, _ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        if head.status == .unauthorized {
            challenge = (head.headers["WWW-Authenticate"], 0)
            if !isChallenged, let authorization = authorization(request) {
                isChallenged = true
                return send(request, authorization, context)
            }
        }
        self.request = nil
        if head.isKeepAlive { request.client.keep(context.channel) } else { Connecting.hangUp(context.channel) }
        request.answer.succeed(HTTPClient.Response(status: Int(head.status.code), body: body))
        body = []
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { mayBeLost = false }
        lose(tls?.reason(error).map(Words.init(description:)) ?? error)
        Connecting.hangUp(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(HTTPClient.Failure.closed)
        context.fireChannelInactive()
    }

    private func lose(_ error: any Error) {
        guard let request else { return }
        self.request = nil
        if mayBeLost { request.client.connect(request) } else { request.answer.fail(error) }
    }

    private struct Words: Error, CustomStringConvertible { let description: String }
}
