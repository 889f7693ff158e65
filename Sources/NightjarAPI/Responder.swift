import HTTPTypes
import HummingbirdCore
import NIOCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization

/// Answers requests. All refusals are made here, in a fixed order.
final class Responder: Sendable {
    /// The most bytes of a request's body.
    static let mostBody = 64 << 10

    private let options: APIOptions
    private let machine: Machine
    private let snapshot: @Sendable () -> MinerSnapshot
    private let control: any MinerControl
    private let access: Locked<Access>
    private let guesses: TokenGuesses

    init(
        options: APIOptions, machine: Machine, snapshot: @escaping @Sendable () -> MinerSnapshot,
        control: any MinerControl
    ) {
        self.options = options
        self.machine = machine
        self.snapshot = snapshot
        self.control = control
        guesses = TokenGuesses(time: options.time)
        access = Locked(Access(options: options, bound: nil, hostName: machine.hostName))
    }

    /// Takes the address on which the server really listens, for a host that was given by name.
    func listens(on address: String?) {
        access.withLock { $0 = Access(options: options, bound: address, hostName: machine.hostName) }
    }

    func respond(to request: Request, from visitor: Visitor) async -> Reply {
        var reply = await answer(to: request, from: visitor)
        reply.finish(closes: request.headers[.connection]?.lowercased() == "close")
        return reply
    }

