import NightjarCore
import NightjarWire

extension DialectRow {
    /// - Parameters:
    ///   - bits: the pool's units of work have 2 to the power of this many nonces.
    ///   - target: what the pool asks of shares for this work.
    package static func toy(
        bits: Int = 32, target: @escaping @Sendable (ToyWork, Difficulty) -> Target = { Target(difficulty: $1) }
    ) -> DialectRow {
        DialectRow(
            serves: { $0.family == ToyParameters.family },
            miner: { settings, options in
                ToyDialect(
                    user: settings.user, algorithm: options.algorithms.first { $0.family == ToyParameters.family })
            },
            sandbox: { number, _ in ToySandbox(number: number, bits: bits, target: target) })
    }
}
