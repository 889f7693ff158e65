import NightjarCore

extension DialectRow {
    /// Bitcoin's Stratum v1, in which the pools of all coins are mined at whose headers are Bitcoin's.
    package static let bitcoin = DialectRow(
        serves: { $0.dialect == .bitcoin }, miner: { BitcoinDialect($0, options: $1) },
        sandbox: { number, configuration in BitcoinSandbox(number: number, algorithm: configuration.algorithms[0]) },
        difficultyFactor: { BitcoinDifficulty.Unit.usualFactor($0) })
}
