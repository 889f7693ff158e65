import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import TestSupport
import Testing

/// Whole inputs, many in a batch: of mixed lengths, in any order, on lanes with small batches and little room for hits.
@Suite("Batches of inputs on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct InputsTests {
    /// The digests of inputs, all in one call.
    static func digests(_ lane: some InputLane, _ inputs: [[UInt8]], _ epoch: Epoch) throws -> [Digest] {
        // An empty input has no address.
        let copies = inputs.map { input -> UnsafeMutableBufferPointer<UInt8>? in
            guard !input.isEmpty else { return nil }
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: input.count)
            _ = copy.initialize(from: input)
            return copy
        }
        defer { for copy in copies { copy?.deallocate() } }
        var digests = [Digest](repeating: Digest(), count: inputs.count)
        try copies.map { UnsafePointer($0?.baseAddress) }.withUnsafeBufferPointer { addresses in
            try inputs.map(\.count).withUnsafeBufferPointer { sizes in
                try digests.withUnsafeMutableBufferPointer { digests in
                    try lane.digests(of: Inputs(addresses, sizes: sizes), epoch, into: digests)
                }
            }
        }
        return digests
    }

    /// Inputs of several lengths, none beside its like.
    private static func inputs(_ count: Int, _ lengths: [Int]) -> [[UInt8]] {
        var random = SeededGenerator(seed: UInt64(count))
        return (0..<count).map { index in
            (0..<lengths[index % lengths.count]).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
    }

    /// Compares a lane's digests of inputs, all together, with those of each input alone, and does it again after work
    /// with a nonce: neither leaves anything to the other.
    private static func check(
        _ lane: some InputLane, _ algorithm: Algorithm, _ epoch: Epoch, _ lengths: [Int], _ comment: Comment,
        expected: ([UInt8]) throws -> Digest
    ) throws {
        let inputs = inputs(11, lengths)
        let alone = try inputs.map(expected)
        #expect(Set(alone).count == alone.count)
        #expect(try digests(lane, inputs, epoch) == alone, comment)
        let longest = try #require(inputs.max { $0.count < $1.count })
        let work = try Work(
            algorithm: algorithm, input: longest, nonceOffset: longest.count - 4, epoch: epoch)
        try lane.prepare(work)
        let nonces = try lane.digests(5..<7)
        #expect(try nonces == (5..<7).map { try expected(work.input(nonce: $0)) }, comment)
        #expect(try digests(lane, Array(inputs.reversed()), epoch) == alone.reversed(), comment)
        #expect(try digests(lane, [], epoch).isEmpty)
        try lane.prepare(work)
        #expect(try lane.digests(5..<7) == nonces, comment)
    }

    @Test("CryptoNight of every kind", arguments: CryptoNightLaneTests.kinds)
    func cryptoNight(_ kind: CryptoNightLaneTests.Kind) throws {
        let algorithm = CryptoNightLaneTests.small(kind)
        guard let parameters = algorithm.parameters as? CryptoNightParameters else { return #expect(Bool(false)) }
        let scratchpad = UnsafeMutableRawBufferPointer.allocate(byteCount: parameters.memory, alignment: 64)
        defer { scratchpad.deallocate() }
        let hasher = CryptoNightHasher(parameters, scratchpads: scratchpad, implementation: .portable)
        for height in kind.base == .r ? [1_806_260, 1_806_261] : [1] as [UInt64] {
            hasher.prepare(height: height)
            let epoch = try Epoch(algorithm, height: height, seed: nil)
            for device in try Fixture.all() {
                let lane = try Fixture.lane(algorithm, on: device) { ($0.batch, $0.padsPerBuffer) = (4, 4) }
                // One block of Keccak, two, and many.
                try Self.check(lane, algorithm, epoch, [76, 136, 43, 135, 300], "\(kind) on \(device.id)") { input in
                    input.withUnsafeBytes { hasher.hash($0) }
                }
            }
        }
    }

    @Test("RandomX, with a commitment and without", arguments: [false, true])
    func randomX(_ v2: Bool) throws {
        let algorithm = SmallRandomX.algorithm(SmallRandomX.parameters(v2: v2))
        for seed in [[1, 2, 3], []] as [[UInt8]] {
            for device in try Fixture.all() {
                let lane = try SmallRandomX.lane(algorithm, on: device, room: 2) {
                    ($0.batch, $0.padsPerBuffer) = (4, 4)
                }
                try Self.check(lane, algorithm, .seed(seed), [76, 128, 9, 95, 300], "\(seed) on \(device.id)") {
                    input in
                    SmallRandomX.proofs(try Work(algorithm: algorithm, input: input, seed: seed), 0..<1)[0].digest
                }
            }
        }
    }

    @Test("scrypt, in all its paths")
    func scrypt() throws {
        for device in try Fixture.all() {
            for items in [1, 4] {
                let lane = try ScryptLaneTests.lane(on: device, ["batch": 4, "items": items], room: 2)
                // The key is the input, or its hash; the salt ends in its first block, or in another one.
                try Self.check(lane, .scrypt, .none, [80, 64, 65, 51, 52, 200], "\(items) on \(device.id)") { input in
                    ScryptLaneTests.digests(try Work(algorithm: .scrypt, input: input), 0..<1)[0]
                }
            }
        }
    }

    @Test("SHA-256d, of headers and others, in launches of few")
    func sha256d() throws {
        for device in try Fixture.all() {
            let lane = try SHA256dLaneTests.lane(on: device, ["batch": 7], slice: 32, room: 2)
            #expect(lane.inputsAtOnce == 7)
            try Self.check(lane, .sha256d, .none, [80, 55, 56, 119, 120, 1000], "on \(device.id)") { input in
                SHA256dLaneTests.digest(input)
            }
            // Nothing at all is an input, too.
            #expect(try Self.digests(lane, [[], [1], []], .none)[2] == SHA256dLaneTests.digest([]))
        }
    }

    /// A lane of tiny CryptoNight with batches of 8, whose calls are counted.
    private static func countedLane(_ driver: FaultyDriver) throws -> CryptoNightLane {
        let algorithm = CryptoNightLaneTests.small(.v0)
        guard let parameters = algorithm.parameters as? CryptoNightParameters else {
            preconditionFailure("not CryptoNight")
        }
        let device = try Fixture.device()
        var launch = try CryptoNightLaunch(parameters, within: device.limits)
        (launch.batch, launch.padsPerBuffer, launch.turns, launch.milliseconds) = (8, 8, 1 << 20, 0)
        return try CryptoNightLane(
            DeviceRuntime(device, cacheDirectory: nil, calls: driver.calls), algorithm, launch: launch, room: 1)
    }

    /// As many launches as a lane's batch makes necessary, whatever the order of the lengths.
    @Test("Inputs of one length are hashed together")
    func launches() throws {
        let driver = FaultyDriver()
        let lane = try Self.countedLane(driver)
        func launches(_ inputs: [[UInt8]]) throws -> Int {
            let before = driver.counts["clEnqueueNDRangeKernel", default: 0]
            _ = try Self.digests(lane, inputs, .none)
            return driver.counts["clEnqueueNDRangeKernel", default: 0] - before
        }
        // The first time, kernels are launched for nothing, too.
        _ = try launches([[1]])
        let kernels = 5
        #expect(try launches(Self.inputs(1, [76])) == kernels)
        #expect(try launches(Self.inputs(8, [76])) == kernels)
        #expect(try launches(Self.inputs(9, [76])) == 2 * kernels)
        // Lengths of one block are one to Keccak.
        #expect(try launches(Self.inputs(8, [76, 1, 135])) == kernels)
        #expect(try launches(Self.inputs(16, [76, 200])) == 2 * kernels)
        #expect(try launches([]) == 0)
    }

    @Test("A device that hands up too few digests is faulty")
    func tooFew() throws {
        let driver = FaultyDriver()
        let lane = try Self.countedLane(driver)
        let inputs = Self.inputs(3, [76])
        let digests = try Self.digests(lane, inputs, .none)
        // The batch's last kernel does not run, and the driver does not tell.
        driver.fail("clEnqueueNDRangeKernel", code: 0, after: 4)
        let id = try Fixture.device().id
        #expect(throws: NightjarError(device: id, reason: "gave 0 digests for 3 inputs")) {
            try Self.digests(lane, inputs, .none)
        }
        #expect(try Self.digests(lane, inputs, .none) == digests)
    }
}
