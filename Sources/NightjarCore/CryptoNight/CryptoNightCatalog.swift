/// CryptoNight and its variants. A variant is an entry here, and its vectors in `Tests/Vectors`.
enum CryptoNightCatalog {
    static let entries: [Catalog.Entry] = [
        variant("cn/0", .v0, aliases: ["cryptonight", "cryptonight/0", "cn"], coins: "Bytecoin, Monero (old)"),
        variant(
            "cn/1", .v1, aliases: ["cryptonight/1", "cryptonight-monerov7", "cryptonight-v7", "cryptonightv7"],
            coins: "Monero (old)"),
        variant(
            "cn/2", .v2, aliases: ["cryptonight/2", "cryptonight-monerov8", "cryptonight-v8", "cryptonightv8"],
            coins: "Monero (old)"),
        variant(
            "cn/r", .r, aliases: ["cryptonight/r", "cryptonight-r", "cryptonightr", "cnr"],
            coins: "Sumokoin, Monero (old)"),
        variant(
            "cn/fast", .v1, iterations: 0x40000,
            aliases: ["cryptonight/fast", "cn/msr", "cryptonight/msr", "cryptonight-fast", "cryptonight-masari"],
            coins: "Masari (old)"),
        variant(
            "cn/half", .v2, iterations: 0x40000,
            aliases: ["cryptonight/half", "cryptonight-half", "cryptonight-v8-half", "cryptonight-fast-v2"],
            coins: "Masari"),
        variant(
            "cn/xao", .v0, iterations: 0x100000, aliases: ["cryptonight/xao", "cryptonight-alloy"], coins: "Alloy"),
        variant("cn/rto", .v1, .linkedStore, aliases: ["cryptonight/rto", "cryptonight-arto"], coins: "Arto"),
        variant(
            "cn/rwz", .v2, .reversedShuffle, iterations: 0x60000,
            aliases: ["cryptonight/rwz", "cryptonight-rwz", "cryptonight-v8-reversewaltz"], coins: "Graft (old)"),
        variant(
            "cn/zls", .v2, iterations: 0x60000,
            aliases: ["cryptonight/zls", "cryptonight-zls", "cryptonight-v8-zelerius"], coins: "Zelerius"),
        variant(
            "cn/double", .v2, iterations: 0x100000,
            aliases: ["cryptonight/double", "cryptonight-double", "cryptonight-v8-double", "cryptonight-heavyx"],
            coins: "X-Cash"),
        variant(
            "cn/ccx", .v0, .floatFeedback, iterations: 0x40000,
            aliases: ["cryptonight/ccx", "cn/conceal", "cryptonight/conceal", "cryptonight-conceal"],
            coins: "Conceal (old)"),
        variant(
            "cn/upx2", .v2, .reversedShuffle, memory: 128 << 10, iterations: 0x4000, mask: 0x1FFF0,
            aliases: [
                "cryptonight/upx2", "cn-extremelite/upx2", "cryptonight-extremelite/upx2", "cryptonight-upx/2",
                "cn-upx/2",
                "cryptonight-upx2", "cn-femto",
            ], coins: "uPlexa"),
        variant(
            "cn/gpu", .gpu, .heavy, iterations: 0xC000, mask: 0x1FFFC0,
            aliases: ["cryptonight/gpu", "cryptonight-gpu"], coins: "Ryo, Conceal"),
        variant(
            "cn-lite/0", .v0, memory: 1 << 20, iterations: 0x40000, mask: 0xFFFF0,
            aliases: [
                "cryptonight-lite", "cryptonight-lite/0", "cn-lite", "cryptonight-light", "cryptonight-light/0",
                "cn-light",
                "cn-light/0",
            ]),
        variant(
            "cn-lite/1", .v1, memory: 1 << 20, iterations: 0x40000, mask: 0xFFFF0,
            aliases: [
                "cryptonight-lite/1", "cryptonight-aeonv7", "cryptonight-lite-v7", "cryptonight-light/1", "cn-light/1",
            ], coins: "Aeon (old)"),
        heavy("cn-heavy/0", .v0, .heavy, aliases: ["cryptonight-heavy", "cryptonight-heavy/0", "cn-heavy"]),
        heavy(
            "cn-heavy/xhv", .v0, [.heavy, .complementedDivisor],
            aliases: ["cryptonight-heavy/xhv", "cryptonight-haven"], coins: "Haven"),
        heavy(
            "cn-heavy/tube", .v1, [.heavy, .linkedStore, .chainedRound],
            aliases: ["cryptonight-heavy/tube", "cryptonight-bittube2", "cryptonight-saber"], coins: "BitTube"),
        // The main loop of the first stays in the lower half of what is filled and folded.
        variant(
            "cn-pico", .v2, memory: 256 << 10, iterations: 0x10000, mask: 0x1FFF0,
            aliases: [
                "cn-pico/trtl", "cryptonight-pico", "cryptonight-pico/trtl", "cn-pico/0", "cn-trtl", "cn/trtl",
                "cn-turtle",
                "cryptonight-turtle", "cn-ultralite", "cryptonight-ultralite",
            ], coins: "TurtleCoin (old)"),
        variant(
            "cn-pico/tlo", .v2, memory: 256 << 10, iterations: 0x10000, mask: 0x3FFF0,
            aliases: ["cryptonight-pico/tlo", "cryptonight-talleo", "cn-talleo", "cn-tlo"], coins: "Talleo"),
    ]

    private static func heavy(
        _ name: String, _ base: CryptoNightParameters.Base, _ features: CryptoNightParameters.Features,
        aliases: [String] = [], coins: String = ""
    ) -> Catalog.Entry {
        variant(
            name, base, features, memory: 4 << 20, iterations: 0x40000, mask: 0x3FFFF0, aliases: aliases, coins: coins)
    }

    private static func variant(
        _ name: String, _ base: CryptoNightParameters.Base, _ features: CryptoNightParameters.Features = [],
        memory: Int = 2 << 20, iterations: Int = 0x80000, mask: UInt32 = 0x1FFFF0, aliases: [String] = [],
        coins: String = ""
    ) -> Catalog.Entry {
        Catalog.Entry(
            Algorithm(
                name: name,
                parameters: CryptoNightParameters(
                    base: base, features: features, memory: memory, iterations: iterations, mask: mask)),
            aliases: aliases, coins: coins)
    }
}
