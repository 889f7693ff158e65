import NightjarJSON

/// One line of JSON-RPC from a pool, read as far as all dialects have it in common. Its bounds are checked.
package enum RPCMessage: Sendable, Hashable {
    /// A notification, or a question when there is an id.
    case call(method: String, params: JSON, id: JSON)
    /// The answer to the request with this number; some pools send errors without a number.
    case reply(id: UInt64?, result: JSON, error: JSON?)

    package init(line: [UInt8]) throws(WireFault) {
        let json: JSON
        do { json = try JSON(parsing: line) } catch { throw .badJSON(error) }
        guard case .object(let members) = json else { throw .noMessage(json.kind) }
        if let value = json["id"] {
            switch value {
            case .string(let text), .number(let text):
                guard text.utf8.count <= JobReader.maximumIDLength else {
                    throw .idTooLong(field: "id", bytes: text.utf8.count)
                }
            default: break
            }
        }
        if let method = json["method"] {
            guard let name = method.string else { throw .noMessage("method is \(method.kind)") }
            self = .call(method: name, params: members["params"] ?? .null, id: json["id"] ?? .null)
            return
        }
        // Pools return the number as a number or as a string.
        let id = json["id"].flatMap { $0.uint64 ?? $0.string.flatMap { UInt64($0) } }
        // A message with a request's number is an answer, even without a result or an error.
        guard id != nil || members["result"] != nil || members["error"] != nil else {
            throw .noMessage("no method, result or error")
        }
        self = .reply(id: id, result: members["result"] ?? .null, error: json["error"])
    }

    /// The parameters of `client.reconnect`: `[host, port, seconds]`. Each may be missing, and the port may be a string.
    package static func reconnect(_ params: JSON) -> (host: String?, port: Int?) {
        let values = params.array ?? []
        let host = values.first?.string
        let port = values.dropFirst().first.flatMap { $0.uint64 ?? $0.string.flatMap { UInt64($0) } }
        return (host?.isEmpty ?? true ? nil : host, port.flatMap { (1...65535).contains($0) ? Int($0) : nil })
    }
}
