import NightjarCore
import NightjarDevices
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct WordsTests {
    @Test func hexRoundTrips() {
        let bytes = (0...255).map(UInt8.init)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Hex.decode("aAfF") == [0xAA, 0xFF])
        #expect(Hex.decode("") == [])
        for bad in ["a", "0g", " 0", "+1", "é0"] { #expect(Hex.decode(bad) == nil) }
        #expect(Hex.encodeUpper(0xAB) == "00000000000000AB")
    }

    @Test func digestKeepsByteOrder() throws {
        let bytes = (0..<32).map(UInt8.init)
        let digest = try #require(Digest(bytes))
        #expect(digest.bytes == bytes)
        #expect(digest.work == 0x1F1E_1D1C_1B1A_1918)
        #expect(digest.description == Hex.encode(bytes))
        #expect(Digest(bytes.dropLast()) == nil)
    }

    @Test(arguments: ["cpu", "opencl:0.0", "opencl:12.3"])
    func deviceNamesRoundTrip(_ name: String) throws { #expect(try #require(DeviceID(name)).description == name) }

    @Test(arguments: [
        "", "CPU", "opencl", "opencl:", "opencl:0", "opencl:0.", "opencl:0.0.0", "opencl:-1.0", "opencl:+1.0", "gpu",
    ])
    func otherDeviceNamesAreRefused(_ name: String) { #expect(DeviceID(name) == nil) }

    @Test func algorithmsAreFoundByAliasAndPrintedByName() throws {
        #expect(Catalog.algorithm(named: "Monero")?.name == "rx/0")
        #expect(Catalog.algorithm(named: "cryptonight-r") == .cnR)
        #expect(Catalog.algorithm(named: "cn/nonsense") == nil)
        for (alias, name) in [
            ("randomx/2", "rx/2"), ("RandomWOW", "rx/wow"), ("randomx/arq", "rx/arq"), ("randomgraft", "rx/graft"),
            ("randomsfx", "rx/sfx"), ("randomx/yada", "rx/yada"), ("bitcoin", "sha256d"), ("BTC", "sha256d"),
            ("sha256", "sha256d"), ("litecoin", "scrypt"), ("ltc", "scrypt"), ("scrypt:1024", "scrypt"),
        ] {
            #expect(Catalog.algorithm(named: alias)?.name == name)
        }
        #expect(Set(Catalog.all.map(\.name)).count == Catalog.all.count)
    }

    @Test func workChecksWhatItsAlgorithmNeeds() throws {
        #expect(throws: NightjarError.tooShort(algorithm: "cn/1", bytes: 42, minimum: 43)) {
            try Work(algorithm: .cn1, input: [UInt8](repeating: 0, count: 42))
        }
        #expect(throws: NightjarError.missingHeight(algorithm: "cn/r")) { try Work(algorithm: .cnR, input: []) }
        #expect(throws: NightjarError.missingSeed(algorithm: "rx/0")) { try Work(algorithm: .rx0, input: []) }
        #expect(throws: NightjarError.seedTooLong(algorithm: "rx/0", bytes: 61, maximum: 60)) {
            try Work(algorithm: .rx0, input: [], seed: [UInt8](repeating: 0, count: 61))
        }
        #expect(try Work(algorithm: .rx0, input: [], seed: [UInt8](repeating: 0, count: 60)).seed?.count == 60)
        #expect(throws: NightjarError.nonceOutside(offset: 39, bytes: 42)) {
            try Work(algorithm: .cn0, input: [UInt8](repeating: 0, count: 42), nonceOffset: 39)
        }
        let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 7, count: 43), nonceOffset: 39)
        #expect(work.input(nonce: 0x0403_0201) == [UInt8](repeating: 7, count: 39) + [1, 2, 3, 4])
        #expect(work.fixed(nonce: 1).nonceOffset == nil)
    }

    @Test func aCommitmentIsComparedInPlaceOfTheHash() throws {
        let low = Digest(words: (0, 0, 0, 1)), high = Digest(words: (0, 0, 0, 9))
        let target = try #require(Target(cryptonote: 5))
        #expect(Proof(digest: low).compared == low && target.isMet(by: Proof(digest: low)))
        #expect(!target.isMet(by: Proof(digest: low, commitment: high)))
        #expect(target.isMet(by: Proof(digest: high, commitment: low)))
        #expect(Catalog.all.filter(\.hasCommitment) == [.rx2])
    }

    /// Benchmarks have the nonce where the algorithm's blobs have it.
    @Test func benchmarksAreShapedAsBlobs() throws {
        #expect(try KnownAnswers.benchmark(.rxYada).nonceOffset == 147)
        #expect(try KnownAnswers.benchmark(.rxYada).input.count == 160)
        for algorithm in Catalog.all where algorithm != .rxYada {
            let work = try KnownAnswers.benchmark(algorithm)
            switch algorithm.dialect {
            case .monero: #expect(work.nonceOffset == 39 && work.input.count == 112)
            case .bitcoin: #expect(work.nonceOffset == 76 && work.input.count == 80)
            }
        }
    }

    @Test func niceHashFixesTheHighestByte() {
        let space = NonceSpace.niceHash(highByte: 0xAB)
        #expect(space.range == 0xAB00_0000..<0xAC00_0000)
        #expect(NonceSpace.full.range.count == 1 << 32)
    }
}
