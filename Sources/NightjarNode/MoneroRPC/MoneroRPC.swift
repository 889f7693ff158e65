import NIOCore
import NightjarCore
import NightjarJSON
import NightjarWire

/// A Monero node's RPC over HTTP or HTTPS, with a login where the node needs one (`--rpc-login`).
struct MoneroRPC: Sendable {
    let http: HTTPClient
    let secured: NodeRow.Secured

    /// The most bytes of an answer. A template with its block's transaction ids is far smaller.
    static let responseLimit = 4 << 20

    /// JSON-RPC 2.0, `POST /json_rpc`. Returns the result.
    func call(_ method: String, _ params: JSON) async throws(NodeRPCError) -> JSON {
        let request: JSON = .object([
            "id": .string("0"), "jsonrpc": .string("2.0"), "method": .string(method), "params": params,
        ])
        return try await result(of: ByteBuffer(string: request.text))
    }

    /// Sends a JSON-RPC request, and returns the result.
    func result(of request: ByteBuffer) async throws(NodeRPCError) -> JSON {
        let answer = try await post("/json_rpc", request)
        if let error = answer["error"] {
            throw .node(code: error["code"]?.int64, message: PoolError(error).words)
        }
        guard let result = answer["result"] else { throw .malformed("no result") }
        return try checked(result)
    }

    /// The height of the next block, and the id of the block before it.
    func tip() async throws(NodeRPCError) -> (height: UInt64, hash: String?) {
        let answer = try checked(try await post("/get_height", ByteBuffer(string: "{}")))
        guard let height = answer["height"]?.uint64 else { throw .malformed("no height") }
        return (height, answer["hash"]?.string)
    }

    /// The id of the main chain's block at `height`, and whether the node calls it an orphan.
    func header(at height: UInt64) async throws(NodeRPCError) -> (hash: String, orphan: Bool) {
        let result = try await call("get_block_header_by_height", .object(["height": .number(height)]))
        guard let header = result["block_header"], let hash = header["hash"]?.string,
            let orphan = header["orphan_status"]?.bool
        else { throw .malformed("no block header") }
        return (hash, orphan)
    }

    /// Checks a result's `status`: the node puts `BUSY` and other errors there.
    private func checked(_ result: JSON) throws(NodeRPCError) -> JSON {
        if let status = result["status"]?.string, status != "OK" {
            throw .node(code: nil, message: "\(theirs: status)")
        }
        return result
    }

    private func post(_ path: String, _ body: ByteBuffer) async throws(NodeRPCError) -> JSON {
        let response: HTTPClient.Response
        do {
            response = try await http.post(
                path: path, body: body, limit: Self.responseLimit, secured: secured)
        } catch {
            throw .transport(Connecting.reason(error))
        }
        switch response.status {
        case 200: break
        case 401 where http.login == nil:
            throw .transport("the node wants a login (--rpc-login): give it as USER:PASS after -p")
        case 401 where BasicAuthorization.isAsked(in: response.challenges) && !http.sendsPlainLogins:
            throw .transport(
                """
                the server in front of the node asks for the login in plain text (HTTP Basic), and the connection is not \
                encrypted: it was not sent; use daemon+https://
                """)
        case 401: throw .transport("the node refuses the login that was given after -p")
        default: throw .transport("HTTP status \(response.status)")
        }
        do { return try JSON(parsing: response.body) } catch { throw .malformed("\(ours: error)") }
    }
}
