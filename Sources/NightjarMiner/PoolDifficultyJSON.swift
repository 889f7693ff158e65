import NightjarJSON
import NightjarWire

extension JSON {
    /// A pool's difficulty as the pool writes it.
    package static func number(_ difficulty: PoolDifficulty) -> JSON { .number(difficulty.text) }

    /// A pool's difficulty as the pool writes it, or `null` for none.
    package static func optional(_ difficulty: PoolDifficulty?) -> JSON { difficulty.map { .number($0.text) } ?? .null }
}
