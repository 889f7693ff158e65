/// RandomX and its variants: what differs from `doc/configuration.md` in tevador/RandomX is what an entry says. A
/// variant is an entry here, and its vectors in `Tests/Vectors`.
enum RandomXCatalog {
    static let entries: [Catalog.Entry] = [
        variant(
            "rx/0",
            aliases: [
                "randomx", "randomx/0", "random-x", "rx", "rx/test", "randomx/test", "rx/monero", "monero", "rx/xmr",
                "xmr", "zephyr", "zeph",
            ],
            coins: "Monero, Zephyr"),
        // RandomX v2.
        variant(
            "rx/2", programSize: 384, mixing: .aes, prefetchRegister: .ma, roundingGuard: 0b11_1100,
            hasCommitment: true, aliases: ["randomx/2", "randomx-v2", "randomxv2", "rx/v2"]),
        variant(
            "rx/wow", argonSalt: "RandomWOW\u{1}", programCount: 16, programIterations: 1024, scratchpadL3: 1 << 20,
            scratchpadL2: 128 << 10,
            frequencies: [
                .iaddRS: 25, .irorR: 10, .irolR: 0, .fswapR: 8, .faddR: 20, .fsubR: 20, .fmulR: 20, .cbranch: 16,
            ], generatorKeys: fourKeys + fourKeys,
            aliases: ["randomx/wow", "randomx-wow", "randomwow", "rx/wownero", "wownero", "wow"],
            coins: "Wownero"),
        variant(
            "rx/arq", argonSalt: "RandomARQ\u{1}", argonIterations: 1, programCount: 4, programIterations: 1024,
            scratchpadL3: 256 << 10, scratchpadL2: 128 << 10,
            aliases: ["randomx/arq", "randomx-arqma", "randomarq", "rx/arqma", "arqma", "arq"],
            coins: "ArQmA"),
        variant(
            "rx/graft", argonSalt: "RandomX-Graft\u{1}", argonLanes: 2, programSize: 280,
            frequencies: [.irorR: 7, .irolR: 3], aliases: ["randomx/graft", "randomgraft"], coins: "Graft"),
        variant(
            "rx/sfx", argonSalt: "RandomSFX\u{1}",
            aliases: ["randomx/sfx", "randomx-safex", "randomsfx", "rx/safex", "safex", "sfx"],
            coins: "Safex Cash"),
        variant(
            "rx/yada", argonSalt: "RandomXYadaCoin\u{3}", argonIterations: 4, superscalarLatency: 150,
            blob: Algorithm.BlobForm(nonceOffset: 147, benchmarkLength: 160),
            aliases: ["randomx/yada", "randomyada", "yadacoin", "yada"],
            coins: "YadaCoin"),
    ]

    /// - Parameter frequencies: those that differ from ``frequencies``.
    private static func variant(
        _ name: String, argonSalt: String = "RandomX\u{3}", argonIterations: Int = 3, argonLanes: Int = 1,
        superscalarLatency: Int = 170, programCount: Int = 8, programIterations: Int = 2048, programSize: Int = 256,
        scratchpadL3: Int = 2 << 20, scratchpadL2: Int = 256 << 10,
        frequencies: [RandomXParameters.Instruction: Int] = [:], generatorKeys: [UInt32] = eightKeys,
        mixing: RandomXParameters.Mixing = .xor, prefetchRegister: RandomXParameters.PrefetchRegister = .mx,
        roundingGuard: UInt32 = 0, hasCommitment: Bool = false, blob: Algorithm.BlobForm = .cryptonote,
        aliases: [String] = [], coins: String = ""
    ) -> Catalog.Entry {
        Catalog.Entry(
            Algorithm(
                name: name,
                parameters:
                    RandomXParameters(
                        argonSalt: Array(argonSalt.utf8), argonIterations: argonIterations, argonLanes: argonLanes,
                        cacheKiB: 262_144, cacheAccesses: 8, superscalarLatency: superscalarLatency,
                        datasetBaseSize: 2_147_483_648, datasetExtraSize: 33_554_368, programCount: programCount,
                        programIterations: programIterations, programSize: programSize, scratchpadL3: scratchpadL3,
                        scratchpadL2: scratchpadL2, scratchpadL1: 16 << 10, jumpBits: 8, jumpOffset: 8,
                        frequencies: RandomXParameters.Instruction.allCases.map {
                            frequencies[$0] ?? Self.frequencies[$0.rawValue]
                        },
                        generatorKeys: generatorKeys, mixing: mixing, prefetchRegister: prefetchRegister,
                        roundingGuard: roundingGuard, hasCommitment: hasCommitment),
                blob: blob), aliases: aliases, coins: coins)
    }

    /// `RANDOMX_FREQ_*`, in the order of ``RandomXParameters/Instruction``.
    private static let frequencies = [
        16, 7, 16, 7, 16, 4, 4, 1, 4, 1, 8, 2, 15, 5,
        8, 2, 4, 4, 16, 5, 16, 5, 6, 32, 4, 6,
        25, 1, 16, 0,
    ]

    /// `doc/specs.md` 3.3: Blake2b-512 of "RandomX AesGenerator4R keys 0-3" and of "RandomX AesGenerator4R keys 4-7".
    private static let eightKeys: [UInt32] = [
        0x6421_AADD, 0xD183_3DDB, 0x2F54_6D2B, 0x99E5_D23F,
        0xB20E_3450, 0xB691_3F55, 0x06F7_9D53, 0xA5DF_CDE5,
        0x5C3E_D904, 0x515E_7BAF, 0x0AA4_679F, 0x171C_02BF,
        0x8562_3763, 0xE78F_5D08, 0xCD67_3785, 0xD8DE_D291,
        0xB582_6F73, 0xE3D6_A7A6, 0x3D51_8B6D, 0x229E_FFB4,
        0xC756_6BF3, 0x9C10_B3D9, 0xE902_4D4E, 0xB272_B7D2,
        0xF273_C9E7, 0xF765_A38B, 0x2BA9_660A, 0xF63B_EFA7,
        0x7A7C_D609, 0x9158_39DE, 0x0C06_D1FD, 0xC0B0_762D,
    ]

    /// RandomWOW's keys 0 to 3, which are its keys 4 to 7 too.
    private static let fourKeys: [UInt32] = [
        0xF890_465D, 0x7FFB_E4A6, 0x141F_82B7, 0xCF35_9E95,
        0x6A55_C450, 0xFEE8_278A, 0xBD5C_5AC3, 0x6741_FFDC,
        0x114C_47A4, 0xD524_FDE4, 0xA727_9AD2, 0x3D32_4AAC,
        0x810C_3A2A, 0x99A9_AEFF, 0x42D3_DBD9, 0x76F6_DB08,
    ]
}
