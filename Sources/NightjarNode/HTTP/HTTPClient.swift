import NIOCore
import NIOHTTP1
import NIOPosix
import NightjarPlatform
import NightjarWire
import Synchronization

/// Sends POST requests to one server, and reads answers of limited size.
///
/// Connections are kept between requests, one for each request that runs at the same time. A node is polled once a
/// second, and a TLS handshake costs more than an answer. Monerod also fails to free some TLS connections that end, and
/// accepts no more after 25 of these.
final class HTTPClient: Sendable {
    struct Response: Sendable {
        let status: Int
        let body: [UInt8]
        /// The values of `WWW-Authenticate`.
        let challenges: [String]
    }

    let url: PoolURL
    let login: DigestAuthorization?
    private let options: UpstreamOptions
    private let tls: TLSClient?
    /// Connections without a request.
    private let idle = Locked<[any Channel]>([])

    /// Enough for a poll and for a share that is submitted meanwhile.
    private static let keptConnections = 2

    /// Whether a login may be sent as it stands: over TLS, or within this machine. A proxy connects to another one.
    var sendsPlainLogins: Bool { url.isSecure || (url.isLoopback && options.proxy == nil) }

    /// The client for a node with these settings, which are merged into the options already.
    init(_ settings: PoolSettings, options: UpstreamOptions, login: DigestAuthorization? = nil) {
        url = settings.url
        self.options = options
        self.login = login
        tls = url.isSecure ? TLSClient(host: url.host, pin: settings.fingerprint, trust: options.trust) : nil
    }

    deinit { hangUp() }

    /// Closes the connections without a request.
    func hangUp() {
        let channels = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        channels.forEach(Connecting.hangUp)
    }

    /// Sends a request. When a kept connection turns out to be lost, the request is sent again on a new one, so the
    /// server may execute a request twice.
    ///
    /// - Parameters:
    ///   - path: the path within the node's own; the URL's stands before it.
    ///   - authorization: the value of `Authorization`, for a server that takes a login without a challenge.
    ///   - limit: the most bytes that the answer's body may have.
    ///   - deadline: the most time from connecting to the end of the answer; `nil` is the options' request deadline.
    ///   - secured: gets the connection's security once it is known.
    /// - Throws: an error with a description of one line, at the latest at the deadline.
    func post(
        path: String, body: ByteBuffer, authorization: String? = nil, limit: Int, deadline: Duration? = nil,
        secured: @escaping @Sendable (ConnectionSecurity) -> Void
    ) async throws -> Response {
        let answer = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Response.self)
        let deadline = deadline ?? options.requestDeadline
        let timer = answer.futureResult.eventLoop.scheduleTask(in: TimeAmount(deadline)) {
            answer.fail(HTTPClientError.deadline(deadline))
        }
        defer { timer.cancel() }
        let request = HTTPExchange.Request(
            client: self, path: url.path + path, body: body, authorization: authorization, limit: limit,
            secured: secured, answer: answer)
        if let channel = takeIdle() { begin(request, on: channel) } else { connect(request) }
        return try await withTaskCancellationHandler {
            try await answer.futureResult.get()
        } onCancel: {
            answer.fail(CancellationError())
        }
    }

    /// Sends the request on a new connection.
    func connect(_ request: HTTPExchange.Request) {
        Connecting.connect(to: url, options) { [tls] channel in
            channel.eventLoop.makeCompletedFuture {
                let bytes = AnswerBytes()
                let exchange = HTTPExchange(tls: try tls?.secure(channel), bytes: bytes, first: request)
                try channel.pipeline.syncOperations.addHandler(bytes)
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(exchange)
            }
        }
        .whenComplete { result in
            switch result {
            case .failure(let error): request.answer.fail(error)
            case .success(let channel): Self.watch(request, on: channel)
            }
        }
    }

    private func begin(_ request: HTTPExchange.Request, on channel: any Channel) {
        channel.eventLoop.execute {
            guard let exchange = try? channel.pipeline.syncOperations.handler(type: HTTPExchange.self) else {
                return self.connect(request)
            }
            exchange.begin(request)
            Self.watch(request, on: channel)
        }
    }

    /// Closes the connection when the request ends without a complete answer: at the deadline, when its task is
    /// cancelled, or when the answer is too long.
    private static func watch(_ request: HTTPExchange.Request, on channel: any Channel) {
        request.answer.futureResult.hop(to: channel.eventLoop).whenComplete { _ in
            try? channel.pipeline.syncOperations.handler(type: HTTPExchange.self).abandon(request)
        }
    }

    private func takeIdle() -> (any Channel)? {
        idle.withLock { idle in
            while let channel = idle.popLast() {
                if channel.isActive { return channel }
            }
            return nil
        }
    }

    /// Keeps a connection for the next request, after its answer is complete.
    func keep(_ channel: any Channel) {
        let isKept = idle.withLock { idle in
            idle.removeAll { !$0.isActive }
            guard idle.count < Self.keptConnections else { return false }
            idle.append(channel)
            return true
        }
        if !isKept { Connecting.hangUp(channel) }
    }
}
