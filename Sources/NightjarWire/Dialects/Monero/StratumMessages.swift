import NightjarCore
import NightjarJSON

/// What a pool sends.
package enum PoolMessage: Sendable, Hashable {
    /// The answer to the request of that number; some pools send errors without one.
    case reply(id: UInt64?, result: JSON, error: PoolError?)
    /// New work.
    case job(JSON)
    /// The pool wants to be connected to anew: the host, unless it names none, and the port.
    case reconnect(host: String?, port: Int?)
    /// A notification that this miner has no use for: its method.
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
        // Pools echo the number as it was sent, or as a string.
        let id = json["id"].flatMap { $0.uint64 ?? $0.string.flatMap { UInt64($0) } }
        // With a request's number it answers that, poorly.
        guard id != nil || members["result"] != nil || members["error"] != nil else {
            throw .noMessage("no method, result or error")
        }
        self = .reply(id: id, result: members["result"] ?? .null, error: error)
    }

    /// `[host, port, seconds]`, each of which may be missing, and the port a string.
    private static func reconnect(_ params: JSON) -> PoolMessage {
        let values = params.array ?? []
        let host = values.first?.string
        let port = values.dropFirst().first.flatMap { $0.uint64 ?? $0.string.flatMap { UInt64($0) } }
        return .reconnect(
            host: host?.isEmpty ?? true ? nil : host, port: port.flatMap { (1...65535).contains($0) ? Int($0) : nil })
    }
}

/// An error that a pool answered with.
package struct PoolError: Sendable, Hashable {
    /// The pool's words; a code where it had none.
    package let text: String

    /// - Parameter json: `{"code":…,"message":…}` with either missing, or just a text.
    package init(_ json: JSON) {
        if let message = json["message"]?.string, !message.isEmpty {
            text = printable(message)
        } else if let message = json.string, !message.isEmpty {
            text = printable(message)
        } else if let code = json["code"] {
            text = "error \(printable(code.text.prefix(40)))"
        } else if let words = json.array?.compactMap(\.string).first {
            text = printable(words)
        } else {
            text = "error without a text"
        }
    }

    package init(text: String) { self.text = text }

    /// What an error means, going by the texts that pools are known to send.
    package enum Meaning: Sendable, Hashable {
        /// The share's job is over.
        case stale
        /// The share is bad.
        case bad
        /// The session is over: log in again.
        case session
    }

    package var meaning: Meaning {
        let lower = text.lowercased()
        if ["invalid job id", "job not found", "block expired", "stale"].contains(where: lower.contains) {
            return .stale
        }
        if ["unauthenticated", "banned"].contains(where: lower.contains) { return .session }
        return .bad
    }
}

/// What a miner sends. Each is one line, its `\n` included.
package enum StratumRequest {
    package static func login(id: UInt64, _ login: Login, agent: String, algorithms: [Algorithm]) -> [UInt8] {
        var params: JSON.Object = [
            "login": .string(login.user), "pass": .string(login.password), "agent": .string(agent),
            "algo": .array(algorithms.map { .string($0.name) }),
        ]
        if let rig = login.rigID { params.append("rigid", .string(rig)) }
        return line(id: id, "login", params)
    }

    /// - Parameters:
    ///   - proof: what is compared with the target is sent as `result`. With a commitment that is the commitment, and
    ///     then the raw hash goes into the field of the name `commitment`: so do xmrig and xmrig-proxy, which looks at
    ///     `result`.
    ///   - algorithm: only for a pool that announced the extension `algo`.
    package static func submit(
        id: UInt64, client: JSON, job: JSON, nonce: UInt32, proof: Proof, algorithm: Algorithm?
    ) -> [UInt8] {
        let nonceBytes = (0..<4).map { UInt8(truncatingIfNeeded: nonce >> (8 * UInt32($0))) }
        var params: JSON.Object = [
            "id": client, "job_id": job, "nonce": .string(Hex.encode(nonceBytes)),
            "result": .string(proof.compared.description),
        ]
        if proof.commitment != nil { params.append("commitment", .string(proof.digest.description)) }
        if let algorithm { params.append("algo", .string(algorithm.name)) }
        return line(id: id, "submit", params)
    }

    package static func keepalive(id: UInt64, client: JSON) -> [UInt8] { line(id: id, "keepalived", ["id": client]) }

    private static func line(id: UInt64, _ method: String, _ params: JSON.Object) -> [UInt8] {
        let message: JSON = .object([
            "id": .number(id), "jsonrpc": .string("2.0"), "method": .string(method), "params": .object(params),
        ])
        return Array((message.text + "\n").utf8)
    }
}

/// Who mines. The description has no password in it.
package struct Login: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A wallet address, or whatever the pool takes for a user; for a node, the wallet address.
    package let user: String
    package let password: String
    /// A name for this machine in the pool's statistics.
    package let rigID: String?

    package init(user: String, password: String = "x", rigID: String? = nil) {
        self.user = user
        self.password = password
        self.rigID = rigID
    }

    package var description: String { "login" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
