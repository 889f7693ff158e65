import NightjarJSON
import NightjarWire

extension JSON {
    /// A pool's difficulty as the pool writes it.
    package static func number(_ difficulty: PoolDifficulty) -> JSON { .number(difficulty.text) }

    /// How many hashes a pool's difficulty stands for: an integer, whatever the pool's unit.
    package static func expectedHashes(_ difficulty: PoolDifficulty) -> JSON {
        if difficulty.hashesPerUnit == 1, UInt128(difficulty.text) != nil { return .number(difficulty.text) }
        let hashes = difficulty.expectedHashes.rounded()
        return UInt128(exactly: hashes).map { .number(String($0)) } ?? .number(hashes)
    }

    /// A pool's difficulty as the pool writes it, or `null` for none.
    package static func optional(_ difficulty: PoolDifficulty?) -> JSON { difficulty.map { .number($0.text) } ?? .null }
}
