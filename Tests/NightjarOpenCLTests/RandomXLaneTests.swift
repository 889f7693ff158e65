import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// RandomX compared with the portable interpreter. The parameters are so small that a test can hash thousands; known
/// answers prove the real ones.
@Suite("RandomX lanes on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct RandomXLaneTests {
    struct Flavour: Sendable, CustomTestStringConvertible {
        let v2, even: Bool
        var testDescription: String { "\(v2 ? "v2" : "v1")\(even ? ", all instructions alike" : "")" }
        var algorithm: Algorithm { SmallRandomX.algorithm(SmallRandomX.parameters(v2: v2, even: even)) }
    }

    static let flavours = [
        Flavour(v2: false, even: false), Flavour(v2: true, even: false), Flavour(v2: true, even: true),
    ]
    private static let v1 = flavours[0].algorithm
    private static let v2 = flavours[1].algorithm

    @Test("Digests are the portable interpreter's, light and with a dataset", arguments: flavours)
    func digests(_ flavour: Flavour) throws {
        _ = try Fixture.device()
        let work = try SmallRandomX.work(flavour.algorithm)
        let expected = SmallRandomX.proofs(work, 0..<600).map(\.digest)
        #expect(Set(expected).count == expected.count)
        for device in Fixture.devices {
            // The portable path on every device, and a vendor's own where the device's compiler accepts it.
            for rounding in DeviceMath.Rounding.paths(device) {
                let lane = try SmallRandomX.lane(flavour.algorithm, on: device) {
                    $0.hasDataset = true
                    ($0.usesPTX, $0.usesGCN) = (rounding == .ptx, rounding == .gcn)
                }
                let path = rounding.rawValue
                try lane.prepare(work)
                #expect(try lane.digests(0..<600) == expected, "light on \(device.id), \(path)")
                #expect(try lane.settle(Settling()) == .settled)
                #expect(try lane.digests(0..<600) == expected, "with a dataset on \(device.id), \(path)")
            }
        }
    }

    @Test("A scan finds exactly the proofs that meet the target", arguments: [v1, v2])
    func scans(_ algorithm: Algorithm) throws {
        _ = try Fixture.device()
        let work = try SmallRandomX.work(algorithm)
        for device in Fixture.devices {
            let lane = try SmallRandomX.lane(algorithm, on: device) {
                $0.batch = 32
                $0.padsPerBuffer = 32
            }
            #expect(lane.batch == 32)
            try lane.prepare(work)
            for nonces in [1000..<1032, 5..<22, 0xFFFF_FFFE..<0x1_0000_0000] as [Range<UInt64>] {
                let proofs = SmallRandomX.proofs(work, nonces)
                let works = proofs.map(\.compared.work).sorted()
                // All, about half, the best one only, and none, because the comparison is strict.
                for target in [UInt64.max, works[works.count / 2], works[0] + 1, works[0]] {
                    var candidates = [Candidate(nonce: 1, digest: Digest())]
                    candidates.reserveCapacity(1 + lane.batch)
                    try lane.scan(
                        nonces, target: try #require(Target(cryptonote: target)), audit: nil, into: &candidates)
                    #expect(candidates[0] == Candidate(nonce: 1, digest: Digest()), "what was there stays")
                    let expected = zip(nonces, proofs).filter { $0.1.compared.work < target }.map {
                        Candidate(nonce: UInt32($0.0), proof: $0.1)
                    }
                    #expect(candidates.dropFirst().sorted { $0.nonce < $1.nonce } == expected, "on \(device.id)")
                }
            }
        }
    }

    @Test("The nonce may be anywhere, and the input may have any length: hash and commitment")
    func nonceOffsets() throws {
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try SmallRandomX.lane(Self.v2, on: device) {
                $0.batch = 2
                $0.padsPerBuffer = 2
            }
            for length in [4, 76, 95, 96, 97, 127, 128, 129, 160, 256, 1300] {
                for offset in [0, 1, 5, 39, 147, length - 4] where offset <= length - 4 {
                    let work = try SmallRandomX.work(Self.v2, length: length, nonceOffset: offset)
                    let nonces: Range<UInt64> = 0xA1B2_C3D4..<0xA1B2_C3D6
                    let expected = SmallRandomX.proofs(work, nonces)
                    try lane.prepare(work)
                    // The best one only. The device compares its own commitment with the target.
                    let best = expected.map(\.compared.work).sorted()
                    var candidates: [Candidate] = []
                    candidates.reserveCapacity(2)
                    try lane.scan(
                        nonces, target: try #require(Target(cryptonote: best[1])), audit: nil, into: &candidates)
                    let index = try #require(expected.firstIndex { $0.compared.work == best[0] })
                    #expect(
                        candidates == [Candidate(nonce: 0xA1B2_C3D4 + UInt32(index), proof: expected[index])],
                        "nonce at \(offset) of \(length)")
                }
            }
            // Inputs of any length, without a nonce.
            for length in [0, 1, 128] {
                let work = try SmallRandomX.work(Self.v2, length: length, nonceOffset: nil)
                try lane.prepare(work)
                var candidates: [Candidate] = []
                candidates.reserveCapacity(2)
                try lane.scan(0..<1, target: .easiest, audit: nil, into: &candidates)
                #expect(candidates == [Candidate(nonce: 0, proof: SmallRandomX.proofs(work, 0..<1)[0])])
            }
        }
    }

    /// These programs leave more words between the streams, and take more branches, than there is room for.
    @Test(
        "Two streams change no digest in any group, by one work-item or by two",
        arguments: Array(zip(flavours + [flavours[0]], [3, 32, 1, 32])), [1, 2])
    func streams(_ shape: (Flavour, Int), streams: Int) throws {
        let (flavour, group) = shape
        _ = try Fixture.device()
        let work = try SmallRandomX.work(flavour.algorithm)
        // The last group is not full.
        let expected = SmallRandomX.proofs(work, 0..<200).map(\.digest)
        for device in Fixture.devices {
            let lane = try SmallRandomX.lane(flavour.algorithm, on: device) {
                ($0.batch, $0.padsPerBuffer, $0.groupLoop, $0.streams) = (100, 100, group, streams)
                // As on a CPU, and as on a GPU: then some work-items have nothing to do.
                $0.sharing = group == 32 ? 32 : 5
                ($0.iterations, $0.iterationsLight) = (8, 8)
                $0.hasDataset = true
            }
            try lane.prepare(work)
            #expect(try lane.digests(0..<200) == expected, "light on \(device.id)")
            #expect(try lane.settle(Settling()) == .settled)
            #expect(try lane.digests(0..<200) == expected, "with a dataset on \(device.id)")
        }
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        let batch, padsPerBuffer, linesShift, group, fill, iterations: Int
        var testDescription: String {
            "\(batch) by \(padsPerBuffer), lines by 2^\(linesShift), groups \(group), \(fill), \(iterations) iterations"
        }
    }

    @Test(
        "Neither layout nor launch shape changes a digest",
        arguments: [
            Shape(batch: 1, padsPerBuffer: 1, linesShift: 31, group: 1, fill: 1, iterations: 20),
            // Four buffers of everything; the last ones are not full.
            Shape(batch: 7, padsPerBuffer: 2, linesShift: 9, group: 4, fill: 16, iterations: 2),
            Shape(batch: 9, padsPerBuffer: 16, linesShift: 10, group: 16, fill: 64, iterations: 8),
        ])
    func shapes(_ shape: Shape) throws {
        _ = try Fixture.device()
        let work = try SmallRandomX.work(Self.v2)
        let expected = SmallRandomX.proofs(work, 0..<20).map(\.digest)
        for device in Fixture.devices {
            let lane = try SmallRandomX.lane(Self.v2, on: device) {
                $0.batch = shape.batch
                $0.padsPerBuffer = shape.padsPerBuffer
                $0.linesShift = shape.linesShift
                ($0.groupHash, $0.groupLoop, $0.groupItems) = (shape.group, shape.group, shape.group)
                $0.groupFill = shape.fill
                ($0.iterations, $0.iterationsLight) = (shape.iterations, shape.iterations)
                $0.items = 100
                $0.hasDataset = true
            }
            try lane.prepare(work)
            #expect(try lane.digests(0..<20) == expected, "light on \(device.id)")
            #expect(try lane.settle(Settling()) == .settled)
            #expect(try lane.digests(0..<20) == expected, "with a dataset on \(device.id)")
        }
    }

    @Test(
        "If a driver's compiler refuses statements of its vendor's, the lane does without and says so",
        arguments: [DeviceMath.Rounding.ptx, .gcn])
    func refusedStatements(_ rounding: DeviceMath.Rounding) throws {
        _ = try Fixture.device()
        let work = try SmallRandomX.work(Self.v2)
        let expected = SmallRandomX.proofs(work, 0..<3).map(\.digest)
        guard let parameters = Self.v2.parameters as? RandomXParameters else { return #expect(Bool(false)) }
        for device in Fixture.devices {
            // The first program has no arithmetic that rounds; the second one has.
            let driver = FaultyDriver(.init(call: "clBuildProgram", occurrence: 2, code: -11))
            let runtime = try DeviceRuntime(device, cacheDirectory: nil, calls: driver.calls)
            var launch = try RandomXLaunch(parameters, within: device.limits)
            (launch.usesPTX, launch.usesGCN) = (rounding == .ptx, rounding == .gcn)
            launch.hasDataset = true
            let lane = try RandomXLane(runtime, Self.v2, launch: launch)
            try lane.prepare(work)
            #expect(
                lane.remarks.count == 1 && lane.remarks.first?.contains("without \(rounding.rawValue)") == true,
                "\(lane.remarks)")
            #expect(try lane.digests(0..<3) == expected, "light on \(device.id)")
            #expect(try lane.settle(Settling()) == .settled)
            #expect(try lane.digests(0..<3) == expected, "with a dataset on \(device.id)")
        }
    }

    @Test("A lane follows its work: inputs of other lengths, other seeds and back, with and without a dataset")
    func changes() throws {
        let device = try Fixture.device()
        let lane = try SmallRandomX.lane(Self.v1, on: device) { $0.hasDataset = true }
        let works = try [(76, [1]), (500, [1]), (76, [2]), (76, []), (43, [2]), (76, [1])].map {
            try SmallRandomX.work(Self.v1, length: $0.0, seed: $0.1)
        }
        for (index, work) in works.enumerated() {
            try lane.prepare(work)
            if index > 2 { #expect(try lane.settle(Settling()) == .settled) }
            #expect(try lane.digests(3..<4) == SmallRandomX.proofs(work, 3..<4).map(\.digest), "\(index)")
        }
    }

    @Test("Devices that need the same cache at the same time share it; the last one frees it")
    func sharedCaches() async throws {
        guard let parameters = Self.v1.parameters as? RandomXParameters else { preconditionFailure("not RandomX") }
        let caches = HostCaches()
        let (arrived, arrival) = AsyncStream.makeStream(of: UInt.self)
        let gate = DispatchSemaphore(value: 0)
        for _ in 0..<3 {
            Thread {
                caches.withCache(parameters, seed: [7]) { _, memory in
                    arrival.yield(UInt(bitPattern: memory.baseAddress))
                    gate.wait()
                }
                arrival.yield(0)
            }.start()
        }
        var addresses = Set<UInt>()
        var iterator = arrived.makeAsyncIterator()
        // All three threads use the cache at the same time.
        for _ in 0..<3 { addresses.insert(try #require(await iterator.next())) }
        #expect(addresses.count == 1 && !addresses.contains(0) && caches.filled == 1)
        caches.withCache(parameters, seed: [8]) { _, _ in }
        #expect(caches.filled == 2)
        for _ in 0..<3 { gate.signal() }
        for _ in 0..<3 { #expect(await iterator.next() == 0) }
        caches.withCache(parameters, seed: [7]) { _, _ in }
        #expect(caches.filled == 3)
    }

    // MARK: Limits

    private static let limits = DeviceLimits(
        kind: .gpu, computeUnits: 20, memory: 8 << 30, maxAllocation: 2 << 30, maxGroup: 1024, fp64: true)

    private static func launch(_ change: (inout DeviceLimits) -> Void, dataset: Bool? = nil) throws(LaunchRefusal)
        -> RandomXLaunch
    {
        guard let parameters = Algorithm.rx0.parameters as? RandomXParameters else {
            preconditionFailure("not RandomX")
        }
        var limits = limits
        change(&limits)
        return try RandomXLaunch(parameters, within: limits, dataset: dataset)
    }

    @Test("The dataset has as many buffers as the device's limit makes necessary, or there is no dataset")
    func buffers() throws {
        let items = 34_078_719
        // 2 GiB a buffer: the dataset is a little larger.
        let two = try Self.launch { _ in }
        #expect(two.hasDataset && two.lineBuffers(items) == [1 << 25, items - 1 << 25])
        #expect(two.lineBuffers(1 << 22) == [1 << 22], "the cache")
        let one = try Self.launch { $0.maxAllocation = 8 << 30 }
        #expect(one.lineBuffers(items) == [items])
        // If the largest buffer is no power of two, the next lower power is used.
        let three = try Self.launch { $0.maxAllocation = 1500 << 20 }
        #expect(three.hasDataset && three.lineBuffers(items) == [1 << 24, 1 << 24, items - 1 << 25])
        let light = try Self.launch { $0.maxAllocation = 512 << 20 }
        #expect(!light.hasDataset, "it would take five")
        let four = try Self.launch { $0.maxAllocation = 64 << 20 }
        #expect(!four.hasDataset && four.lineBuffers(1 << 22) == [1 << 20, 1 << 20, 1 << 20, 1 << 20])
        for launch in [one, two, three, light, four] {
            #expect(launch.padBuffers.count <= 4 && launch.padBuffers.reduce(0, +) == launch.batch)
            #expect(launch.batch.isMultiple(of: launch.groupLoop))
        }
        #expect(four.batch == 4 * 32, "the scratchpads have that limit too")
    }

    @Test("The device's memory decides about dataset and batch")
    func memory() throws {
        let small = try Self.launch { $0.memory = 4 << 30 }
        let smaller = try Self.launch { $0.memory = 2 << 30 }
        #expect(small.hasDataset && !smaller.hasDataset)
        for (launch, memory) in [(small, 4096), (smaller, 2048)] {
            let mebibytes = 256 + (launch.hasDataset ? 2080 : 0) + 2 * launch.batch
            #expect(mebibytes < memory * 8 / 10 && launch.batch >= 32)
        }
        #expect(try Self.launch { $0.kind = .cpu }.hasDataset == false)
        #expect(try Self.launch({ $0.kind = .cpu }, dataset: true).hasDataset)
        #expect(try Self.launch({ _ in }, dataset: false).hasDataset == false)
    }

    @Test("A vendor's own statements are used where the device's compiler takes them, and kernels are told")
    func statements() throws {
        guard let parameters = Algorithm.rx0.parameters as? RandomXParameters else {
            preconditionFailure("not RandomX")
        }
        for (ptx, gcn) in [(false, false), (true, false), (false, true)] {
            let launch = try Self.launch { ($0.acceptsPTX, $0.acceptsGCN) = (ptx, gcn) }
            #expect(launch.usesPTX == ptx && launch.usesGCN == gcn)
            #expect((launch.careful == nil) == !(ptx || gcn))
            #expect(launch.careful?.launch.usesPTX != true && launch.careful?.launch.usesGCN != true)
            let text = Prelude(parameters, launch: launch).text
            #expect(text.contains("#define NJ_USES_PTX \(ptx ? 1 : 0)\n"))
            #expect(text.contains("#define NJ_USES_GCN \(gcn ? 1 : 0)\n"))
        }
    }

    @Test("A device that cannot run RandomX says why")
    func refusals() {
        #expect(throws: LaunchRefusal(reason: "the device has no 64-bit floating point, which RandomX needs")) {
            try Self.launch { $0.fp64 = false }
        }
        let noMemory = LaunchRefusal(reason: "the device has no memory for a RandomX cache of 256 MiB and a scratchpad")
        #expect(throws: noMemory) { try Self.launch { $0.memory = 300 << 20 } }
        #expect(throws: noMemory) { try Self.launch { $0.maxAllocation = 32 << 20 } }
        #expect(throws: noMemory) { try Self.launch { $0.maxAllocation = 0 } }
        #expect(throws: noMemory) { try Self.launch { ($0.kind, $0.memory) = (.cpu, 1 << 30) } }
    }
}
