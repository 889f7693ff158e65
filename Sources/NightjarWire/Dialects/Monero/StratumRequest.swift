import NightjarCore
import NightjarJSON

/// The miner's requests. Each is one line with its `\n`.
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
    ///   - proof: `result` carries the value that is compared with the target. For an algorithm with a commitment this
    ///     is the commitment, and the raw hash goes into the field called `commitment`. xmrig does the same, and
    ///     xmrig-proxy checks `result`.
    ///   - algorithm: sent only to a pool that announced the extension `algo`.
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
