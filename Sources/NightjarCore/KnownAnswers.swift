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
    /// CryptoNight's are chosen so that cn/0 to cn/2 together end in each of the four final hashes more than once, and
    /// cn/0 and cn/2 in each alone. RandomX's all have the benchmark's seed, 32 zero bytes, so that one cache serves both.
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
            input: "e22c69980af2af0975355b8fed4301dd759956f78b4259d23910bb8e32b115fe78eb73b38d65e9bc16c305197c"
                + "3555ce9e9f5912ec688faed1eff9c1132e0f4f59c2eeb18d90e984b934625415c44076",
            digest: "3334fc973899d8dd55ac57facdbe807ea5b6cc8e9a1cf489696c0dc01f86c190"),
        Row(
            algorithm: "cn/0",
            input: "782f053a5f2ecb6bdfc6619d6c97de37939d6e320ba39b2d3d56624efca5492f927bedf0fefaabd0f7c518",
            digest: "d196565931eed7d779ccab210665b522240044f68d9ac2b3f640cf6e24efb31a"),
        Row(
            algorithm: "cn/1",
            input: "3229b4214c4f98fe8dbdce2eb8911ab3f46f349490bc3863929a875b1f82afe79ee63a52ab5ae7a0989d633c82"
                + "24e80288dbaa2e4cface385461a4dc0c5241",
            digest: "ea5a55cc15c7213fca1835e711940415016de09a885f2b7f71aca1e4d80b2785"),
        Row(
            algorithm: "cn/1",
            input: "40fa041a6d53bf9e04e9a7fa020ce9f08aee4f5160e3e171961e6ebf0c1315cfb8e1191836fbbb83732076",
            digest: "d7e7a6eca0b456e0feff12c808822be2605f72c7c6860ce80496f7fb5402796a"),
        Row(
            algorithm: "cn/1",
            input: "6544cc6646f6b855747472964091d32a1236288aab4c6ffcb7caedae9a80d9fbbd7aba123553f6f5a6f5876496"
                + "58766815b889f25e1cb3110050bc8bbc2d4809d734dd971483d3f64b30332ebccf4ac25a685737ce43e33ef483"
                + "7095e3d9432be4f2fffd9262659e8fbfd4e31ed8f32b86191a56d8a096e6976595b8aee654",
            digest: "7654c23e67e6e808c281e0ffb8082ee37f46b5f87e7be03b40fbc700504f2a71"),
        Row(
            algorithm: "cn/2",
            input: "d64e492efa0cdd7721fdac203f383b45669372ee24caf0b0d909b9e4a5abc7ed6e722858d4e4fe30f64fadb8b6"
                + "264206179ea3543b02bd872fe9aa1a10fafc370b7b",
            digest: "bffb62973f50c5398e3ac909ecebcaf0cb4b244f333d2d4f758414bfd22ac616"),
        Row(
            algorithm: "cn/2",
            input: "b38e2e41699228cbd76437ff468dfa3c45405b0c29eea82338b2371da1545be14d548fedf7bbe34f47b850",
            digest: "809b56050adb33897f4a36687abbcf60f587d2676efd64c937bfcbf57d017f02"),
        Row(
            algorithm: "cn/2",
            input: "6049d61a98e391580b92dbc363f9cc764b0efc7a3aaec569a47d490ab29e3d9d99056376e323c9774a1fb3d4a1"
                + "8eb707ffd6e8d3ca02637b77252acebd7b41486228fa2b94bf0ea99f29fecd16",
            digest: "b5679ef11989d0cdeec72b7ef3c90c8ff375dd141985c1489055a119c96aa8f5"),
        Row(
            algorithm: "cn/2",
            input: "06fd5ea667ec8b7efdee77267a819b4a6715b60799da2fb0f7ce535f03ae1f07f77931698f1ceed4399b573d94"
                + "935e2096734cadea324d1585048fb1afb6c58e641879697cbbcce333b16286",
            digest: "c39b754319bea00c1c9f1f624eb1900eada66deceb9e15cd63eb21110e0972da"),
        Row(
            algorithm: "cn/r", height: 1998714,
            input: "9d97925ff0d505633eafd7c9d48c5038c230c3d9175a9ce048ecd53a99c983650914fa917c5a19c33d2555",
            digest: "207f171f3c8b06d4cd8ae61e3dc9b4c8d8092269e54a1cc63f311464dd5188f8"),
        Row(
            algorithm: "cn/r", height: 1998714,
            input: "06ad66e60272a308ea431114fe292cb536641e9e178fe2d43f72573a68235f16aa119683c6c11359ee07cb5505"
                + "ca167881c8094082c60d57f0280dd203ad4a637c6a48e04f54f5f0957e7fdc",
            digest: "e1db33374aa998d7a847249305976eabc34aea70b68ce44b9864ba87a34ba373"),
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
