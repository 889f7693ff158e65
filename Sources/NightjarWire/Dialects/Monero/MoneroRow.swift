extension DialectRow {
    /// Monero-style Stratum. Every algorithm that no other row serves is mined in it.
    package static let monero = DialectRow(
        serves: { _ in true },
        miner: { settings, options in
            MoneroDialect(
                login: Login(user: settings.user, password: settings.password, rigID: settings.rigID), options: options)
        },
        sandbox: { number, configuration in
            MoneroSandbox(
                number: number, niceHash: configuration.niceHash, namesAlgorithm: configuration.namesAlgorithm)
        })
}
