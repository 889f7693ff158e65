import NightjarCore
import Testing

/// The spellings that other programs and pools publish, and what each means here.
///
/// Sources: xmrig's page of algorithms and its proxy's STRATUM_EXT.md; xmr-stak's pools.txt; MoneroOcean's pool; the
/// algorithms that Hive OS offers; the names of coins where the coin has one algorithm only. Those of algorithms that this build has not are left out.
@Suite(.timeLimit(.minutes(1))) struct AlgorithmNameTests {
    private static let published: [(spellings: String, name: String)] = [
        ("cn cn/0 cryptonight cryptonight/0 CryptoNight", "cn/0"),
        ("cn/1 cryptonight/1 cryptonight_v7 cryptonight-v7 CryptoNightV7 cryptonight-monerov7", "cn/1"),
        ("cn/2 cryptonight/2 cryptonight_v8 cryptonight-v8 CryptoNightV8 cryptonight-monerov8", "cn/2"),
        ("cn/r cryptonight/r cryptonight_r cryptonight-r CryptoNightR cnr", "cn/r"),
        ("cn/fast cryptonight/fast cryptonight-fast cn/msr cryptonight/msr cryptonight_masari", "cn/fast"),
        ("cn/half cryptonight/half cryptonight_v8_half cryptonight-fast-v2", "cn/half"),
        ("cn/xao cryptonight/xao cryptonight_alloy cryptonight-alloy", "cn/xao"),
        ("cn/rto cryptonight/rto cryptonight-arto", "cn/rto"),
        ("cn/rwz cryptonight/rwz cryptonight_v8_reversewaltz cryptonight-rwz", "cn/rwz"),
        ("cn/zls cryptonight/zls cryptonight_v8_zelerius cryptonight-zls", "cn/zls"),
        ("cn/double cryptonight/double cryptonight_v8_double cryptonight-heavyx", "cn/double"),
        ("cn/ccx cn/conceal cryptonight/ccx cryptonight/conceal cryptonight_conceal cryptonight-conceal", "cn/ccx"),
        ("cn/upx2 cryptonight/upx2 cn-extremelite/upx2 cryptonight-extremelite/upx2", "cn/upx2"),
        ("cn/gpu cryptonight/gpu cryptonight_gpu cryptonight-gpu", "cn/gpu"),
        (
            "cn-lite cn-lite/0 cn-light cryptonight-lite cryptonight-light cryptonight_lite cryptonight-lite/0",
            "cn-lite/0"
        ),
        ("cn-lite/1 cryptonight-lite/1 cryptonight_lite_v7 cryptonight-lite-v7 cryptonight-aeonv7", "cn-lite/1"),
        ("cn-heavy cn-heavy/0 cryptonight-heavy cryptonight_heavy cryptonight-heavy/0", "cn-heavy/0"),
        ("cn-heavy/xhv cryptonight-heavy/xhv cryptonight_haven cryptonight-haven", "cn-heavy/xhv"),
        ("cn-heavy/tube cryptonight-heavy/tube cryptonight_bittube2 cryptonight-saber", "cn-heavy/tube"),
        (
            "cn-pico cn-pico/trtl cryptonight-pico cryptonight-pico/trtl cryptonight-turtle cryptonight_turtle",
            "cn-pico"
        ),
        ("cn_turtle cn-trtl cn/trtl cryptonight-ultralite cn-ultralite", "cn-pico"),
        ("cn-pico/tlo cryptonight-pico/tlo cn_talleo cn-talleo cryptonight_talleo cryptonight-talleo", "cn-pico/tlo"),
        ("rx rx/0 rx/test randomx randomx/0 randomx/test RandomX random-x random_x monero", "rx/0"),
        ("xmr XMR rx/xmr rx/monero zeph zephyr", "rx/0"), ("wow rx/wownero wownero", "rx/wow"),
        ("arq arqma rx/arqma", "rx/arq"), ("sfx safex rx/safex", "rx/sfx"), ("yada yadacoin", "rx/yada"),
        ("rx/2 randomx/2 randomx-v2 RandomXv2 rx/v2", "rx/2"), ("rx/wow randomx/wow RandomWOW randomX_wow", "rx/wow"),
        ("rx/arq randomx/arq RandomARQ randomX_arqma", "rx/arq"), ("rx/graft randomx/graft RandomGRAFT", "rx/graft"),
        ("rx/sfx randomx/sfx RandomSFX randomX_safex", "rx/sfx"), ("rx/yada randomx/yada RandomYada", "rx/yada"),
        ("sha256d sha256 SHA-256d sha_256d bitcoin btc", "sha256d"),
        ("scrypt Scrypt scrypt:1024 litecoin ltc", "scrypt"),
    ]

    @Test func everyPublishedSpellingIsUnderstood() {
        for (spellings, name) in Self.published {
            for spelling in spellings.split(separator: " ") {
                #expect(Algorithm.named(String(spelling))?.name == name, "\(spelling)")
            }
        }
        #expect(Set(Self.published.map(\.name)) == Set(Algorithm.all.map(\.name)))
    }

    /// Another algorithm's name must not become one of ours by likeness.
    @Test(arguments: [
        "", " ", "cn/wow", "cn/tube", "cn/xmr", "cn/xtl", "cryptonight_v7_stellite", "cryptonight_lite_v7_xor",
        "rx/keva", "panthera", "gr",
        "ghostrider", "argon2/chukwav2", "kawpow", "scrypt:2048", "sha256t", "cn /0", "rx/", "cn-pico/", "/0",
    ]) func otherNamesAreUnknown(_ name: String) { #expect(Algorithm.named(name) == nil) }
}
