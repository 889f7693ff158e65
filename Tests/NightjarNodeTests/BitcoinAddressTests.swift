import NightjarCore
import NightjarNode
import NightjarWire
import Testing

@Suite(.timeLimit(.minutes(1))) struct BitcoinAddressTests {
    private static let hash = String(repeating: "11", count: 20)
    private static let point = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"

    /// Every kind on every network. The texts were made by another program; litecoind gives the same scripts for those
    /// of its regtest.
    @Test func scriptsOfAllKinds() throws {
        let bitcoin = [
            "12ZEw5Hcv1hTb6YUQJ69y1V7uhcoDz92PH": "76a914\(Self.hash)88ac",
            "33FFrcn4Tv1qgGEuXPkkPdr44DuWp3RzPo": "a914\(Self.hash)87",
            "bc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3h8ffkz": "0014\(Self.hash)",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "5120\(Self.point)",
            "mh5CE8Nbj38iND267s4XnvhSmhDW7yWc6Q": "76a914\(Self.hash)88ac",
            "2MtoTvMi65NXBt3sTCXNd1aqKGa7gXsX8CC": "a914\(Self.hash)87",
            "tb1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3apj6d3": "0014\(Self.hash)",
            "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c": "0014\(Self.hash)",
            "BCRT1QFT5P2UHSDCDC3L2UA4AP5QQFG4PJAQLP250X7US7A8QQHRXRXFSQSEAC85":
                "00204ae81572f06e1b88fd5ced7a1a000945432e83e1551e6f721ee9c00b8cc33260",
            "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6": "5120\(Self.point)",
        ]
        let litecoin = [
            "LLnCCHbSzfwWquEdaS5TF2Yt7uz5Qb1SZ1": "76a914\(Self.hash)88ac",
            "M9TQAWC2R2sGUmWodGk6DH6TNvVxiqXnU6": "a914\(Self.hash)87",
            // Bitcoin's version, which Litecoin used first.
            "33FFrcn4Tv1qgGEuXPkkPdr44DuWp3RzPo": "a914\(Self.hash)87",
            "ltc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3nmndwj": "0014\(Self.hash)",
            "ltc1pyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3q29u36u":
                "5120\(String(repeating: "22", count: 32))",
            "tltc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3yfsyac": "0014\(Self.hash)",
            "QNAE3NaL6UaH2EdVpdQe6HGkQxZWWDoUK7": "a914\(Self.hash)87",
            "mh5CE8Nbj38iND267s4XnvhSmhDW7yWc6Q": "76a914\(Self.hash)88ac",
            "rltc1qyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3q3yy7ca":
                "0020\(String(repeating: "22", count: 32))",
            "rltc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqsyzyjh": "5120\(Self.point)",
        ]
        for (coin, addresses) in [(BitcoinCoin.bitcoin, bitcoin), (.litecoin, litecoin)] {
            for (text, script) in addresses {
                #expect(Hex.encode(try BitcoinAddress(text, of: coin).script) == script, "\(text)")
            }
        }
    }

    @Test func networksAreTold() throws {
        func networks(_ text: String, _ coin: BitcoinCoin = .bitcoin) throws -> [Int] {
            let found = try BitcoinAddress(text, of: coin).networks
            return coin.networks.indices.filter { found.contains(coin.networks[$0]) }
        }
        #expect(try networks("12ZEw5Hcv1hTb6YUQJ69y1V7uhcoDz92PH") == [0])
        #expect(try networks("bc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3h8ffkz") == [0])
        #expect(try networks("mh5CE8Nbj38iND267s4XnvhSmhDW7yWc6Q") == [1, 2])
        #expect(try networks("tb1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3apj6d3") == [1])
        #expect(try networks("bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c") == [2])
        #expect(try networks("QNAE3NaL6UaH2EdVpdQe6HGkQxZWWDoUK7", .litecoin) == [1, 2])
        #expect(try networks("tltc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3yfsyac", .litecoin) == [1])
    }

    /// Refused when the settings are read, before any connection.
    @Test(arguments: [
        (
            "ltc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3nmndwj", "sha256d",
            "is an address of Litecoin's; -a sha256d mines Bitcoin"
        ),
        ("LLnCCHbSzfwWquEdaS5TF2Yt7uz5Qb1SZ1", "sha256d", "is an address of Litecoin's; -a sha256d mines Bitcoin"),
        (
            "bc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3h8ffkz", "scrypt",
            "is an address of Bitcoin's; -a scrypt mines Litecoin"
        ),
        ("12ZEw5Hcv1hTb6YUQJ69y1V7uhcoDz92PH", "scrypt", "is an address of Bitcoin's; -a scrypt mines Litecoin"),
        (
            "tmweb1qq0jmtselkz9q57xd524x3jgadhpdwyjljv4f6unz8k8mn3zzfdp7xq4mnt4xq2vrumam50ns8jsawjh6una55l5uqpkm5maj6fgx382ltswqysmr",
            "scrypt", "is an MWEB address, which a block's reward cannot be paid to"
        ),
        ("ltcmweb1qq", "scrypt", "is an MWEB address"),
        ("12ZEw5Hcv1hTb6YUQJ69y1V7uhcoDz92PJ", "sha256d", "its checksum is wrong"),
        ("bc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3h8ffkq", "sha256d", "its checksum is wrong"),
        ("bc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3h8ffKz", "sha256d", "it has small and capital letters"),
        ("D6hLULEGDRbk86j58t5iWmeinqM6acA16V", "scrypt", "is no address of Litecoin's"),
        (
            "bcrt1zzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygsgefjct", "sha256d",
            "witness version 2 with 32 bytes"
        ),
        ("bc1pfeessrawgf", "sha256d", "witness version 1 with 2 bytes"),
        ("bc1pw5dgrnzv", "sha256d", "has a good checksum, but is no address"),
        ("miner", "sha256d", "'miner' is no address"), ("0OIl", "sha256d", "is no address"),
        (String(repeating: "1", count: 35), "sha256d", "is no address"),
        (String(repeating: "z", count: 35), "sha256d", "is no address"),
    ]) func badAddressesAreRefused(_ text: String, _ name: String, _ words: String) throws {
        let algorithm = try #require(Catalog.algorithm(named: name))
        let settings = PoolSettings(url: try PoolURL("daemon+http://127.0.0.1:1"), user: text, algorithm: algorithm)
        let error = #expect(throws: PoolURLError.self) { try NodeClient(settings, options: UpstreamOptions()) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
