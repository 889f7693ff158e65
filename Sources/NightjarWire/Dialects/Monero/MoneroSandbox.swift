import Glibc
import NightjarCore
import NightjarJSON

/// The pool's side of Monero-style Stratum, for a ``SandboxPool``.
package struct MoneroSandbox: SandboxDialect {
    /// The pool's name for the session.
    private let client: String
    private let isNiceHash: Bool
    private let namesAlgorithm: Bool
    /// The nonce's highest byte in NiceHash mode.
    private let highByte: UInt8
    private var isLoggedIn = false

    /// - Parameter number: the connection's number.
    package init(number: Int, niceHash: Bool, namesAlgorithm: Bool) {
        client = "sandbox-\(number)"
        highByte = UInt8(truncatingIfNeeded: number)
        isNiceHash = niceHash
        self.namesAlgorithm = namesAlgorithm
    }

    package mutating func take(_ line: [UInt8]) -> SandboxRequest {
        guard let message = try? JSON(parsing: line), let method = message["method"]?.string else { return .nonsense }
        let id = message["id"] ?? .null
        let params = message["params"] ?? .null
        switch method {
        case "login":
            guard params["login"]?.string != nil else { return .answered(refusal(id, "Missing login")) }
            return .login(id)
        case "submit":
            return .submit(
                id,
                SandboxShare(
                    job: params["job_id"]?.string ?? "",
                    isAuthorized: isLoggedIn && params["id"]?.string == client,
                    nonce: params["nonce"]?.string.flatMap(Self.nonce), params: params))
        case "keepalived": return .answered(answer(id, result: .object(["status": .string("KEEPALIVED")])))
        default: return .answered(refusal(id, "Unknown method"))
        }
    }

    private static func nonce(_ text: String) -> UInt32? {
        guard text.utf8.count == 8, let bytes = Hex.decode(text) else { return nil }
        return bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }

    package mutating func job(_ order: SandboxOrder) -> SandboxJob? {
        let version = MoneroFork.version(of: order.algorithm)
        var blob = [version, version] + Varint.write(UInt64(time(nil))) + order.previousID
        if let offset = order.algorithm.blob.nonceOffset {
            // The algorithm's nonce does not stand where a CryptoNote header has it: random bytes fill the gap.
            blob = blob.prefix(offset) + (blob.count..<max(blob.count, offset)).map { _ in UInt8.random(in: 0...255) }
        }
        let nonceOffset = blob.count
        blob += [0, 0, 0, isNiceHash ? highByte : 0]
        // Random bytes in place of the transactions' root, so that no two connections or jobs share a blob.
        blob += (0..<32).map { _ in UInt8.random(in: 0...255) }
        blob += Varint.write(1)
        guard
            let epoch = try? Epoch(order.algorithm, height: order.height, seed: order.seed),
            let work = try? Work(algorithm: order.algorithm, input: blob, nonceOffset: nonceOffset, epoch: epoch)
        else { return nil }
        return SandboxJob(
            order, work: work, target: Target(poolDifficulty: order.difficulty),
            nonces: isNiceHash ? .niceHash(highByte: highByte) : .full)
    }

    package mutating func welcome(_ request: JSON, _ job: SandboxJob) -> String {
        isLoggedIn = true
        let extensions = ["algo", "keepalive"] + (isNiceHash ? ["nicehash"] : [])
        return answer(
            request,
            result: .object([
                "id": .string(client), "status": .string("OK"), "extensions": .array(extensions.map { .string($0) }),
                "job": json(job),
            ]))
    }

    package func notification(_ job: SandboxJob) -> String {
        JSON.object(["jsonrpc": .string("2.0"), "method": .string("job"), "params": json(job)]).text + "\n"
    }

    package func acceptance(_ request: JSON) -> String {
        answer(request, result: .object(["status": .string("OK")]))
    }

    package func refusal(_ request: JSON, _ text: String) -> String {
        answer(request, error: .object(["code": .number("-1"), "message": .string(text)]), result: .null)
    }

    package func claim(of share: SandboxShare, in job: SandboxJob) -> SandboxClaim {
        func digest(_ field: String) -> Digest? { share.params[field]?.string.flatMap { Digest(hex: $0) } }
        guard let result = digest("result") else { return .invalid }
        if let name = share.params["algo"]?.string, name != job.work.algorithm.name { return .invalid }
        guard job.work.algorithm.hasCommitment else { return .proof(Proof(digest: result, commitment: nil)) }
        // The field `commitment` holds the raw hash: see StratumRequest.submit.
        guard let hash = digest("commitment") else { return .invalid }
        return .proof(Proof(digest: hash, commitment: result))
    }

    private func answer(_ id: JSON, error: JSON = .null, result: JSON) -> String {
        JSON.object(["id": id, "jsonrpc": .string("2.0"), "error": error, "result": result]).text + "\n"
    }

    /// The job object of a login reply or a `job` notification.
    private func json(_ job: SandboxJob) -> JSON {
        var members: JSON.Object = [
            "id": .string(client), "job_id": .string(job.id), "blob": .string(Hex.encode(job.work.input)),
            "target": .string(job.target.poolHex), "height": .number(job.height),
        ]
        if namesAlgorithm { members.append("algo", .string(job.work.algorithm.name)) }
        if let seed = job.work.seed {
            members.append("seed_hash", .string(Hex.encode(seed)))
            members.append("next_seed_hash", .string(""))
        }
        return .object(members)
    }
}
