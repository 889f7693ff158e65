import NightjarCore
import NightjarJSON

/// The miner's requests in Stratum v1, and its answers to the pool's questions. Each is one line with its `\n`.
package enum BitcoinRequest {
    /// The version bits that BIP 320 leaves to miners.
    package static let versionBits: UInt32 = 0x1FFF_E000
    /// Four versions share most of the work of a hash.
    package static let leastBits = 2

    /// BIP 310: asks for version rolling.
    package static func configure(id: UInt64) -> [UInt8] {
        let wishes: JSON.Object = [
            "version-rolling.mask": .string(hex(versionBits)), "version-rolling.min-bit-count": .number(leastBits),
        ]
        return line(id: id, "mining.configure", [.array([.string("version-rolling")]), .object(wishes)])
    }

    package static func subscribe(id: UInt64, agent: String) -> [UInt8] {
        line(id: id, "mining.subscribe", [.string(agent)])
    }

    package static func authorize(id: UInt64, user: String, password: String) -> [UInt8] {
        line(id: id, "mining.authorize", [.string(user), .string(password)])
    }

    package static func subscribeExtranonce(id: UInt64) -> [UInt8] { line(id: id, "mining.extranonce.subscribe", []) }

    package static func suggest(id: UInt64, difficulty: PoolDifficulty) -> [UInt8] {
        line(id: id, "mining.suggest_difficulty", [.number(difficulty.text)])
    }

    /// - Parameters:
    ///   - bits: the version bits themselves, not how they differ from the job's; `nil` without version rolling.
    package static func submit(
        id: UInt64, user: String, job: JSON, _ parts: HeaderParts, nonce: UInt32, bits: UInt32?
    ) -> [UInt8] {
        var params: [JSON] = [
            .string(user), job, .string(Hex.encode(parts.extranonce2)), .string(hex(parts.time)), .string(hex(nonce)),
        ]
        if let bits { params.append(.string(hex(bits))) }
        return line(id: id, "mining.submit", params)
    }

    package static func answer(_ id: JSON, _ result: String) -> [UInt8] {
        line(["id": id, "result": .string(result), "error": .null])
    }

    /// JSON-RPC's answer to a method that there is not.
    package static func unknownMethod(_ id: JSON) -> [UInt8] {
        line([
            "id": id, "result": .null,
            "error": .object(["code": .number(-32601), "message": .string("Method not found")]),
        ])
    }

    /// Eight digits, the most significant first.
    package static func hex(_ word: UInt32) -> String {
        Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) })
    }

    private static func line(id: UInt64, _ method: String, _ params: [JSON]) -> [UInt8] {
        line(["id": .number(id), "method": .string(method), "params": .array(params)])
    }

    private static func line(_ message: JSON.Object) -> [UInt8] { Array((JSON.object(message).text + "\n").utf8) }
}
