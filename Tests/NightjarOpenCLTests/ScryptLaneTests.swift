import CHashing
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import TestSupport
import Testing

/// scrypt on every OpenCL device, against the portable code and Python's hashlib.
@Suite("scrypt on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct ScryptLaneTests {
    static func work(length: Int = 80, nonceOffset: Int? = 76) throws -> Work {
        try Work(
            algorithm: .scrypt, input: (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) },
            nonceOffset: nonceOffset)
    }

    /// The digests of ``work(length:nonceOffset:)`` with N = 16, by Python's hashlib, for nonces from 0 on.
    static let small = [
        "cd9abe0b7d1ec5bef628ca99b264a6e8a71c16d98e313acbf6a6cd9b376acbfb",
        "e228b92c627e48d59c99d0a44158cfb78ddf12d73b9cd2d700e16a3626f1bcdf",
        "1152e94106ad478dda099463fef3ce3dc0a7a3fcc3db71e56ba60c3ec6c3946b",
        "6c686d5d83b21ac51ba966765ee5e676620a26ffd8db486c33ceeb99874906d1",
        "cef48a2a5ee2cbb623027e102f09100f84b1c89def57887ca8b4765df38d03c3",
        "3b68d1e06f1bad7bebb9d5064215ae365c9d20d90a189ab3284875f45d4ef378",
        "04e30e0dfcde97baf8502ee48f3204d85ec977491973ac6948bcc35d29bac019",
    ].compactMap(Digest.init(hex:))

    /// The digests of the work's nonces, by the portable code.
    static func digests(_ work: Work, _ nonces: some Sequence<UInt64>) -> [Digest] {
        let scratchpad = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)
        defer { scratchpad.deallocate() }
        return nonces.map { nonce in
            var digest = Digest()
            let input = work.input(nonce: UInt32(nonce))
            withUnsafeMutableBytes(of: &digest) {
                nj_scrypt(
                    input, input.count, scratchpad.baseAddress, $0.assumingMemoryBound(to: UInt8.self).baseAddress)
            }
            return digest
        }
    }

    static func lane(
        on device: OpenCLDevice, _ settings: [String: Int] = [:], rows: Int = 1024, padsPerBuffer: Int? = nil,
        turns: Int? = nil, room: Int = BatchResults.most
    ) throws -> ScryptLane {
        var launch = try ScryptLaunch(rows: rows, within: device.limits, settings: TuningSettings(settings))
        if let padsPerBuffer { launch.padsPerBuffer = padsPerBuffer }
        // Milliseconds of 0: a launch is as long as the test says.
        if let turns { (launch.turns, launch.milliseconds) = (turns, 0) }
        return try ScryptLane(Fixture.backend.runtime(of: device), .scrypt, launch: launch, room: room)
    }

    @Test("Each vector")
    func vectors() throws {
        let vectors = try Vectors.hashes("scrypt")
        #expect(vectors.count >= 10)
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device)
            for vector in vectors {
                try lane.prepare(try Work(algorithm: .scrypt, input: vector.input.bytes))
                #expect(try lane.digests(0..<1) == [try #require(Digest(vector.hash.bytes))])
            }
        }
    }

    @Test("Checksums of the benchmark", arguments: try Vectors.checksums("scrypt"))
    func checksums(_ known: Vectors.Checksum) throws {
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device)
            try lane.prepare(try Fixture.benchmarkWork(.scrypt))
            let count = UInt64(known.hashes)
            let sum = try stride(from: 0, to: count, by: lane.batch).reduce(UInt64(0)) { sum, first in
                sum ^ (try lane.checksum(first..<min(count, first + UInt64(lane.batch))))
            }
            #expect(Hex.encodeUpper(sum) == known.checksum)
        }
    }

    /// Two headers of Litecoin's blocks, the second one after MWEB; the targets' top words follow from their bits.
    @Test(
        "A real header is found by its own target, and not with one bit changed",
        arguments: [
            (
                "03000000be4888357a007fda4f9235c6594700a0e02be135da3d8e69c2aebd1b809e81932912ca57d429c5b733"
                    + "2f86aa3778aacaaffbda73034cd2e946635f323e9e9211b8046656c54e011b0480e328", 0x1_4EC5
            ),
            (
                "140000201cd116c7e7bcf752283971c97a9ddead73fa5e02d0f449da942dcd42d1ca8d41be74912f5d731f7d99"
                    + "3a2ac48a9912051369648fe02efadcf450434d4064d9798c218762cd0c011a72e3361b", 0x010C
            ),
        ])
    func realHeaders(_ header: String, _ top: UInt64) throws {
        let header = try #require(Hex.decode(header))
        let nonce = header[76...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device, ["batch": 8])
            for bit in [nil, 0, 300, 511, 512, 607] as [Int?] {
                var input = header
                if let bit { input[bit / 8] ^= 1 << (bit % 8) }
                let work = try Work(algorithm: .scrypt, input: input, nonceOffset: 76)
                try lane.prepare(work)
                var found: [Candidate] = []
                try lane.scan(
                    nonce - 3..<nonce + 3, target: Target(words: (.max, .max, .max, top)),
                    audit: nil, into: &found)
                let expected = Candidate(nonce: UInt32(nonce), digest: Self.digests(work, [nonce])[0])
                #expect(found == (bit == nil ? [expected] : []))
            }
        }
    }

    @Test(
        "Any length, and a nonce in any place",
        arguments: [
            (0, nil), (1, nil), (47, 20), (51, nil), (52, nil), (55, 51), (56, 3), (59, 55), (60, 0), (61, 57),
            (63, 31),
            (64, 60), (65, 61), (79, 75), (80, 39), (81, 62), (119, 115), (120, 64), (128, 124), (1000, 501),
        ] as [(Int, Int?)])
    func anyInput(_ length: Int, _ nonceOffset: Int?) throws {
        let work = try Self.work(length: length, nonceOffset: nonceOffset)
        let nonces: Range<UInt64> = nonceOffset == nil ? 0..<1 : 0xFFFF_FFFD..<0x1_0000_0000
        let expected = Self.digests(work, nonces)
        for device in try Fixture.all() {
            let lane = try Self.lane(on: device, ["batch": 4])
            try lane.prepare(work)
            #expect(try lane.digests(nonces) == expected)
        }
    }

    /// RFC 7914, section 12, the first vector: password and salt are empty.
    @Test("The RFC's vector with N = 16")
    func rfc() throws {
        for device in try Fixture.all() {
            for settings in [["items": 1], ["items": 4], ["gap": 4], ["items": 4, "gap": 2]] {
                let lane = try Self.lane(on: device, settings.merging(["batch": 2]) { $1 }, rows: 16)
                try lane.prepare(try Work(algorithm: .scrypt, input: []))
                let digest = Digest(hex: "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442")
                #expect(try lane.digests(0..<1) == [try #require(digest)])
            }
        }
    }

    @Test("No setting changes a byte", arguments: [1, 2, 4], [1, 4])
    func settings(_ gap: Int, _ items: Int) throws {
        let work = try Self.work()
        #expect(Self.small.count == 7)
        // The room of the lane, its layout in memory, its groups, and the turns of a launch. Each is tried with several
        // gaps, but not with all: a compiler takes seconds for each program.
        let all = [
            (1, 1, 1, 1, 32), (7, 1, 2, 3, 5), (5, 4, 4, 2, 31), (7, 8, 8, 8, 32), (3, 1, 3, 2, 1),
        ]
        let first = gap + items
        for (batch, interleave, padsPerBuffer, group, turns) in [all[first % 5], all[(first + 2) % 5]] {
            for device in try Fixture.all() {
                let lane = try Self.lane(
                    on: device,
                    [
                        "gap": gap, "items": items, "batch": batch, "interleave": interleave, "groupLoop": group,
                        "groupHash": group,
                    ], rows: 16, padsPerBuffer: padsPerBuffer, turns: turns, room: 2)
                try lane.prepare(work)
                #expect(try lane.digests(0..<7) == Self.small)
                let nonces = 0..<UInt64(batch)
                let digests = Self.small.prefix(batch)
                #expect(try lane.checksum(nonces) == digests.reduce(0) { $0 ^ $1.work })
                let words = digests.map(\.work).sorted()
                for top in [words[0] - 1, words[0], words[batch / 2], .max] {
                    for audit in [nil, 0..<1, nonces] as [Range<UInt64>?] {
                        var found: [Candidate] = []
                        try lane.scan(
                            nonces, target: Target(words: (.max, .max, .max, top)), audit: audit, into: &found)
                        let expected = zip(nonces, digests).filter { nonce, digest in
                            digest.work <= top || audit?.contains(nonce) == true
                        }.map { Candidate(nonce: UInt32($0), digest: $1) }
                        #expect(found.sorted { $0.nonce < $1.nonce } == expected)
                    }
                }
            }
        }
    }

    @Test("The full size, with every gap and share", arguments: [1, 2, 4], [1, 4])
    func fullSize(_ gap: Int, _ items: Int) throws {
        let work = try Self.work()
        let expected = Self.digests(work, 100..<105)
        for device in try Fixture.all() {
            let lane = try Self.lane(
                on: device, ["gap": gap, "items": items, "batch": 5, "interleave": 2, "groupLoop": 4], turns: 700)
            try lane.prepare(work)
            #expect(try lane.digests(100..<105) == expected)
        }
    }

    @Test("Settings beyond the limits are refused, and what is tunable is within them")
    func limits() throws {
        let limits = DeviceLimits(
            kind: .gpu, computeUnits: 20, memory: 8 << 30, maxAllocation: 2 << 30, maxGroup: 256, fp64: true)
        for (name, values) in [
            ("batch", [0, -1, 1 << 40]), ("gap", [0, 3, 8]), ("items", [0, 2, 8]), ("queues", [0, 5]),
            ("groupLoop", [0, 257]), ("groupHash", [0, 257]), ("interleave", [0, 1 << 17]),
        ] {
            for value in values {
                #expect(throws: LaunchRefusal.self) {
                    try ScryptLaunch(rows: 1024, within: limits, settings: TuningSettings([name: value]))
                }
            }
        }
        // Four work-items a hash: a group has a quarter of the hashes.
        #expect(throws: LaunchRefusal.self) {
            try ScryptLaunch(rows: 1024, within: limits, settings: TuningSettings(["items": 4, "groupLoop": 65]))
        }
        let plain = try ScryptLaunch(rows: 1024, within: limits)
        #expect(plain.batch == 20 * 256 && plain.queues == 2 && plain.gap == 1 && plain.items == 1)
        #expect(try ScryptLaunch(rows: 1024, within: limits, settings: plain.settings) == plain)
        let knobs = ScryptLaunch.knobs(rows: 1024, within: limits)
        #expect(knobs.map(\.name) == ["batch", "gap", "items", "queues", "groupLoop", "interleave"])
        for knob in knobs {
            #expect(plain.settings[knob.name].map(knob.values.contains) == true, "\(knob) has the default")
            for value in knob.values {
                let launch = try ScryptLaunch(
                    rows: 1024, within: limits, settings: TuningSettings([knob.name: value]))
                let pad = 128 * 1024 / launch.gap
                #expect(UInt64(launch.queues * launch.batch * pad) <= limits.memory)
                #expect(launch.buffers.count <= 4 && launch.buffers.reduce(0, +) >= launch.batch)
                #expect(launch.buffers.allSatisfy { UInt64($0 * pad) <= limits.maxAllocation })
            }
        }
    }

    @Test("The memory of the device bounds a batch, and a gap makes room for more hashes")
    func memory() throws {
        var limits = DeviceLimits(
            kind: .gpu, computeUnits: 100, memory: 1 << 30, maxAllocation: 64 << 20, maxGroup: 256, fp64: true)
        // Four buffers of 64 MiB for each lane.
        let plain = try ScryptLaunch(rows: 1024, within: limits)
        #expect(plain.batch == 4 * 512 && plain.buffers == [512, 512, 512, 512])
        let gap = try ScryptLaunch(rows: 1024, within: limits, settings: TuningSettings(["gap": 4]))
        #expect(gap.batch == 4 * 2048)
        #expect(throws: LaunchRefusal(reason: "the device has no memory for 2049 scratchpads at once")) {
            try ScryptLaunch(rows: 1024, within: limits, settings: TuningSettings(["batch": 2049]))
        }
        limits.maxAllocation = 1 << 20
        #expect(throws: LaunchRefusal(reason: "the device has no memory for 64 scratchpads of 131072 bytes")) {
            try ScryptLaunch(rows: 1024, within: limits)
        }
    }

    @Test("The plan names the memory and the gap")
    func plan() throws {
        let device = try Fixture.device()
        let settings = TuningSettings(["batch": 64, "gap": 2, "items": 4])
        let plan = try Fixture.backend.plan(.scrypt, on: device.id, settings: settings)
        #expect(plan.explanation[0].contains(", in 4 of "))
        #expect(
            plan.explanation.last
                == "4 work-items share a hash; of 2 rows of a scratchpad one is stored, and the others are computed when "
                + "they are read")
    }
}
