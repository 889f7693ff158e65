import HTTPTypes
import NightjarJSON
import NightjarMiner

/// JSON-RPC 2.0, one call a request: <https://www.jsonrpc.org/specification>.
enum RemoteCall {
    /// Answers a request's body; `run` executes the command.
    static func answer(
        _ body: [UInt8], run: (ControlCommand) async -> (@Sendable () async -> Void)?
    ) async -> Reply {
        let call: JSON
        do { call = try JSON(parsing: body) } catch { return failure(.badRequest, id: nil, -32700, "\(error)") }
        let id = call["id"]
        switch id {
        case nil, .number: break
        case .string(let text) where text.utf8.count <= 256: break
        default: return failure(.badRequest, id: nil, -32600, "the id must be a number or a short string")
        }
        guard call.object != nil, let method = call["method"]?.string else {
            return failure(.badRequest, id: id, -32600, "not a call with a method")
        }
        if let version = call["jsonrpc"], version != .string("2.0") {
            return failure(.badRequest, id: id, -32600, "only JSON-RPC 2.0 is supported")
        }
        guard let command = ControlCommand(rawValue: method) else {
            return failure(.ok, id: id, -32601, "Method not found")
        }
        let afterwards = await run(command)
        var answer = reply(.ok, id: id, "result", .object(["status": .string("OK")]))
        answer.afterwards = afterwards
        return answer
    }

    static func isObject(_ body: [UInt8]) -> Bool { (try? JSON(parsing: body))?.object != nil }

    private static func failure(_ status: HTTPStatus, id: JSON?, _ code: Int, _ message: String) -> Reply {
        reply(status, id: id, "error", .object(["code": .number(code), "message": .string(message)]))
    }

    private static func reply(_ status: HTTPStatus, id: JSON?, _ name: String, _ value: JSON) -> Reply {
        let json = JSON.object(["id": id ?? .null, "jsonrpc": .string("2.0"), name: value])
        return Reply(status, type: Reply.json, body: Array(json.text.utf8) + [UInt8(ascii: "\n")])
    }
}