    private func answer(to request: Request, from visitor: Visitor) async -> Reply {
        let access = self.access.withLock { $0 }
        guard let authority = request.head.authority,
            !request.headers.contains(where: { $0.name.canonicalName == "host" })
        else {
            return .refusal(.badRequest, "one Host header is needed")
        }
        // This does not normalise URLs: a path with another spelling is another path.
        let target = (request.head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let route = target.first.flatMap { Route.all[String($0)] }
        let isOwnName = access.allows(host: authority)
        guard isOwnName || route?.takesAnyHost == true else {
            return .refusal(
                .misdirectedRequest, "the Host header does not name this server; --api-host adds a name")
        }
        guard let route else { return .refusal(.notFound, "there is no such path") }
        if Self.isFromAnotherSite(request, route) {
            return .refusal(.forbidden, "another site's page asks: there is nothing for it here")
        }
        guard route.allows(request.method) else {
            var reply = Reply.refusal(.methodNotAllowed, "only \(route.methods)")
            reply.headers[.allow] = route.methods
            return reply
        }
        if let refusal = await demandToken(for: route, request, access, visitor) { return refusal }
        if route.isWrite { return await write(route, request) }
        return read(route, query: target.count > 1 ? target[1] : "", access, isOwnName: isOwnName)
    }

    /// Whether a browser says that a page of another origin asks. A link from elsewhere may lead to the dashboard.
    private static func isFromAnotherSite(_ request: Request, _ route: Route) -> Bool {
        func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
        guard let site = value("Sec-Fetch-Site"), site != "same-origin", site != "none" else { return false }
        if case .file = route, value("Sec-Fetch-Mode") == "navigate" { return false }
        return true
    }

    private func demandToken(
        for route: Route, _ request: Request, _ access: Access, _ visitor: Visitor
    ) async -> Reply? {
        if route.isWrite, !access.allowsControl {
            return .refusal(.forbidden, "nothing can be changed without a token: start the miner with --api-token-file")
        }
        guard access.demandsToken, !route.isPublic else { return nil }
        guard let token = Access.token(in: request.headers[.authorization]) else {
            return .unauthorized("a token is needed: Authorization: Bearer TOKEN")
        }
        let verdict = await guesses.judge(
            from: visitor.address, wait: { [guesses] in await visitor.wait($0, guesses.time.sleep) },
            isRight: { access.allows(token: token) })
        switch verdict {
        case .right: return nil
        case .wrong, .gone: return .unauthorized("the token is wrong")
        case .tooMany(let wait):
            var reply = Reply.refusal(.tooManyRequests, "too many wrong tokens from this address: wait")
            reply.headers[.retryAfter] = String(max(1, wait.components.seconds + 1))
            return reply
        }
    }

    private func read(_ route: Route, query: Substring, _ access: Access, isOwnName: Bool) -> Reply {
        switch route {
        case .file(let file):
            var reply = Reply(type: file.type, body: file.bytes)
            reply.headers[.cacheControl] = "no-cache"
            return reply
        case .health:
            let snapshot = snapshot()
            return MinerCondition(snapshot).reply(withReason: isOwnName, hasHistory: snapshot.historyFault == nil)
        case .summary(let version): return Reply(fleetView(access).summary(version))
        case .backends: return Reply(fleetView(access).backends())
        case .state:
            let asked = query.split(separator: "&").last { $0.hasPrefix("range=") }.map { Int64($0.dropFirst(6)) }
            guard let range = asked ?? DashboardState.ranges[0], DashboardState.ranges.contains(range) else {
                let ranges = DashboardState.ranges.map(String.init).joined(separator: ", ")
                return .refusal(.badRequest, "range: one of \(ranges) seconds")
            }
            return Reply(
                DashboardState.json(
                    snapshot(), options: options, machine: machine, range: range, allowsControl: access.allowsControl,
                    now: .now))
        case .metrics:
            let text = Metrics.all(snapshot(), options: options, resources: .current())
            return Reply(type: Metrics.type, body: Array(text.utf8))
        case .threads: return Reply(fleetView(access).threads())
        case .configuration:
            guard access.demandsToken else {
                return .refusal(.forbidden, "the configuration is shown only where there is a token (--api-token-file)")
            }
            guard let text = options.configuration() else { return .refusal(.notFound, "there is no configuration") }
            return Reply(type: Reply.json, body: Array(text.utf8))
        case .call, .command: return .refusal(.methodNotAllowed, "only POST")
        }
    }

    private func fleetView(_ access: Access) -> FleetView {
        FleetView(
            snapshot: snapshot(), options: options, machine: machine, resources: .current(),
            isRestricted: !access.allowsControl)
    }

    private func write(_ route: Route, _ request: Request) async -> Reply {
        // A form on another site can send other content types without a CORS check.
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == Reply.json else {
            return .refusal(.unsupportedMediaType, "Content-Type: application/json is needed")
        }
        let body: [UInt8]
        do {
            body = Array(buffer: try await request.body.collect(upTo: Self.mostBody))
        } catch is NIOTooManyBytesError {
            return .refusal(.contentTooLarge, "at most \(Self.mostBody) bytes")
        } catch {
            return .refusal(.badRequest, "the body could not be read")
        }
        switch route {
        case .command(let command):
            // The command needs no body. A body that is not an object was meant for something else.
            guard body.isEmpty || RemoteCall.isObject(body) else { return .refusal(.badRequest, "send no body, or {}") }
            let afterwards = await command.run(on: control)
            var reply = command.reply
            reply.afterwards = afterwards
            return reply
        default: return await RemoteCall.answer(body) { [control] in await $0.run(on: control) }
        }
    }
}

extension Reply {
    fileprivate static func unauthorized(_ message: String) -> Reply {
        var reply = refusal(.unauthorized, message)
        reply.headers[.wwwAuthenticate] = "Bearer realm=\"nightjar\""
        return reply
    }

    /// Adds the headers that depend on the answer; ``GuardHeaders`` adds those that every answer has.
    fileprivate mutating func finish(closes: Bool) {
        headers[.contentType] = type
        headers[.contentLength] = String(body.count)
        if closes { headers[.connection] = "close" }
    }

    var head: HTTPResponse { HTTPResponse(status: status, headerFields: headers) }

    /// The body; empty for HEAD, which has the same headers.
    func responseBody(to method: HTTPRequest.Method) -> ResponseBody {
        method == .head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body))
    }
}
