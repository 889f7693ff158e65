import NightjarJSON

/// A message from a pool.
package enum PoolMessage: Sendable, Hashable {
    /// The answer to the request with this number; some pools send errors without a number.
    case reply(id: UInt64?, result: JSON, error: PoolError?)
    /// New work.
    case job(JSON)
    /// The pool asks the miner to reconnect, to this host and port where it names them.
    case reconnect(host: String?, port: Int?)
    /// A notification that Nightjar does not use: its method.
    case other(String)

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
            let params = members["params"] ?? .null
            switch name {
            case "job": self = .job(params)
            case "client.reconnect": self = Self.reconnect(params)
            default: self = .other(name)
            }
            return
        }
        let error = json["error"].map { PoolError($0) }
        // Pools return the number as a number or as a string.
        let id = json["id"].flatMap { $0.uint64 ?? $0.string.flatMap { UInt64($0) } }
        // A message with a request's number is an answer, even without a result or an error.
        guard id != nil || members["result"] != nil || members["error"] != nil else {
            throw .noMessage("no method, result or error")
        }
        self = .reply(id: id, result: members["result"] ?? .null, error: error)
    }

    /// `[host, port, seconds]`. Each may be missing, and the port may be a string.
    private static func reconnect(_ params: JSON) -> PoolMessage {
        let values = params.array ?? []
        let host = values.first?.string
        let port = values.dropFirst().first.flatMap { $0.uint64 ?? $0.string.flatMap { UInt64($0) } }
        return .reconnect(
            host: host?.isEmpty ?? true ? nil : host, port: port.flatMap { (1...65535).contains($0) ? Int($0) : nil })
    }
}
