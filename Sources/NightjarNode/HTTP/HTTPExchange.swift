import NIOCore
import NIOHTTP1
import NightjarWire

/// One connection's requests and answers, one after the other. It sends each request, again with a login when the
/// server asks for one, and collects the answer.
final class HTTPExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Completing its promise a second time does nothing, so every path may complete it.
    final class Request: Sendable {
        let client: HTTPClient
        let path: String
        let body: ByteBuffer
        /// A login that is sent without a challenge.
        let authorization: String?
        let limit: Int
        let secured: @Sendable (ConnectionSecurity) -> Void
        let answer: EventLoopPromise<HTTPClient.Response>

        init(
            client: HTTPClient, path: String, body: ByteBuffer, authorization: String?, limit: Int,
            secured: @escaping @Sendable (ConnectionSecurity) -> Void, answer: EventLoopPromise<HTTPClient.Response>
        ) {
            self.client = client
            self.path = path
            self.body = body
            self.authorization = authorization
            self.limit = limit
            self.secured = secured
            self.answer = answer
        }
    }

    private let tls: TLSStatus?
    private let bytes: AnswerBytes
    private var context: ChannelHandlerContext?
    /// The present request.
    private var request: Request?
    /// Set while a kept connection has brought no answer to this request: the server may have closed it before.
    private var mayBeLost = false
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    /// The server's newest challenge, and how often it was answered. Monerod accepts an answer only on the challenge's
    /// own connection.
    private var challenge: (texts: [String], answers: UInt32)?
    /// This request has already answered a challenge, so the next response is final.
    private var isChallenged = false

    init(tls: TLSStatus?, bytes: AnswerBytes, first request: Request) {
        self.tls = tls
        self.bytes = bytes
        self.request = request
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Closes the connection if this abandoned request is still its present one.
    func abandon(_ request: Request) {
        guard self.request === request, let context else { return }
        self.request = nil
        Connecting.hangUp(context.channel)
    }

    /// Begins a request. Call it on this connection's event loop, and only while there is no request.
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
        bytes.expect(limit: request.limit)
        if let authorization = authorization ?? request.authorization {
            head.headers.add(name: "Authorization", value: authorization)
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func authorization(_ request: Request) -> String? {
        guard let login = request.client.login, let (texts, answers) = challenge else { return nil }
        challenge = (texts, answers + 1)
        // Digest comes first: it does not show the password.
        let clientNonce = String(UInt64.random(in: 0 ... .max), radix: 16)
        let digest = login.answer(
            to: texts, method: "POST", path: request.path, clientNonce: clientNonce, count: answers + 1)
        if let digest { return digest }
        guard BasicAuthorization.isAsked(in: texts), request.client.sendsPlainLogins else { return nil }
        return BasicAuthorization.value(login.userAndPassword)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The server sent an answer without a request.
        guard let request else { return Connecting.hangUp(context.channel) }
        mayBeLost = false
        switch unwrapInboundIn(data) {
        case .head(let head):
            // After a change of protocol, the parser would keep all that comes.
            guard head.status != .switchingProtocols else {
                request.answer.fail(HTTPClientError.otherProtocol)
                return Connecting.hangUp(context.channel)
            }
            if let security = tls?.security { request.secured(security) }
            self.head = head
            body = []
        case .body(let part):
            guard body.count + part.readableBytes <= request.limit else {
                return request.answer.fail(HTTPClientError.tooLong(limit: request.limit))
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
        bytes.expectNothing()
        if head.isKeepAlive { request.client.keep(context.channel) } else { Connecting.hangUp(context.channel) }
        request.answer.succeed(
            HTTPClient.Response(
                status: Int(head.status.code), body: body, challenges: head.headers["WWW-Authenticate"]))
        body = []
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        var error = error
        if error is HTTPParserError {
            mayBeLost = false
            // The connection has never brought an answer.
            if head == nil { error = HTTPClientError.notHTTP }
        }
        lose(tls?.reason(error).map(TLSFailure.init(words:)) ?? error)
        Connecting.hangUp(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(HTTPClientError.closed)
        context.fireChannelInactive()
    }

    private func lose(_ error: any Error) {
        guard let request else { return }
        self.request = nil
        if mayBeLost { request.client.connect(request) } else { request.answer.fail(error) }
    }

    private struct TLSFailure: OutsideError { let words: OutsideText }
}
