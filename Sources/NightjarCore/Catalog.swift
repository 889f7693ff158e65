/// Every algorithm that this build can run on at least one kind of device.
public enum Catalog {
    /// The algorithms in the order in which they are listed.
    public static let all: [Algorithm] = [
        .cn0, .cn1, .cn2, .cnR,
        .rx0, .rx2, .rxWow, .rxArq, .rxGraft, .rxSfx, .rxYada,
    ]

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
        "randomx/2": "rx/2", "randomx-v2": "rx/2", "randomxv2": "rx/2", "rx/v2": "rx/2",
        "randomx/wow": "rx/wow", "randomwow": "rx/wow",
        "randomx/arq": "rx/arq", "randomarq": "rx/arq",
        "randomx/graft": "rx/graft", "randomgraft": "rx/graft",
        "randomx/sfx": "rx/sfx", "randomsfx": "rx/sfx",
        "randomx/yada": "rx/yada", "randomyada": "rx/yada",
    ]

    private static let elsewhere: Set<String> = [
        "cn/fast", "cn/half", "cn/xao", "cn/rto", "cn/rwz", "cn/zls", "cn/double", "cn/ccx", "cn/upx2", "cn/gpu",
        "cn-lite/0", "cn-lite/1", "cn-heavy/0", "cn-heavy/xhv", "cn-heavy/tube", "cn-pico", "cn-pico/tlo",
        "sha256d", "scrypt",
    ]
}

extension Algorithm {
    public static let cn0 = cryptonight("cn/0", .v0)
    public static let cn1 = cryptonight("cn/1", .v1)
    public static let cn2 = cryptonight("cn/2", .v2)
    public static let cnR = cryptonight("cn/r", .r)

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
