import Nightjar
import NightjarAlgorithms
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// Many inputs at once, on the threads that hash whole inputs.
@Suite(.serialized, .timeLimit(.minutes(20))) struct ManyInputsTests {
    private let cpu = CPUBackend()

    private func engine(randomX: RandomXMode = .light) throws -> Engine {
        try Engine(threads: 2, randomX: randomX, backends: [cpu], verifier: cpu)
    }

    @Test(arguments: Catalog.all)
    func knownAnswersComeInOrder(_ algorithm: Algorithm) async throws {
        let engine = try engine()
        let all = try Vectors.hashes(algorithm.name)
        let seed = all.first?.seed?.bytes
        // Inputs of several lengths, and heights.
        let vectors = all.filter { $0.seed?.bytes == seed }
        let digests = try await engine.hash(
            vectors.map(\.input.bytes), algorithm: algorithm, seed: seed, heights: vectors.compactMap(\.height))
        #expect(digests.map(\.bytes) == vectors.map(\.hash.bytes))
        #expect(try await engine.hash([[UInt8]](), algorithm: algorithm, seed: seed, heights: [1]).isEmpty)
        await engine.releaseLanes()
    }

    @Test func longListsOfSeveralAlgorithmsAtOnce() async throws {
        let engine = try engine()
        let inputs = (0..<500).map { index in
            (0..<76 + index % 3).map { UInt8(truncatingIfNeeded: $0 &* (index + 7)) }
        }
        let algorithms = [Algorithm.cnPico, .sha256d, .scrypt]
        try await withThrowingTaskGroup(of: (Algorithm, [Digest]).self) { group in
            for algorithm in algorithms {
                group.addTask { (algorithm, try await engine.hash(inputs, algorithm: algorithm)) }
            }
            for try await (algorithm, digests) in group {
                #expect(digests.count == inputs.count)
                for index in [0, 1, 249, 498, 499] {
                    #expect(try await engine.hash(inputs[index], algorithm: algorithm) == digests[index])
                }
            }
        }
        // Lanes that were released come back.
        await engine.releaseLanes()
        #expect(try await engine.hash(Array(inputs[..<3]), algorithm: .cnPico).count == 3)
    }

    /// Some lack an address, some have a size that no input has: alone, in rows, and at the ends of what is looked at together.
    @Test func threadsLeaveOutWhatNoCallerLookedAt() throws {
        let core = try EngineCore(
            devices: nil, threads: 2, randomX: .light, niceness: 0, backends: [cpu], verifier: cpu)
        let count = 3000
        let bytes = (0..<80 * count).map { UInt8(truncatingIfNeeded: $0 / 80 ^ $0) }
        let withoutAddress = [0, 255, 256, 700, 701, 702, 2999], withBadSize = [1, 511, 512, 1500, 2998]
        var digests = [UInt8](repeating: 0xAA, count: 32 * count)
        let refused = try bytes.withUnsafeBufferPointer { bytes in
            let addresses = (0..<count).map { index in
                withoutAddress.contains(index) ? nil : bytes.baseAddress.map { $0 + 80 * index }
            }
            let sizes = (0..<count).map { withBadSize.contains($0) ? -1 : 80 }
            return try addresses.withUnsafeBufferPointer { addresses in
                try sizes.withUnsafeBufferPointer { sizes in
                    try digests.withUnsafeMutableBytes { digests in
                        let list = InputList(
                            borrowing: Inputs(addresses, sizes: sizes), algorithm: .sha256d, epoch: .none,
                            digests: try #require(digests.baseAddress), isChecked: false)
                        try core.submit(list)
                        try list.wait()
                        return list.badInputs.flatMap { $0 }
                    }
                }
            }
        }
        core.close()
        #expect(refused == (withoutAddress + withBadSize).sorted())
        for index in 0..<count {
            let digest = Array(digests[32 * index..<32 * index + 32])
            let expected =
                refused.contains(index)
                ? [UInt8](repeating: 0xAA, count: 32) : plain(Array(bytes[80 * index..<80 * index + 80]))
            #expect(digest == expected)
        }
    }

    /// By plain C.
    private func plain(_ input: [UInt8]) -> [UInt8] {
        var digest = Digest()
        input.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
        return digest.bytes
    }

    @Test func whatCannotBeHashedIsRefused() async throws {
        let engine = try engine()
        await #expect(throws: NightjarError.tooShort(algorithm: "cn/1", bytes: 3, minimum: 43)) {
            try await engine.hash([[UInt8](repeating: 0, count: 43), [1, 2, 3]], algorithm: .cn1)
        }
        await #expect(throws: NightjarError.missingSeed(algorithm: "rx/0")) {
            try await engine.hash([[1], [2]], algorithm: .rx0)
        }
        await #expect(throws: NightjarError.missingHeight(algorithm: "cn/r")) {
            try await engine.hash([[1], [2]], algorithm: .cnR)
        }
        await #expect(throws: NightjarError.argument("2 heights for 3 inputs")) {
            try await engine.hash([[1], [2], [3]], algorithm: .cnR, heights: [1, 2])
        }
        await #expect(throws: NightjarError.noSuchDevice("opencl:0.0", present: [.cpu])) {
            try await engine.hash([[1]], algorithm: .cn0, on: .opencl(platform: 0, device: 0))
        }
        let error = await #expect(throws: NightjarError.self) {
            try await engine.hash([[1]], algorithm: .rx0, seed: [UInt8](repeating: 1, count: 61))
        }
        #expect(error?.code == .input)
    }

    @Test func aDeviceThatTakesNoInputsHashesOneByOne() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let engine = try Engine(backends: [fake], verifier: cpu)
        let vectors = try Vectors.hashes("cn/0").prefix(3)
        let digests = try await engine.hash(vectors.map(\.input.bytes), algorithm: .cn0)
        #expect(digests.map(\.bytes) == vectors.map(\.hash.bytes))
        await engine.releaseLanes()
    }

    @Test func aCancelledCallEnds() async throws {
        let engine = try engine()
        let inputs = [[UInt8]](repeating: [UInt8](repeating: 1, count: 76), count: 100_000)
        let task = Task { try await engine.hash(inputs, algorithm: .cn0) }
        task.cancel()
        await #expect(throws: NightjarError.cancelled) { try await task.value }
        // The threads serve the next call, and not the rest of that one.
        #expect(try await engine.hash([inputs[0]], algorithm: .cnPico).count == 1)
    }

    /// The dataset gives the same digests, and comes only when it pays.
    @Test func aSeedGetsTheDatasetWhenItPays() async throws {
        let engine = try engine(randomX: .automatic)
        let seed = [UInt8](repeating: 0, count: 32)
        let inputs = (0..<2080).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 76) }
        let few = try await engine.hash(Array(inputs[..<8]), algorithm: .rx0, seed: seed)
        #expect(cpu.datasetsBuilt == 0)
        let many = try await engine.hash(inputs, algorithm: .rx0, seed: seed)
        #expect(cpu.datasetsBuilt == 1)
        #expect(Array(many[..<8]) == few)
        // Another seed is hashed in light mode meanwhile.
        let other = try await engine.hash([inputs[0]], algorithm: .rx0, seed: [9])
        #expect(other != [many[0]])
        #expect(try await engine.hash(inputs[1], algorithm: .rx0, seed: seed) == many[1])
        #expect(cpu.datasetsBuilt == 1)
        await engine.releaseLanes()
    }

    @Test func withoutMemoryForADatasetModesFallBack() async throws {
        let small = CPUBackend(pages: .plain, available: { 1 << 20 })
        let engine = try Engine(threads: 1, randomX: .full, backends: [small], verifier: small)
        let vector = try #require(try Vectors.hashes("rx/0").first)
        let digests = try await engine.hash(
            [vector.input.bytes], algorithm: .rx0, seed: vector.seed?.bytes)
        #expect(digests.map(\.bytes) == [vector.hash.bytes])
        #expect(small.datasetsBuilt == 0)
        await engine.releaseLanes()
    }
}
