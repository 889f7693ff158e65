import NightjarCore

/// A coin whose nodes speak getblocktemplate.
package struct BitcoinCoin: Sendable {
    package let name: String
    package let algorithm: Algorithm
    /// The rules that a template is asked for with, and the only ones that a template may insist on.
    let rules: [String]
    /// The version bits that may be rolled (BIP320). Only SHA-256d's hashing gains by it.
    let versionMask: UInt32
    package let networks: [BitcoinNetwork]

    /// From Bitcoin Core's `src/kernel/chainparams.cpp`.
    package static let bitcoin = BitcoinCoin(
        name: "Bitcoin", algorithm: .sha256d, rules: ["segwit"], versionMask: 0x1fff_e000,
        networks: [
            BitcoinNetwork(
                chains: ["main"], title: "the main network", keyVersion: 0, scriptVersions: [5], prefix: "bc",
                genesis: ["000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"]),
            BitcoinNetwork(
                chains: ["test", "testnet4"], title: "a test network", keyVersion: 111, scriptVersions: [196],
                prefix: "tb",
                genesis: [
                    "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
                    "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
                ]),
            BitcoinNetwork(
                chains: ["regtest"], title: "a regtest network", keyVersion: 111, scriptVersions: [196],
                prefix: "bcrt", genesis: ["0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"]),
        ])

    /// From Litecoin Core's `src/chainparams.cpp`. Each network has an older version for scripts, which was Bitcoin's.
    package static let litecoin = BitcoinCoin(
        name: "Litecoin", algorithm: .scrypt, rules: ["mweb", "segwit"], versionMask: 0,
        networks: [
            BitcoinNetwork(
                chains: ["main"], title: "the main network", keyVersion: 48, scriptVersions: [50, 5], prefix: "ltc",
                mwebPrefix: "ltcmweb", genesis: ["12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"]),
            BitcoinNetwork(
                chains: ["test"], title: "a test network", keyVersion: 111, scriptVersions: [58, 196], prefix: "tltc",
                mwebPrefix: "tmweb", genesis: ["4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0"]),
            BitcoinNetwork(
                chains: ["regtest"], title: "a regtest network", keyVersion: 111, scriptVersions: [58, 196],
                prefix: "rltc", mwebPrefix: "tmweb",
                genesis: ["530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9"]),
        ])

    package static let all = [bitcoin, litecoin]
}
