import NIOCore
import NightjarJSON
import NightjarWire

/// The JSON-RPC of bitcoind and litecoind: over HTTP, with a login in each request.
struct BitcoinRPC: Sendable {
    let http: HTTPClient
    let login: BitcoinLogin
    let secured: NodeRow.Secured

    /// The most bytes of an ordinary answer.
    private static let ordinaryLimit = 1 << 20
    /// The most bytes of a template: a full block of small transactions, in hex, takes about half of this.
    static let templateLimit = 32 << 20

    /// Returns the result, which may be ``JSON/null``.
    ///
    /// - Parameters:
    ///   - limit: the most bytes of the answer.
    ///   - deadline: the most time for it; `nil` is the ordinary one.
    func call(
        _ method: String, _ params: [JSON] = [], limit: Int = Self.ordinaryLimit, deadline: Duration? = nil
    ) async throws(NodeRPCError) -> JSON {
        let request: JSON = .fields([
            "jsonrpc": .string("1.0"), "id": .string("0"), "method": .string(method), "params": .array(params),
        ])
        return try await result(of: ByteBuffer(string: request.text), limit: limit, deadline: deadline)
    }

    /// Sends a request, and returns the result.
    func result(
        of request: ByteBuffer, limit: Int = Self.ordinaryLimit, deadline: Duration? = nil
    ) async throws(NodeRPCError) -> JSON {
        let response = try await post(request, limit, deadline)
        let answer: JSON
        do { answer = try JSON(parsing: response.body) } catch {
            // The node's own errors are JSON, with the status 404 or 500. Its HTTP server's are not.
            guard response.status == 200 else { throw .transport("HTTP status \(response.status)") }
            throw .malformed("\(ours: error)")
        }
        if let error = answer["error"] { throw .node(code: error["code"]?.int64, message: PoolError(error).words) }
        guard case .object(let members) = answer, let result = members["result"] else {
            throw .malformed("no result")
        }
        return result
    }

    private func post(_ body: ByteBuffer, _ limit: Int, _ deadline: Duration?) async throws(NodeRPCError)
        -> HTTPClient.Response
    {
        let authorization = try login.authorization()
        var response = try await send(body, authorization, limit, deadline)
        if response.status == 401 {
            // A node that has started again has another cookie.
            guard let anew = try login.authorization(anew: true), anew != authorization else {
                throw .login(login.refusal)
            }
            response = try await send(body, anew, limit, deadline)
        }
        switch response.status {
        case 401: throw .login(login.refusal)
        case 403: throw .transport("the node does not allow this machine's address (its setting rpcallowip)")
        case 503: throw .busy("the node is busy (HTTP status 503)")
        default: return response
        }
    }

    private func send(
        _ body: ByteBuffer, _ authorization: String?, _ limit: Int, _ deadline: Duration?
    ) async throws(NodeRPCError) -> HTTPClient.Response {
        do {
            return try await http.post(
                path: "/", body: body, authorization: authorization, limit: limit, deadline: deadline,
                secured: secured)
        } catch {
            throw .transport(Connecting.reason(error))
        }
    }
}
