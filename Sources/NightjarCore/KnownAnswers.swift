/// An input whose digest is known from elsewhere: what a device must get right before it works.
public struct KnownAnswer: Sendable, Hashable {
    /// Hashed as it is: it has no place for a nonce.
    public let work: Work
    public let digest: Digest
}

/// What this build knows without computing it: digests, and checksums of whole benchmarks.
///
/// They are copies out of `Tests/Vectors`, because an engine must carry its own; a test holds the two equal.
public enum KnownAnswers {
    /// The known answers for `algorithm`, at least two for everything in the ``Catalog``, empty for anything else.
    ///
    /// RandomX's all have the benchmark's seed, 32 zero bytes, so that one cache serves both.
    public static func answers(for algorithm: Algorithm) -> [KnownAnswer] {
        rows.filter { $0.algorithm == algorithm.name }.compactMap { row in
            guard let input = Hex.decode(row.input), let digest = Digest(hex: row.digest),
                let work = try? Work(
                    algorithm: algorithm, input: input, height: row.height,
                    seed: algorithm.needs.contains(.seed) ? [UInt8](repeating: 0, count: 32) : nil)
            else { return nil }
            return KnownAnswer(work: work, digest: digest)
        }
    }

    /// The checksum of a benchmark over the nonces `0..<hashes`, where it is known.
    ///
    /// A checksum is the XOR of the digests' ``Digest/work`` over ``benchmark(_:)``.
    public static func checksum(of algorithm: Algorithm, hashes: UInt64) -> UInt64? {
        checksums[algorithm.name]?[hashes]
    }

    /// What a benchmark hashes: zero bytes with a place for the nonce, height 1, and a seed of 32 zero bytes.
    public static func benchmark(_ algorithm: Algorithm) throws(InputError) -> Work {
        let (length, nonceOffset) = algorithm.benchmarkInput
        return try Work(
            algorithm: algorithm, input: [UInt8](repeating: 0, count: length), nonceOffset: nonceOffset, height: 1,
            seed: [UInt8](repeating: 0, count: 32))
    }

    private struct Row {
        let algorithm: String
        var height: UInt64? = nil
        let input: String
        let digest: String
    }

    private static let checksums: [String: [UInt64: UInt64]] = [
        "cn/0": [
            64: 0xB2B886C2164F0205,
            1000: 0xF8FD268111DB2AB3,
        ],
        "cn/1": [
            64: 0xE902B91F9952B23B,
            1000: 0xC932E0C343981BBA,
        ],
        "cn/2": [
            64: 0x08FBA97FB969BA43,
            1000: 0xD137FDDD40C76EA4,
        ],
        "cn/r": [
            64: 0x7EB5E3AAF5A6EC4C,
            1000: 0xEB38DDDF1BFC2DE4,
        ],
        "rx/0": [
            64: 0xACD87A07EC5C3DCC,
            1000: 0x956BF51555D7FC2A,
            10000: 0x4A597463865ACF0E,
            20000: 0xC82B490C757DA738,
            250000: 0x7D6054757BB08A63,
            500000: 0x96607546DE1F5ECC,
            1000000: 0x898B6E0431C28A6B,
        ],
    ]

