/// One network of a coin.
package struct BitcoinNetwork: Sendable, Hashable {
    /// Its names in a node's `getblockchaininfo`. Networks with the same forms of addresses are one here.
    let chains: [String]
    /// Its name in sentences.
    let title: String
    /// The version of a Base58 address that pays a public key's hash,
    let keyVersion: UInt8
    /// and of one that pays a script's hash; the newest first.
    let scriptVersions: [UInt8]
    /// Before the last "1" of a segregated witness address.
    let prefix: String
    /// The same for an address of MWEB, Litecoin's extension blocks.
    let mwebPrefix: String?
    /// The ids of the first blocks of its chains.
    let genesis: [String]

    init(
        chains: [String], title: String, keyVersion: UInt8, scriptVersions: [UInt8], prefix: String,
        mwebPrefix: String? = nil, genesis: [String]
    ) {
        self.chains = chains
        self.title = title
        self.keyVersion = keyVersion
        self.scriptVersions = scriptVersions
        self.prefix = prefix
        self.mwebPrefix = mwebPrefix
        self.genesis = genesis
    }
}
