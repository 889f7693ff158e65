import Glibc
import NightjarCore
import NightjarJSON

/// A job as a ``SandboxPool`` handed it to one connection.
struct SandboxJob: Sendable {
    let id: String
    let work: Work
    let height: UInt64
    let difficulty: Difficulty
    let nonces: NonceSpace
    /// The nonces that were submitted for its blob.
    var submitted: Set<UInt32> = []

    var target: Target { Target(difficulty: difficulty) }

    /// - Parameter previousID: the block before: 32 bytes, one for all connections at a height.
    init?(
        id: String, algorithm: Algorithm, previousID: [UInt8], height: UInt64, seed: [UInt8], difficulty: Difficulty,
        highByte: UInt8?
    ) {
        var blob = [Self.majorVersion(algorithm), Self.majorVersion(algorithm)]
        blob += Varint.write(UInt64(time(nil)))
        blob += previousID
        if let offset = algorithm.blob.nonceOffset {
            // Not a CryptoNote header's place: what is between is anything.
            blob = blob.prefix(offset) + (blob.count..<max(blob.count, offset)).map { _ in UInt8.random(in: 0...255) }
        }
        let nonceOffset = blob.count
        blob += [0, 0, 0, highByte ?? 0]
        // In place of the transactions' root: random, so that no two connections and no two jobs share a blob.
        blob += (0..<32).map { _ in UInt8.random(in: 0...255) }
        blob += Varint.write(1)
        guard
            let work = try? Work(
                algorithm: algorithm, input: blob, nonceOffset: nonceOffset, height: height,
                seed: algorithm.needs.contains(.seed) ? seed : nil)
        else { return nil }
        self.id = id
        self.work = work
        self.height = height
        self.difficulty = difficulty
        nonces = highByte.map { .niceHash(highByte: $0) } ?? .full
    }

    /// The job object of a login reply or a `job` notification.
    func json(client: String, namesAlgorithm: Bool) -> JSON {
        var members: JSON.Object = [
            "id": .string(client), "job_id": .string(id), "blob": .string(Hex.encode(work.input)),
            "target": .string(target.poolHex), "height": .number(height),
        ]
        if namesAlgorithm { members.append("algo", .string(work.algorithm.name)) }
        if let seed = work.seed {
            members.append("seed_hash", .string(Hex.encode(seed)))
            members.append("next_seed_hash", .string(""))
        }
        return .object(members)
    }

    /// The protocol version in which Monero had the algorithm.
    private static func majorVersion(_ algorithm: Algorithm) -> UInt8 {
        switch algorithm {
        case .cn0: 6
        case .cn1: 7
        case .cn2: 9
        case .cnR: 10
        default: 16
        }
    }
}
