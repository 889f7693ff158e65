/// Every algorithm that this build can run on at least one kind of device.
public enum Catalog {
    /// The algorithms in the order in which they are listed.
    public static let all: [Algorithm] = [
        .cn0, .cn1, .cn2, .cnR, .cnFast, .cnHalf, .cnXao, .cnRto, .cnRwz, .cnZls, .cnDouble, .cnCcx, .cnUpx2, .cnGPU,
        .cnLite0, .cnLite1, .cnHeavy0, .cnHeavyXhv, .cnHeavyTube, .cnPico, .cnPicoTlo,
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
        "cryptonight/fast": "cn/fast", "cn/msr": "cn/fast", "cryptonight/msr": "cn/fast",
        "cryptonight/half": "cn/half", "cryptonight/xao": "cn/xao", "cryptonight_alloy": "cn/xao",
        "cryptonight/rto": "cn/rto", "cryptonight/rwz": "cn/rwz", "cryptonight/zls": "cn/zls",
        "cryptonight/double": "cn/double", "cryptonight/ccx": "cn/ccx", "cn/conceal": "cn/ccx",
        "cryptonight/conceal": "cn/ccx", "cryptonight/upx2": "cn/upx2", "cn-extremelite/upx2": "cn/upx2",
        "cryptonight/gpu": "cn/gpu", "cryptonight-gpu": "cn/gpu",
        "cryptonight-lite": "cn-lite/0", "cryptonight-lite/0": "cn-lite/0", "cn-lite": "cn-lite/0",
        "cryptonight-lite/1": "cn-lite/1", "cryptonight-aeonv7": "cn-lite/1",
        "cryptonight-heavy": "cn-heavy/0", "cryptonight-heavy/0": "cn-heavy/0", "cn-heavy": "cn-heavy/0",
        "cryptonight-heavy/xhv": "cn-heavy/xhv", "cryptonight-heavy/tube": "cn-heavy/tube",
        "cryptonight-pico": "cn-pico", "cryptonight-turtle": "cn-pico", "cn-trtl": "cn-pico", "cn-pico/0": "cn-pico",
        "cryptonight-pico/trtl": "cn-pico", "cryptonight-pico/tlo": "cn-pico/tlo", "cryptonight-ultralite": "cn-pico",
        "cryptonight-talleo": "cn-pico/tlo", "cn-talleo": "cn-pico/tlo",
        "randomx": "rx/0", "randomx/0": "rx/0", "random-x": "rx/0", "rx": "rx/0", "monero": "rx/0",
        "randomx/2": "rx/2", "randomx-v2": "rx/2", "randomxv2": "rx/2", "rx/v2": "rx/2",
        "randomx/wow": "rx/wow", "randomwow": "rx/wow",
        "randomx/arq": "rx/arq", "randomarq": "rx/arq",
        "randomx/graft": "rx/graft", "randomgraft": "rx/graft",
        "randomx/sfx": "rx/sfx", "randomsfx": "rx/sfx",
        "randomx/yada": "rx/yada", "randomyada": "rx/yada",
    ]

    private static let elsewhere: Set<String> = ["sha256d", "scrypt"]
}

extension Algorithm {
    public static let cn0 = cryptonight("cn/0", .v0)
    public static let cn1 = cryptonight("cn/1", .v1)
    public static let cn2 = cryptonight("cn/2", .v2)
    public static let cnR = cryptonight("cn/r", .r)

    public static let cnFast = cryptonight("cn/fast", .v1, iterations: 0x40000)
    public static let cnHalf = cryptonight("cn/half", .v2, iterations: 0x40000)
    public static let cnXao = cryptonight("cn/xao", .v0, iterations: 0x100000)
    public static let cnRto = cryptonight("cn/rto", .v1, .linkedStore)
    public static let cnRwz = cryptonight("cn/rwz", .v2, .reversedShuffle, iterations: 0x60000)
    public static let cnZls = cryptonight("cn/zls", .v2, iterations: 0x60000)
    public static let cnDouble = cryptonight("cn/double", .v2, iterations: 0x100000)
    public static let cnCcx = cryptonight("cn/ccx", .v0, .floatFeedback, iterations: 0x40000)
    public static let cnUpx2 = cryptonight(
        "cn/upx2", .v2, .reversedShuffle, memory: 128 << 10, iterations: 0x4000, mask: 0x1FFF0)
    public static let cnGPU = cryptonight("cn/gpu", .gpu, .heavy, iterations: 0xC000, mask: 0x1FFFC0)

    public static let cnLite0 = cryptonight("cn-lite/0", .v0, memory: 1 << 20, iterations: 0x40000, mask: 0xFFFF0)
    public static let cnLite1 = cryptonight("cn-lite/1", .v1, memory: 1 << 20, iterations: 0x40000, mask: 0xFFFF0)

    public static let cnHeavy0 = heavy("cn-heavy/0", .v0, .heavy)
    public static let cnHeavyXhv = heavy("cn-heavy/xhv", .v0, [.heavy, .complementedDivisor])
    public static let cnHeavyTube = heavy("cn-heavy/tube", .v1, [.heavy, .linkedStore, .chainedRound])

    // The main loop of the first stays in the lower half of what is filled and folded.
    public static let cnPico = cryptonight("cn-pico", .v2, memory: 256 << 10, iterations: 0x10000, mask: 0x1FFF0)
    public static let cnPicoTlo = cryptonight(
        "cn-pico/tlo", .v2, memory: 256 << 10, iterations: 0x10000, mask: 0x3FFF0)

    private static func heavy(
        _ name: String, _ base: CryptoNightParameters.Base, _ features: CryptoNightParameters.Features
    ) -> Algorithm {
        cryptonight(name, base, features, memory: 4 << 20, iterations: 0x40000, mask: 0x3FFFF0)
    }

    private static func cryptonight(
        _ name: String, _ base: CryptoNightParameters.Base, _ features: CryptoNightParameters.Features = [],
        memory: Int = 2 << 20, iterations: Int = 0x80000, mask: UInt32 = 0x1FFFF0
    ) -> Algorithm {
        Algorithm(
            name: name,
            family: .cryptonight(
                CryptoNightParameters(
                    base: base, features: features, memory: memory, iterations: iterations, mask: mask)))
    }
}
