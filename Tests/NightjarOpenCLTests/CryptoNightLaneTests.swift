import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import TestSupport
import Testing

/// How a lane treats its nonces. The algorithms are so small that a test can hash thousands; known answers prove the
/// arithmetic of the real ones.
@Suite("Lanes on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct CryptoNightLaneTests {
    /// A kind of main loop. Sizes are not a part of it.
    struct Kind: Hashable, Sendable, CustomStringConvertible {
        let base: CryptoNightParameters.Base
        var features: CryptoNightParameters.Features = []
        var description: String { "\(base), features \(features.rawValue)" }

        func parameters(memory: Int, iterations: Int, mask: UInt32) -> CryptoNightParameters {
            // cn/gpu reads lines of 64 bytes and fills 512 bytes at a time. Its turns take long.
            let isGPU = base == .gpu
            return CryptoNightParameters(
                base: base, features: features, memory: isGPU ? max(512, memory) : memory,
                iterations: isGPU ? (iterations + 15) / 16 : iterations,
                mask: isGPU ? mask & ~63 : mask)
        }
    }

    static let plain = [Kind(base: .v0), Kind(base: .v1), Kind(base: .v2), Kind(base: .r)]
    /// Every kind that a variant has.
    static let kinds = Catalog.all.reduce(into: [Kind]()) { kinds, algorithm in
        guard let parameters = algorithm.parameters as? CryptoNightParameters else { return }
        let kind = Kind(base: parameters.base, features: parameters.features)
        if !kinds.contains(kind) { kinds.append(kind) }
    }

    static func small(_ kind: Kind, memory: Int = 4096, mask: UInt32 = 0xFF0) -> Algorithm {
        Algorithm(
            name: "small \(kind)",
            parameters: kind.parameters(memory: memory, iterations: 100, mask: mask))
    }

    static func small(_ base: CryptoNightParameters.Base, memory: Int = 4096) -> Algorithm {
        small(Kind(base: base), memory: memory)
    }

    @Test("The kinds are those of the catalog")
    func kindsOfTheCatalog() { #expect(Self.kinds.count == 11 && Set(Self.kinds).isSuperset(of: Self.plain)) }

    static func work(
        _ algorithm: Algorithm, length: Int = 76, nonceOffset: Int? = 39, height: UInt64 = 1_806_260
    ) throws -> Work {
        var random = SeededGenerator(seed: UInt64(length))
        return try Work(
            algorithm: algorithm, input: (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) },
            nonceOffset: nonceOffset, height: height)
    }

    /// The digests of work, each nonce hashed as an input of its own.
    static func oneByOne(_ work: Work, _ nonces: Range<UInt64>, _ lane: any Lane) throws -> [Digest] {
        try nonces.map { nonce in
            try lane.prepare(work.fixed(nonce: UInt32(nonce)))
            return try lane.digests(0..<1)[0]
        }
    }

    @Test("A batch has the digests of its nonces one by one: partial, full, at the top", arguments: kinds)
    func batches(_ kind: Kind) throws {
        _ = try Fixture.device()
        let algorithm = Self.small(kind)
        let work = try Self.work(algorithm)
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device) {
                $0.batch = 5
                $0.padsPerBuffer = 5
            }
            #expect(lane.batch == 5)
            for nonces in [0..<1, 7..<10, 100..<105, 0xFFFF_FFFB..<0x1_0000_0000] as [Range<UInt64>] {
                let expected = try Self.oneByOne(work, nonces, lane)
                #expect(Set(expected).count == expected.count)
                try lane.prepare(work)
                #expect(try lane.digests(nonces) == expected, "\(nonces) on \(device.id)")
            }
        }
    }

    @Test("A scan finds exactly the digests below the target", arguments: kinds)
    func scans(_ kind: Kind) throws {
        _ = try Fixture.device()
        let algorithm = Self.small(kind)
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device) {
                $0.batch = 64
                $0.padsPerBuffer = 64
            }
            try lane.prepare(try Self.work(algorithm))
            for nonces in [1000..<1064, 5..<42, 0xFFFF_FFFF..<0x1_0000_0000] as [Range<UInt64>] {
                let digests = try lane.digests(nonces)
                let works = digests.map(\.work).sorted()
                // All, about half, the best one only, and none, because the comparison is strict.
                for target in [UInt64.max, works[works.count / 2], works[0] + 1, works[0]] {
                    var candidates = [Candidate(nonce: 1, digest: Digest())]
                    candidates.reserveCapacity(1 + lane.batch)
                    try lane.scan(
                        nonces, target: try #require(Target(cryptonote: target)), audit: nil, into: &candidates)
                    #expect(candidates[0] == Candidate(nonce: 1, digest: Digest()), "what was there stays")
                    let expected = zip(nonces, digests).filter { $0.1.work < target }.map {
                        Candidate(nonce: UInt32($0.0), digest: $0.1)
                    }
                    #expect(candidates.dropFirst().sorted { $0.nonce < $1.nonce } == expected, "on \(device.id)")
                }
            }
        }
    }

    @Test("The nonce may be anywhere, and the input may have any length")
    func nonceOffsets() throws {
        _ = try Fixture.device()
        let algorithm = Self.small(.v1)
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device) {
                $0.batch = 2
                $0.padsPerBuffer = 2
            }
            for length in [43, 135, 136, 137, 272, 1300] {
                for offset in [0, 1, 4, 5, 7, 32, 35, 37, 39, length - 4] {
                    let work = try Self.work(algorithm, length: length, nonceOffset: offset)
                    let nonces: Range<UInt64> = 0xA1B2_C3D4..<0xA1B2_C3D6
                    let expected = try Self.oneByOne(work, nonces, lane)
                    try lane.prepare(work)
                    #expect(try lane.digests(nonces) == expected, "nonce at \(offset) of \(length)")
                }
            }
        }
    }

    @Test("Work without a nonce is hashed as it is")
    func noNonce() throws {
        let device = try Fixture.device()
        for kind in Self.kinds {
            let algorithm = Self.small(kind)
            let lane = try Fixture.lane(algorithm, on: device) { _ in }
            let work = try Self.work(algorithm)
            try lane.prepare(work)
            let expected = try lane.digests(UInt64(0x0102_0304)..<0x0102_0305)
            try lane.prepare(work.fixed(nonce: 0x0102_0304))
            #expect(try lane.digests(0..<1) == expected)
            var candidates: [Candidate] = []
            candidates.reserveCapacity(lane.batch)
            try lane.scan(0..<1, target: .easiest, audit: nil, into: &candidates)
            #expect(candidates == [Candidate(nonce: 0, digest: expected[0])])
        }
    }

    struct Size: Sendable, CustomStringConvertible {
        let memory: Int
        let mask: UInt32
        let iterations: Int
        var description: String { "\(memory) bytes, mask \(mask), \(iterations) turns" }
    }

    @Test(
        "With any parameters the digests are the portable code's",
        arguments: [
            Size(memory: 128, mask: 0x70, iterations: 1), Size(memory: 262_144, mask: 0x1FFF0, iterations: 8000),
        ])
    func againstPortable(_ size: Size) throws {
        _ = try Fixture.device()
        for kind in Self.kinds {
            let parameters = kind.parameters(memory: size.memory, iterations: size.iterations, mask: size.mask)
            let scratchpad = UnsafeMutableRawBufferPointer.allocate(byteCount: parameters.memory, alignment: 64)
            defer { scratchpad.deallocate() }
            let work = try Self.work(Algorithm(name: "\(kind) of \(size)", parameters: parameters))
            let hasher = CryptoNightHasher(parameters, scratchpads: scratchpad, implementation: .portable)
            hasher.prepare(height: work.height)
            let expected = (0..<8).map { nonce in work.input(nonce: nonce).withUnsafeBytes { hasher.hash($0) } }
            for device in Fixture.devices {
                let lane = try Fixture.lane(work.algorithm, on: device) { _ in }
                try lane.prepare(work)
                #expect(try lane.digests(0..<8) == expected, "\(kind) on \(device.id)")
            }
        }
    }

    struct Shape: Sendable, CustomStringConvertible {
        let batch, padsPerBuffer, interleave, group, fill: Int
        var description: String { "\(batch) by \(padsPerBuffer), interleave \(interleave), groups \(group), \(fill)" }
    }

    @Test(
        "Neither layout nor launch shape changes a digest",
        arguments: [
            Shape(batch: 1, padsPerBuffer: 1, interleave: 1, group: 1, fill: 1),
            Shape(batch: 4, padsPerBuffer: 1, interleave: 1, group: 2, fill: 8),
            Shape(batch: 7, padsPerBuffer: 2, interleave: 2, group: 4, fill: 16),
            Shape(batch: 9, padsPerBuffer: 16, interleave: 16, group: 16, fill: 64),
            Shape(batch: 11, padsPerBuffer: 4, interleave: 4, group: 3, fill: 5),
        ])
    func shapes(_ shape: Shape) throws {
        _ = try Fixture.device()
        // A main loop that moves 16 bytes at a time, one that moves 64, one that mixes and divides, and cn/gpu's.
        let kinds = [
            Kind(base: .v1), Kind(base: .r), Kind(base: .v0, features: .heavy), Kind(base: .gpu, features: .heavy),
        ]
        for kind in kinds {
            let algorithm = Self.small(kind)
            // The work-items of a group that mixes are a multiple of eight.
            let fill = kind.features.contains(.heavy) ? (shape.fill + 7) / 8 * 8 : shape.fill
            let work = try Self.work(algorithm)
            for device in Fixture.devices {
                let plain = try Fixture.lane(algorithm, on: device) { _ in }
                try plain.prepare(work)
                let lane = try Fixture.lane(algorithm, on: device) {
                    $0 = CryptoNightLaunch(
                        groupHash: shape.group, groupFill: fill, groupLoop: shape.group,
                        interleave: shape.interleave, batch: shape.batch, padsPerBuffer: shape.padsPerBuffer)
                }
                try lane.prepare(work)
                #expect(try lane.digests(0..<20) == plain.digests(0..<20), "\(kind) on \(device.id)")
            }
        }
    }

    @Test(
        "A main loop in parts, or unrolled, gives the digests of a whole one",
        arguments: zip([1, 7, 33], [1, 4, 2]))
    func parts(turns: Int, unroll: Int) throws {
        _ = try Fixture.device()
        for kind in Self.kinds {
            let algorithm = Self.small(kind)
            let work = try Self.work(algorithm)
            for device in Fixture.devices {
                let plain = try Fixture.lane(algorithm, on: device) { ($0.turns, $0.milliseconds) = (.max, 0) }
                try plain.prepare(work)
                let lane = try Fixture.lane(algorithm, on: device) {
                    ($0.turns, $0.milliseconds, $0.unroll, $0.batch, $0.padsPerBuffer) = (turns, 0, unroll, 3, 3)
                }
                try lane.prepare(work)
                #expect(try lane.digests(0..<5) == plain.digests(0..<5), "\(kind) on \(device.id)")
            }
        }
    }

    @Test("A lane follows its work: inputs of other lengths, other heights and back")
    func changes() throws {
        let device = try Fixture.device()
        let algorithm = Self.small(.r)
        let lane = try Fixture.lane(algorithm, on: device) { _ in }
        let works = try [(76, 1), (500, 1), (76, 2), (43, 1_806_260), (76, 1)].map {
            try Self.work(algorithm, length: $0.0, height: $0.1)
        }
        var digests: [Digest] = []
        for work in works {
            try lane.prepare(work)
            let digest = try lane.digests(3..<4)
            #expect(try lane.digests(3..<4) == digest, "the same again")
            digests += digest
        }
        #expect(digests[0] == digests[4])
        #expect(Set(digests).count == 4)
    }

    @Test("A lane of programs from disk hashes as one of programs just built")
    func cachedPrograms() throws {
        let directory = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let device = try Fixture.device()
        // CryptoNight-R's main loop is for one height, and is kept in a folder of its own.
        for (base, files) in [(CryptoNightParameters.Base.v2, 2), (.r, 4)] {
            let algorithm = Self.small(base, memory: 8192)
            guard let parameters = algorithm.parameters as? CryptoNightParameters else { continue }
            let launch = try CryptoNightLaunch(parameters, within: device.limits)
            let digests = try (0..<2).map { _ in
                let runtime = try DeviceRuntime(device, cacheDirectory: directory)
                let lane = try CryptoNightLane(runtime, algorithm, launch: launch)
                try lane.prepare(try Self.work(algorithm))
                return try lane.digests(0..<6)
            }
            #expect(digests[0] == digests[1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == files)
        }
        let latest = directory + "/latest"
        #expect(try FileManager.default.contentsOfDirectory(atPath: latest).count == 1)
        // They must not pile up on disk.
        let runtime = try DeviceRuntime(device, cacheDirectory: directory)
        let algorithm = Self.small(.r, memory: 8192)
        guard let parameters = algorithm.parameters as? CryptoNightParameters else { return }
        let launch = try CryptoNightLaunch(parameters, within: device.limits)
        let lane = try CryptoNightLane(runtime, algorithm, launch: launch)
        for height in 1...10 as ClosedRange<UInt64> { try lane.prepare(try Self.work(algorithm, height: height)) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: latest).count == 8)
        // The newest stay.
        let again = try DeviceRuntime(device, cacheDirectory: directory)
        let other = try CryptoNightLane(again, algorithm, launch: launch)
        let before = try FileManager.default.contentsOfDirectory(atPath: latest).sorted()
        for height in 3...10 as ClosedRange<UInt64> { try other.prepare(try Self.work(algorithm, height: height)) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: latest).sorted() == before)
    }

    @Test("The next height's program is built ahead, once, and the lane then runs it")
    func foresight() throws {
        let device = try Fixture.device()
        let algorithm = Self.small(.r, memory: 8192)
        guard let parameters = algorithm.parameters as? CryptoNightParameters else { return }
        let backend = OpenCLBackend(cacheDirectory: nil)
        let runtime = try backend.runtime(of: device)
        // Without a lane nothing is built. Other algorithms have no program for a height.
        backend.prepareAhead(algorithm, .height(2))
        #expect(runtime.programs.made == 0)
        let launch = try CryptoNightLaunch(parameters, within: device.limits)
        let lane = try CryptoNightLane(runtime, algorithm, launch: launch)
        try lane.prepare(try Self.work(algorithm, height: 1))
        #expect(runtime.programs.made == 2, "the frame, and the main loop")
        backend.prepareAhead(Self.small(.v2), .height(2))
        #expect(runtime.programs.made == 2)
        // Two threads and the lane ask at the same time. The first builds, the others wait.
        let threads = (0..<2).map { _ in Thread { backend.prepareAhead(algorithm, .height(2)) } }
        for thread in threads { thread.start() }
        let work = try Self.work(algorithm, height: 2)
        try lane.prepare(work)
        backend.prepareAhead(algorithm, .height(2))
        try eventuallyBlocking("the end of both") { threads.allSatisfy(\.isFinished) }
        #expect(runtime.programs.made == 3)
        let scratchpad = UnsafeMutableRawBufferPointer.allocate(byteCount: parameters.memory, alignment: 64)
        defer { scratchpad.deallocate() }
        let hasher = CryptoNightHasher(parameters, scratchpads: scratchpad, implementation: .portable)
        hasher.prepare(height: 2)
        let expected = (0..<4).map { nonce in work.input(nonce: nonce).withUnsafeBytes { hasher.hash($0) } }
        #expect(try lane.digests(0..<4) == expected)
    }

    @Test("The plan fits the device and says so")
    func plans() throws {
        for device in Fixture.devices {
            for algorithm in KnownAnswerTests.algorithms {
                let plan = try Fixture.backend.plan(algorithm, on: device.id, threads: nil)
                #expect(plan.lanes.count == 1 && plan.explanation.count == 1)
                guard let parameters = algorithm.parameters as? CryptoNightParameters else { continue }
                let launch = try CryptoNightLaunch(parameters, within: device.limits)
                #expect(launch.buffers.reduce(0, +) >= launch.batch && launch.buffers.count <= 4)
                let largest = UInt64(launch.padsPerBuffer * parameters.memory)
                #expect(largest <= device.maxAllocation)
                #expect(UInt64(launch.batch * parameters.memory) <= device.description.memory)
            }
        }
        let huge = CryptoNightParameters(base: .v0, memory: 1 << 50, iterations: 1, mask: 0xFF0)
        let limits = try Fixture.device().limits
        #expect(throws: LaunchRefusal(reason: "the device has no memory for a scratchpad of \(1 << 50) bytes")) {
            try CryptoNightLaunch(huge, within: limits)
        }
    }

    @Test("Groups are whole teams of a hash's work-items, within the device's limit", arguments: kinds)
    func teams(_ kind: Kind) throws {
        let parameters = kind.parameters(memory: 4096, iterations: 1, mask: 0xFF0)
        let mixes = kind.features.contains(.heavy)
        for deviceKind in [Device.Kind.cpu, .gpu] {
            for maxGroup in [1, 7, 8, 15, 16, 20, 100, 255, 256, 1024] {
                let limits = DeviceLimits(
                    kind: deviceKind, computeUnits: 4, memory: 1 << 30, maxAllocation: 1 << 28, maxGroup: maxGroup,
                    fp64: false)
                let team = kind.base == .gpu ? 16 : mixes ? 8 : 1
                if maxGroup < team {
                    #expect(
                        throws: LaunchRefusal(
                            reason: "the device has no groups of \(team) work-items, which share a hash")
                    ) {
                        try CryptoNightLaunch(parameters, within: limits)
                    }
                    continue
                }
                let launch = try CryptoNightLaunch(parameters, within: limits)
                #expect(launch.groupHash <= maxGroup && launch.groupFill <= maxGroup)
                #expect(launch.groupLoop >= 1 && launch.groupLoop * parameters.itemsInLoop <= maxGroup)
                if mixes { #expect(launch.groupFill >= 8 && launch.groupFill % 8 == 0) }
            }
        }
    }
}