    private static let rows: [Row] = [
        Row(
            algorithm: "cn/0",
            input: "782f053a5f2ecb6bdfc6619d6c97de37939d6e320ba39b2d3d56624efca5492f927bedf0fefaabd0f7c518",
            digest: "d196565931eed7d779ccab210665b522240044f68d9ac2b3f640cf6e24efb31a"),
        Row(
            algorithm: "cn/0",
            input: "536243d4f8917e8f5f996ae0f263abb208145fe7395ac0c25fee53bcc42845d87b0121c6fb1e605e598bb7cf69"
                + "68b67446cc23cb43e9f4e83c4f",
            digest: "294bec0bb72af2b529416d41ca39e00a01605b761860edcf093ae739b46b5c99"),
        Row(
            algorithm: "cn/0",
            input: "de7d27ceda599b099efe413106ed732021bf6f6d36739fe477045427afc2c66980a6cdd393466810c6f193c107"
                + "1c19e1478185ac26941b43779ccb646c17862306005aa05098fda4bb9a2b41",
            digest: "c62544b34e3af6efc477f9b2b8cfe2d14fe58b790855770ab6ed8c112c1bf520"),
        Row(
            algorithm: "cn/0",
            input: "1ca6bbd55c45409b3998187ae090e945e0f5891ce891548c73afa2e03b9ad0e24c484ad61da410a209fac42543"
                + "127c5c65c585d50a4dfd6d9f164e0a2d081bbb86b8eaf5f5e8e4cbaba415e226",
            digest: "6f8c59f520acd4e51ecaa0b43f2bb72282081f76b69223ee416ef6ec8c25edaf"),
        Row(
            algorithm: "cn/1",
            input: "40fa041a6d53bf9e04e9a7fa020ce9f08aee4f5160e3e171961e6ebf0c1315cfb8e1191836fbbb83732076",
            digest: "d7e7a6eca0b456e0feff12c808822be2605f72c7c6860ce80496f7fb5402796a"),
        Row(
            algorithm: "cn/1",
            input: "3229b4214c4f98fe8dbdce2eb8911ab3f46f349490bc3863929a875b1f82afe79ee63a52ab5ae7a0989d633c82"
                + "24e80288dbaa2e4cface385461a4dc0c5241",
            digest: "ea5a55cc15c7213fca1835e711940415016de09a885f2b7f71aca1e4d80b2785"),
        Row(
            algorithm: "cn/1",
            input: "09eb888d27f66565e69cc60ec8e8f88a7b728e1721c3e513e46e69a8d03370c657b1d85772a21fc9b46735fc35"
                + "130d38e656e228916c0be27d7dc47d1d364ed49f4156d47b47f8e7ec610414",
            digest: "e3e437b8a5cd604993b4ff0e5478b4e49830df777180c0a361989f107fd67d1e"),
        Row(
            algorithm: "cn/1",
            input: "cdbf7a1e381d67d6c3be028cbd27d6c96b276d82a683408a573fbc38753e52c7f2cf0e5408bba42589c6a715f0"
                + "def62ae36783b4a6e2d11e25e822f6caa90d0f096947e8388c73a87766ee123e",
            digest: "d8be4746f0b3e15268147a2a0cdd558c699a6b38fe334ec3af24e6936070d040"),
        Row(
            algorithm: "cn/2",
            input: "b38e2e41699228cbd76437ff468dfa3c45405b0c29eea82338b2371da1545be14d548fedf7bbe34f47b850",
            digest: "809b56050adb33897f4a36687abbcf60f587d2676efd64c937bfcbf57d017f02"),
        Row(
            algorithm: "cn/2",
            input: "d64e492efa0cdd7721fdac203f383b45669372ee24caf0b0d909b9e4a5abc7ed6e722858d4e4fe30f64fadb8b6"
                + "264206179ea3543b02bd872fe9aa1a10fafc370b7b",
            digest: "bffb62973f50c5398e3ac909ecebcaf0cb4b244f333d2d4f758414bfd22ac616"),
        Row(
            algorithm: "cn/2",
            input: "06fd5ea667ec8b7efdee77267a819b4a6715b60799da2fb0f7ce535f03ae1f07f77931698f1ceed4399b573d94"
                + "935e2096734cadea324d1585048fb1afb6c58e641879697cbbcce333b16286",
            digest: "c39b754319bea00c1c9f1f624eb1900eada66deceb9e15cd63eb21110e0972da"),
        Row(
            algorithm: "cn/2",
            input: "6049d61a98e391580b92dbc363f9cc764b0efc7a3aaec569a47d490ab29e3d9d99056376e323c9774a1fb3d4a1"
                + "8eb707ffd6e8d3ca02637b77252acebd7b41486228fa2b94bf0ea99f29fecd16",
            digest: "b5679ef11989d0cdeec72b7ef3c90c8ff375dd141985c1489055a119c96aa8f5"),
        Row(
            algorithm: "cn/r", height: 1998714,
            input: "9d97925ff0d505633eafd7c9d48c5038c230c3d9175a9ce048ecd53a99c983650914fa917c5a19c33d2555",
            digest: "207f171f3c8b06d4cd8ae61e3dc9b4c8d8092269e54a1cc63f311464dd5188f8"),
        Row(
            algorithm: "cn/r", height: 2679573,
            input: "4c0bb139b672076a49dbe5502fb9c1253282bb77fb44e0eb2a213a6b0d84e091bed8623ff2c6ebdb7cab57a6f7"
                + "50a035056d91d27f46ec3fddb83960466b9476c65d63205dcb0ddc3d",
            digest: "347d2595c1cf7d92acf2bb2207986f7e33aa0389c487c7092027fcda4c3a07fd"),
        Row(
            algorithm: "cn/r", height: 1998714,
            input: "06ad66e60272a308ea431114fe292cb536641e9e178fe2d43f72573a68235f16aa119683c6c11359ee07cb5505"
                + "ca167881c8094082c60d57f0280dd203ad4a637c6a48e04f54f5f0957e7fdc",
            digest: "e1db33374aa998d7a847249305976eabc34aea70b68ce44b9864ba87a34ba373"),
        Row(
            algorithm: "cn/r", height: 2093471,
            input: "921c79f0231496a16d171e602ae3d10a8094bc1e7e52d25c408ff19f025e043a62e6119e0b040c663b42a45ace"
                + "3c9656fee2cb6f4975d8cf2cd27473f845e5187404dbb5609fbfa0b2ebf4dd54",
            digest: "78761fac54e024d70099e388aa6578c6af177e73af678453a17333bc69aa5d49"),
        Row(
            algorithm: "rx/0",
            input: "d8d2fa6196c68d72c99688551c9849c979c3fdaa7ff21c0961e93237a85e9d200aa5d33c53282cb58b5c43daf0"
                + "d8f295e992b64a55738709c7990a6cf30b5dde425c6ce13554fa806cd832cbd78909b963c206de34932e0db1cf"
                + "6ced0e46279e4d443c96a14e8805",
            digest: "b0c0994407ff7275ce2587f28bd225095c2c1af2a186c446785404315770deaf"),
        Row(
            algorithm: "rx/0",
            input: "5f9b4138d45bd8cf2d744b88e4318de94fe178d8eb7e5f360336a151486b446c612cb90b9b6ed60a4f1a16ff41"
                + "0c009915456a29dedf928cdc2ea9655289b9236422fa20a92492b41091f3817cd291196b5ba3a5b0a9630a427c"
                + "fd77b1057bb2e1f1f4631ed1ac252faee3ea98e675c7ade041239253116b29ac16533af747e3f336123f8f5699"
                + "cd0bcb0d89d5fa04aadf6c32e89923d57cdc8596d730113a2c7fe580dc7f26273c5c7d12d6eef5e31dc56adf69"
                + "722c764b48ea9f",
            digest: "3d234c9c3850a5b7f7bbb13a980ccb463294075cbd9f56da8ebd9dd26d52d19d"),
        Row(
            algorithm: "rx/0",
            input: "2af755215aa2a278e5fc122d75b3198cda8d965bcdabf4c5be7ffd5c34c21664a70680c6575ab84c45eb8bad15"
                + "f7c2a3ea246ce5bc6159cd413a49dbd61d0bcae2d3c11d5941d3997260d84c73186f1bd928c09318082507cde7"
                + "88f14b596fd242cdfbc9ca1243bf11fc6fbe472fb0e23cf1cc6db2460e1f3e9a6119386a6b5b04c14b38550e9f"
                + "eaf0e75dcdcc43fdf3d29b",
            digest: "cd5944bb2e52cd42b3502fb9cf35d7b665656171259b8c761cc074609041c6d5"),
    ]
}
