import NIOCore
import NIOHTTP1
import NIOPosix

/// A POST, and its bounded answer, on a connection of its own: a node is asked about once a second.
enum HTTPClient {
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

    /// - Parameters:
    ///   - limit: the most bytes that the answer's body may have.
    ///   - deadline: from the connection's beginning to the answer's end.
    static func post(
        _ url: PoolURL, path: String, body: [UInt8], limit: Int, connectTimeout: Duration, deadline: Duration
    ) async throws -> Response {
        let answer = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Response.self)
        let timer = answer.futureResult.eventLoop.scheduleTask(in: TimeAmount(deadline)) {
            answer.fail(Failure.deadline(deadline))
        }
        Connecting.bootstrap(timeout: connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Collector(answer: answer, limit: limit))
                }
            }
            .connect(host: url.host, port: url.port)
            .whenComplete { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let channel):
                    // Whatever decides the answer, the deadline or a cancelled task too, ends the connection.
                    answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
                    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
                    head.headers.add(name: "Host", value: url.authority)
                    head.headers.add(name: "Content-Type", value: "application/json")
                    head.headers.add(name: "Content-Length", value: String(body.count))
                    head.headers.add(name: "Connection", value: "close")
                    channel.write(HTTPClientRequestPart.head(head), promise: nil)
                    channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
                    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                }
            }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await answer.futureResult.get()
        } onCancel: {
            answer.fail(CancellationError())
        }
    }

    /// Gathers an answer. Completing the promise a second time does nothing, so that each way out may just complete it.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private let answer: EventLoopPromise<Response>
        private let limit: Int
        private var status = 0
        private var body: [UInt8] = []

        init(answer: EventLoopPromise<Response>, limit: Int) {
            self.answer = answer
            self.limit = limit
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): status = Int(head.status.code)
            case .body(let part):
                guard body.count + part.readableBytes <= limit else {
                    answer.fail(Failure.tooLong(limit: limit))
                    return
                }
                body.append(contentsOf: part.readableBytesView)
            case .end: answer.succeed(Response(status: status, body: body))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { answer.fail(error) }

        func channelInactive(context: ChannelHandlerContext) {
            answer.fail(Failure.closed)
            context.fireChannelInactive()
        }
    }
}
