import NightjarCore
import NightjarJSON

/// The miner's requests. Each is one line with its `\n`.
package enum StratumRequest {
    /// - Parameters:
    ///   - measured: hashes per second by the algorithm's name. A pool that switches algorithms chooses by them, and takes
    ///     a miner that sends none for one with its defaults.
    ///   - algorithmTime: for how many seconds it should stay with one.
    package static func login(
        id: UInt64, _ login: Login, agent: String, algorithms: [Algorithm], measured: [String: Double] = [:],
        algorithmTime: Int? = nil
    ) -> [UInt8] {
        var params: JSON.Object = [
            "login": .string(login.user), "pass": .string(login.password), "agent": .string(agent),
            "algo": .array(algorithms.map { .string($0.name) }),
        ]
        if let rig = login.rigID { params.append("rigid", .string(rig)) }
        let rates = algorithms.compactMap { algorithm in
            measured[algorithm.name].map { JSON.Field(algorithm.name, .number($0)) }
        }
        if !rates.isEmpty { params.append("algo-perf", .object(rates)) }
        if let algorithmTime { params.append("algo-min-time", .number(algorithmTime)) }
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
