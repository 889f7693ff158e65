import CHashing
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import TestSupport
import Testing

/// SHA-256d on every OpenCL device, against the portable code.
@Suite("SHA-256d on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct SHA256dLaneTests {
    /// Bytes that differ, with the nonce where headers have it.
    static func work(length: Int = 80, nonceOffset: Int? = 76) throws -> Work {
        try Work(
            algorithm: .sha256d, input: (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) },
            nonceOffset: nonceOffset)
    }

    /// The digests of the work's nonces, by the portable code.
    static func digests(_ work: Work, _ nonces: some Sequence<UInt64>) -> [Digest] {
        nonces.map { digest(work.input(nonce: UInt32($0))) }
    }

    static func digest(_ input: [UInt8]) -> Digest {
        var digest = Digest()
        withUnsafeMutableBytes(of: &digest) {
            nj_sha256d(input, input.count, $0.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
        return digest
    }

    static func lane(
        on device: OpenCLDevice, _ settings: [String: Int] = [:], slice: Int? = nil, room: Int = BatchResults.most
    ) throws -> SHA256dLane {
        var launch = try SHA256dLaunch(within: device.limits, settings: TuningSettings(settings))
        // Milliseconds of 0: a launch is as long as the test says.
        if let slice { (launch.slice, launch.milliseconds) = (slice, 0) }
        return try SHA256dLane(Fixture.backend.runtime(of: device), .sha256d, launch: launch, room: room)
    }

    private static func target(top: UInt64) -> Target { Target(words: (.max, .max, .max, top)) }

    @Test("Each vector, as a header without a nonce and as one with it")
    func vectors() throws {
        let vectors = try Vectors.hashes("sha256d")
        #expect(vectors.count >= 10)
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device)
            for vector in vectors {
                let input = vector.input.bytes
                let digest = try #require(Digest(vector.hash.bytes))
                try lane.prepare(try Work(algorithm: .sha256d, input: input))
                #expect(try lane.digests(0..<1) == [digest])
                #expect(try lane.checksum(0..<1) == digest.work)
                let nonce = input[76...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                try lane.prepare(try Work(algorithm: .sha256d, input: input, nonceOffset: 76))
                #expect(try lane.digests(nonce..<nonce + 1) == [digest])
            }
        }
    }

    @Test("Checksums of the benchmark", arguments: try Vectors.checksums("sha256d"))
    func checksums(_ known: Vectors.Checksum) throws {
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device)
            try lane.prepare(try Fixture.benchmarkWork(.sha256d))
            #expect(Hex.encodeUpper(try lane.checksum(0..<UInt64(known.hashes))) == known.checksum)
        }
    }

    /// Block 125552 of Bitcoin, and block 951658, whose version is rolled.
    @Test(
        "A real header is found by its own target, and not with one bit changed",
        arguments: [
            (
                "0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d7504"
                    + "23db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695", 0x44_B9F2, 26
            ),
            (
                "04c03a25324409f3c6f4854ec44ca6b4890235e8ffc9b2a8675c01000000000000000000c731dfc5a4e40187d8"
                    + "93c75dbd6e5e75e5df1f15dea22270ac899bf9679311012f5c1a6a8f0602171a014f96", 0x02_068F, 23
            ),
        ])
    func realHeaders(_ header: String, _ mantissa: UInt64, _ exponent: UInt64) throws {
        let header = try #require(Hex.decode(header))
        // The target is mantissa · 256^(exponent − 3): here its top word.
        let shift = 8 * (exponent - 3)
        let top = shift >= 192 ? mantissa << (shift - 192) : mantissa >> (192 - shift)
        let nonce = header[76...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let nonces = nonce - 5000..<nonce + 5000
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device)
            for bit in [nil, 0, 300, 511, 512, 580, 607] as [Int?] {
                var input = header
                if let bit { input[bit / 8] ^= 1 << (bit % 8) }
                try lane.prepare(try Work(algorithm: .sha256d, input: input, nonceOffset: 76))
                var found: [Candidate] = []
                try lane.scan(nonces, target: Self.target(top: top), audit: nil, into: &found)
                #expect(
                    found == (bit == nil ? [Candidate(nonce: UInt32(nonce), digest: Self.digest(header))] : []))
            }
        }
    }

    @Test(
        "Any length, and a nonce in any place",
        arguments: [
            (0, nil), (1, nil), (55, nil), (56, 3), (63, 59), (64, 60), (65, 61), (79, 75), (80, 39), (80, 0), (81, 76),
            (119, 62), (120, 116), (128, 124), (1000, 501),
        ] as [(Int, Int?)])
    func anyInput(_ length: Int, _ nonceOffset: Int?) throws {
        let work = try Self.work(length: length, nonceOffset: nonceOffset)
        let nonces: Range<UInt64> = nonceOffset == nil ? 0..<1 : 0xFFFF_FFF0..<0x1_0000_0000
        let expected = Self.digests(work, nonces)
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device, slice: 64)
            try lane.prepare(try Self.work())
            let header = try lane.digests(5..<6)
            try lane.prepare(work)
            #expect(try lane.digests(nonces) == expected)
            #expect(try lane.checksum(nonces) == expected.reduce(0) { $0 ^ $1.work })
            // And back to a header.
            try lane.prepare(try Self.work())
            #expect(try lane.digests(5..<6) == header)
        }
    }

    @Test("The longest input")
    func longest() throws {
        let input = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device)
            try lane.prepare(try Work(algorithm: .sha256d, input: input))
            #expect(try lane.digests(0..<1) == [Self.digest(input)])
        }
    }

    /// Widths and loops are other code; groups, nonces of a work-item and slices are other launches.
    @Test(
        "No setting changes a byte",
        arguments: [
            ["width": 1, "unroll": 0, "multiply": 1],
            ["width": 1, "unroll": 1, "nonces": 3, "groupHash": 7],
            ["width": 2, "unroll": 0, "nonces": 1, "groupHash": 4], ["width": 4, "unroll": 1, "nonces": 5],
            ["width": 8, "unroll": 0, "groupHash": 3, "multiply": 1], ["width": 16, "unroll": 1, "nonces": 100],
            ["width": 16, "unroll": 0, "nonces": 1, "groupHash": 2],
        ])
    func settings(_ settings: [String: Int]) throws {
        let work = try Self.work()
        for device in try Fixture.all() {
            for slice in [1 << 20, 333] {
                let lane = try Self.lane(on: device, settings, slice: slice, room: 40)
                try lane.prepare(work)
                for nonces in [0..<1000, 77..<78, 0xFFFF_FFFF - 499..<0x1_0000_0000] as [Range<UInt64>] {
                    let digests = Self.digests(work, nonces)
                    #expect(try lane.checksum(nonces) == digests.reduce(0) { $0 ^ $1.work })
                    let words = digests.map(\.work).sorted()
                    // The first is met by no digest, the next by one, to the bit; then by some, by half, by all.
                    for top in [words[0] - 1, words[0], words[min(20, words.count - 1)], 1 << 63, .max] {
                        for audit in [nil, nonces.lowerBound..<min(nonces.upperBound, nonces.lowerBound + 33)] {
                            var found: [Candidate] = []
                            try lane.scan(nonces, target: Self.target(top: top), audit: audit, into: &found)
                            let expected = zip(nonces, digests).filter { nonce, digest in
                                digest.work <= top || audit?.contains(nonce) == true
                            }.map { Candidate(nonce: UInt32($0), digest: $1) }
                            #expect(found.sorted { $0.nonce < $1.nonce } == expected, "\(nonces) by \(slice)")
                        }
                    }
                }
            }
        }
    }

    /// Only the digest's last 32 bits decide early. For an easy target some of these are not zero; for a hard one they all
    /// are, and the next 32 decide.
    @Test("Early rejection loses no candidate and invents none", arguments: [0.00015, 0.0005, 0.003])
    func earlyRejection(_ difficulty: Double) throws {
        // A pool's difficulty 1 is the target 0xFFFF · 2²⁰⁸.
        let top = UInt64(Double(0xFFFF_0000) / difficulty)
        let work = try Self.work()
        let nonces: Range<UInt64> = 0..<1 << 21
        var expected: [Candidate] = []
        for nonce in nonces {
            let digest = Self.digest(work.input(nonce: UInt32(nonce)))
            if digest.work <= top { expected.append(Candidate(nonce: UInt32(nonce), digest: digest)) }
        }
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device, slice: 1 << 18)
            try lane.prepare(work)
            var found: [Candidate] = []
            try lane.scan(nonces, target: Self.target(top: top), audit: nil, into: &found)
            #expect(found.sorted { $0.nonce < $1.nonce } == expected)
        }
    }

    @Test("A target that only the second word decides")
    func secondWord() throws {
        // Bitcoin's first block. Its digest's last 32 bits are zero, and the 32 before are not.
        let header = try #require(
            Hex.decode(
                "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27a"
                    + "c72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"))
        let digest = Self.digest(header)
        #expect(digest.work == 0x19_D668)
        let nonce = header[76...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device)
            try lane.prepare(try Work(algorithm: .sha256d, input: header, nonceOffset: 76))
            for (top, count) in [(digest.work, 1), (digest.work - 1, 0), (0xFFFF_FFFF, 1)] as [(UInt64, Int)] {
                var found: [Candidate] = []
                try lane.scan(nonce - 20..<nonce + 20, target: Self.target(top: top), audit: nil, into: &found)
                #expect(found.count == count)
            }
        }
    }

    @Test("A batch is all nonces, in slices; a part of it is scanned wherever it lies")
    func allNonces() throws {
        let work = try Self.work()
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device, ["batch": 1 << 32], slice: 1 << 16)
            #expect(lane.batch == 1 << 32 && lane.mostCandidates == BatchResults.most)
            try lane.prepare(work)
            for nonces in [0..<200_000, 0x7FFF_0000..<0x8001_0000, (1 << 32) - 99_999..<1 << 32] as [Range<UInt64>] {
                let audit = nonces.upperBound - 64..<nonces.upperBound
                var found: [Candidate] = []
                try lane.scan(nonces, target: Self.target(top: 0), audit: audit, into: &found)
                #expect(found.sorted { $0.nonce < $1.nonce }.map(\.digest) == Self.digests(work, audit))
                let digests = Self.digests(work, nonces.prefix(1000))
                #expect(
                    try lane.checksum(nonces.lowerBound..<nonces.lowerBound + 1000)
                        == digests.reduce(0) { $0 ^ $1.work })
            }
            // Messages that are no headers take longer, and are hashed fewer at once.
            try lane.prepare(try Self.work(length: 1000, nonceOffset: 0))
            #expect(lane.batch == (1 << 32) / 64)
        }
    }

    @Test("Settings beyond the limits are refused, and what is tunable is within them")
    func limits() throws {
        let limits = DeviceLimits(
            kind: .gpu, computeUnits: 132, memory: 8 << 30, maxAllocation: 2 << 30, maxGroup: 512, fp64: true)
        for (name, values) in [
            ("batch", [0, -1, 1 << 32 + 1]), ("width", [0, 3, 5, 32]), ("nonces", [0, 1 << 21]),
            ("groupHash", [0, 513]),
        ] {
            for value in values {
                #expect(throws: LaunchRefusal.self) {
                    try SHA256dLaunch(within: limits, settings: TuningSettings([name: value]))
                }
            }
        }
        let plain = try SHA256dLaunch(within: limits)
        #expect(plain.batch == 1 << 32 && plain.width == 1 && plain.unrolls)
        #expect(try SHA256dLaunch(within: limits, settings: plain.settings) == plain)
        let knobs = SHA256dLaunch.knobs(within: limits)
        #expect(knobs.map(\.name) == ["batch", "multiply", "width", "nonces", "groupHash", "unroll"])
        for knob in knobs {
            #expect(plain.settings[knob.name].map(knob.values.contains) == true, "\(knob) has the default")
        }
        var small = limits
        (small.kind, small.computeUnits, small.maxGroup, small.vectorWidth) = (.cpu, 2, 4096, 8)
        let cpu = try SHA256dLaunch(within: small)
        #expect(cpu.batch == 1 << 23 && cpu.width == 8 && !cpu.unrolls && cpu.groupHash == 1)
        small.vectorWidth = 3
        #expect(try SHA256dLaunch(within: small).width == 2)
    }

    @Test("The plan says how nonces are spread")
    func plan() throws {
        let device = try Fixture.device()
        let settings = TuningSettings(["width": 4, "nonces": 32, "unroll": 1, "multiply": 1])
        let plan = try Fixture.backend.plan(.sha256d, on: device.id, settings: settings)
        #expect(
            plan.explanation.last
                == "a work-item hashes 32 nonces in a launch, 4 side by side, with all rounds written out; "
                + "it multiplies by one where it adds")
    }
}
