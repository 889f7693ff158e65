import HTTPTypes
import NightjarJSON
import NightjarMiner

/// What may be done to the miner through the API.
enum Command: String, Sendable, CaseIterable {
    case pause, resume, stop

    /// Does it. A stop is only begun once the answer has left, because the process ends with it.
    ///
    /// Resuming takes back the wish of whoever paused it, here or with a key. Battery, hours and heat stay.
    /// - Returns: what is to be done after the answer.
    func run(on control: any MinerControl) async -> (@Sendable () async -> Void)? {
        switch self {
        case .pause: await control.pause(.api)
        case .resume:
            await control.resume(.api)
            await control.resume(.user)
        case .stop: return { await control.stop(.request) }
        }
        return nil
    }

    /// The answer of `POST /pause` and its like.
    var reply: Reply { Reply(.fields(["status": .string("OK")])) }
}

/// JSON-RPC 2.0, one call a request: <https://www.jsonrpc.org/specification>.
enum RemoteCall {
    /// The answer to a body; `run` does what it asks for.
    static func answer(
        _ body: [UInt8], run: (Command) async -> (@Sendable () async -> Void)?
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
            return failure(.badRequest, id: id, -32600, "only JSON-RPC 2.0 is spoken")
        }
        guard let command = Command(rawValue: method) else { return failure(.ok, id: id, -32601, "Method not found") }
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
