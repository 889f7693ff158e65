/// Every algorithm that this build can run on at least one kind of device.
public enum Catalog {
    /// The algorithms in the order in which they are listed.
    public static let all: [Algorithm] = [.cn0, .cn1, .cn2, .cnR, .rx0]

    /// The algorithm of that name or alias, in any case; `nil` when this build has none.
    public static func algorithm(named name: String) -> Algorithm? {
        let lower = name.lowercased()
        let canonical = aliases[lower] ?? lower
        return all.first { $0.name == canonical }
    }

    /// Whether `name` is a name of the field's that this build does not run, so that refusing it can say so.
    public static func isKnownElsewhere(_ name: String) -> Bool { elsewhere.contains(name.lowercased()) }

    /// Other spellings that pools and users have. Accepted on input, never printed.
    private static let aliases: [String: String] = [
        "cryptonight": "cn/0", "cryptonight/0": "cn/0", "cn": "cn/0",
        "cryptonight/1": "cn/1", "cryptonight-monerov7": "cn/1", "cryptonight_v7": "cn/1",
        "cryptonight/2": "cn/2", "cryptonight-monerov8": "cn/2", "cryptonight_v8": "cn/2",
        "cryptonight/r": "cn/r", "cryptonight-r": "cn/r", "cryptonight_r": "cn/r", "cnr": "cn/r",
        "randomx": "rx/0", "randomx/0": "rx/0", "random-x": "rx/0", "rx": "rx/0", "monero": "rx/0",
    ]

    private static let elsewhere: Set<String> = [
        "cn/fast", "cn/half", "cn/xao", "cn/rto", "cn/rwz", "cn/zls", "cn/double", "cn/ccx", "cn/upx2", "cn/gpu",
        "cn-lite/0", "cn-lite/1", "cn-heavy/0", "cn-heavy/xhv", "cn-heavy/tube", "cn-pico", "cn-pico/tlo",
        "rx/2", "rx/wow", "rx/arq", "rx/graft", "rx/sfx", "rx/yada", "sha256d", "scrypt",
    ]
}

extension Algorithm {
    public static let cn0 = cryptonight("cn/0", .v0)
    public static let cn1 = cryptonight("cn/1", .v1)
    public static let cn2 = cryptonight("cn/2", .v2)
    public static let cnR = cryptonight("cn/r", .r)
    public static let rx0 = Algorithm(
        name: "rx/0",
        family: .randomx(
            RandomXParameters(
                argonSalt: Array("RandomX\u{3}".utf8), argonIterations: 3, argonLanes: 1, cacheKiB: 262_144,
                cacheAccesses: 8, superscalarLatency: 170, datasetBaseSize: 2_147_483_648,
                datasetExtraSize: 33_554_368, programCount: 8, programIterations: 2048, programSize: 256,
                scratchpadL3: 2 << 20, scratchpadL2: 256 << 10, scratchpadL1: 16 << 10, jumpBits: 8, jumpOffset: 8,
                frequencies: [
                    16, 7, 16, 7, 16, 4, 4, 1, 4, 1, 8, 2, 15, 5,
                    8, 2, 4, 4, 16, 5, 16, 5, 6, 32, 4, 6,
                    25, 1, 16, 0,
                ])))

    private static func cryptonight(
        _ name: String, _ base: CryptoNightParameters.Base, memory: Int = 2 << 20, iterations: Int = 0x80000,
        mask: UInt32 = 0x1FFFF0
    ) -> Algorithm {
        Algorithm(
            name: name,
            family: .cryptonight(
                CryptoNightParameters(base: base, memory: memory, iterations: iterations, mask: mask)))
    }
}
