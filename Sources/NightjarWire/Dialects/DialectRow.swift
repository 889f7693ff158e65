import NightjarCore

/// Both sides of one pool language: a row of ``Dialects``.
package struct DialectRow: Sendable {
    /// Whether pools for this algorithm speak it.
    package let serves: @Sendable (Algorithm) -> Bool
    /// The miner's side, for a pool with these settings. They are merged into the options already.
    package let miner: @Sendable (PoolSettings, UpstreamOptions) -> any Dialect
    /// The side of a ``SandboxPool``, for the connection of this number.
    package let sandbox: @Sendable (Int, SandboxConfiguration) -> any SandboxDialect
    /// How much easier a pool's difficulty 1 is than Bitcoin's where no setting tells; `nil` in a language that has no such
    /// factor.
    package let difficultyFactor: @Sendable (Algorithm) -> Double?

    package init(
        serves: @escaping @Sendable (Algorithm) -> Bool,
        miner: @escaping @Sendable (PoolSettings, UpstreamOptions) -> any Dialect,
        sandbox: @escaping @Sendable (Int, SandboxConfiguration) -> any SandboxDialect,
        difficultyFactor: @escaping @Sendable (Algorithm) -> Double? = { _ in nil }
    ) {
        self.serves = serves
        self.miner = miner
        self.sandbox = sandbox
        self.difficultyFactor = difficultyFactor
    }
}
