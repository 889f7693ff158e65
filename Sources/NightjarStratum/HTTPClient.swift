import NIOCore
import NIOHTTP1
import NIOPosix

/// A POST, and its bounded answer, on a connection of its own: a node is asked about once a second.
struct HTTPClient: Sendable {
    struct Response: Sendable {
        let status: Int
        let body: [UInt8]
    }

    enum Failure: Error, CustomStringConvertible {
        case tooLong(limit: Int)
        case deadline(Duration)
        case closed

        var description: String {
            switch self {
            case .tooLong(let limit): "an answer longer than \(limit) bytes"
            case .deadline(let duration): "no answer within \(duration)"
            case .closed: "the connection was closed before the answer's end"
            }
        }
    }

    let url: PoolURL
    let options: UpstreamOptions
    let tls: TLSClient?
    let login: DigestAuthorization?

    /// - Parameters:
    ///   - limit: the most bytes that the answer's body may have.
    ///   - secured: is told of the connection's security once it is there.
    /// - Throws: within the options' deadline for requests, which counts from the connection's beginning to the answer's
    ///   end; a description is one line.
    func post(
        path: String, body: [UInt8], limit: Int, secured: @escaping @Sendable (ConnectionSecurity) -> Void
    ) async throws -> Response {
        let answer = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Response.self)
        let deadline = options.requestDeadline
        let timer = answer.futureResult.eventLoop.scheduleTask(in: TimeAmount(deadline)) {
            answer.fail(Failure.deadline(deadline))
        }
        Connecting.bootstrap(options)
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    let status = try tls?.secure(channel)
                    let exchange = Exchange(
                        client: self, path: path, body: ByteBuffer(bytes: body), answer: answer, limit: limit, tls: status,
                        secured: secured)
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(exchange)
                }
            }
            .connect(host: url.host, port: url.port)
            .whenComplete { result in
                switch result {
                case .failure(let error): answer.fail(error)
                // Whatever decides the answer, the deadline or a cancelled task too, ends the connection.
                case .success(let channel): answer.futureResult.whenComplete { _ in Connecting.hangUp(channel) }
                }
            }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await answer.futureResult.get()
        } onCancel: {
            answer.fail(CancellationError())
        }
    }

    /// Sends the request, a second time with a login where that is asked for, and gathers the answer. Completing the
    /// promise once more does nothing, so that each way out may just complete it.
    ///
    /// The second time is on the same connection: monerod's challenge is good there and nowhere else.
    private final class Exchange: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundOut = HTTPClientRequestPart

        private let client: HTTPClient
        private let path: String
        private let requestBody: ByteBuffer
        private let answer: EventLoopPromise<Response>
        private let limit: Int
        private let tls: TLSStatus?
        private let secured: @Sendable (ConnectionSecurity) -> Void
        private var status = 0
        private var challenges: [String] = []
        private var body: [UInt8] = []
        private var hasAnswered = false

        init(
            client: HTTPClient, path: String, body: ByteBuffer, answer: EventLoopPromise<Response>, limit: Int,
            tls: TLSStatus?, secured: @escaping @Sendable (ConnectionSecurity) -> Void
        ) {
            self.client = client
            self.path = path
            requestBody = body
            self.answer = answer
            self.limit = limit
            self.tls = tls
            self.secured = secured
        }

        func channelActive(context: ChannelHandlerContext) {
            send(context, authorization: nil)
            context.fireChannelActive()
        }

        private func send(_ context: ChannelHandlerContext, authorization: String?) {
            var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
            head.headers.add(name: "Host", value: client.url.authority)
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: String(requestBody.readableBytes))
            if let authorization { head.headers.add(name: "Authorization", value: authorization) }
            if client.login == nil || authorization != nil { head.headers.add(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(requestBody))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                if let security = tls?.security { secured(security) }
                status = Int(head.status.code)
                challenges = head.headers["WWW-Authenticate"]
                body = []
            case .body(let part):
                guard body.count + part.readableBytes <= limit else {
                    answer.fail(Failure.tooLong(limit: limit))
                    return
                }
                body.append(contentsOf: part.readableBytesView)
            case .end:
                if status == 401, !hasAnswered, let authorization = authorization() {
                    hasAnswered = true
                    send(context, authorization: authorization)
                } else {
                    answer.succeed(Response(status: status, body: body))
                }
            }
        }

        private func authorization() -> String? {
            let nonce = UInt64.random(in: 0 ... .max)
            return client.login?.answer(
                to: challenges, method: "POST", path: path, clientNonce: String(nonce, radix: 16))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let words = tls?.reason(error) { answer.fail(Words(description: words)) } else { answer.fail(error) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            answer.fail(Failure.closed)
            context.fireChannelInactive()
        }
    }

    private struct Words: Error, CustomStringConvertible { let description: String }
}
