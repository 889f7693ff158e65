import Nightjar
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// Families are rows in tables: what is in a table is held to its known answers, and a row is all that one more takes.
@Suite(.timeLimit(.minutes(5))) struct FamilyTests {
    /// The parameters of a family that only this test knows.
    private struct Parameters: AlgorithmParameters {
        static var family: String { "row" }
        var scratchpad: Int? { nil }
        var inputLengths: ClosedRange<Int> { 8...8 }
        var firstDifficulty: UInt64 { 1 }
    }

    /// Its digest has the input as its first word.
    private struct Family: CPUHasherFamily {
        init(_ machine: CPUMachine) {}

        func widths(_ parameters: Parameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
            CPUWidths(1...1, batch: 1000)
        }

        func hasher(_ parameters: Parameters, _ resources: CPUHasherResources) -> any CPUHasher { Hasher() }
    }

    private final class Hasher: CPUHasher {
        func prepare(_ epoch: Epoch) {}

        func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
            for index in digests.indices {
                let word = inputs.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
                digests[index] = Digest(words: (UInt64(littleEndian: word), 0, 0, 1))
            }
        }
    }

    private static let algorithm = Algorithm(
        name: "row", parameters: Parameters(), blob: Algorithm.BlobForm(nonceOffset: 4, benchmarkLength: 8))

    /// Each algorithm on each device of each backend has known answers, or a reason why it does not run there.
    @Test func catalogTimesBackends() {
        let backends: [any Backend] = [CPUBackend(), OpenCLBackend(cacheDirectory: nil)]
        #expect(backends.allSatisfy { !$0.devices.isEmpty })
        for algorithm in Catalog.all {
            #expect(algorithm.backends == ["cpu", "opencl"])
            for backend in backends {
                for device in backend.devices {
                    switch backend.support(for: algorithm, on: device.id) {
                    case .supported: #expect(KnownAnswers.answers(for: algorithm).count >= 2, "\(algorithm)")
                    case .unsupported(let reason): #expect(!reason.isEmpty, "\(algorithm) on \(device.id)")
                    }
                }
            }
        }
    }

    /// A family that no table has is refused by name, and there are no lanes for it.
    @Test func aFamilyWithoutARowIsUnsupported() throws {
        let reason = "the native CPU has no code for the family row"
        #expect(CPUBackend().support(for: Self.algorithm, on: .cpu) == .unsupported(reason))
        #expect(throws: NightjarError(device: .cpu, reason: reason)) {
            try CPUBackend().plan(Self.algorithm, on: .cpu, threads: nil)
        }
        #expect(throws: NightjarError.self) { try CPUBackend().lane(Self.algorithm) }
        #expect(Self.algorithm.backends.isEmpty)
        let openCL = OpenCLBackend(cacheDirectory: nil)
        let device = try #require(openCL.devices.first?.id, "the tests need an OpenCL device")
        #expect(
            openCL.support(for: Self.algorithm, on: device)
                == .unsupported("there are no kernels for the family row"))
        #expect(openCL.knobs(Self.algorithm, on: device).isEmpty)
        #expect(openCL.defaultSettings(Self.algorithm, on: device) == TuningSettings())
    }

    /// No scratchpad, and batches of a thousand: nothing but its row is needed.
    @Test func aFamilyIsARow() async throws {
        let cpu = CPUBackend(families: CPUFamilies.builtIn + [Family.self])
        #expect(cpu.support(for: Self.algorithm, on: .cpu) == .supported)
        let plan = try cpu.plan(Self.algorithm, on: .cpu, threads: 2)
        #expect(plan.lanes.count == 2 && plan.hints.isEmpty)
        #expect(plan.explanation.count == 1 && plan.explanation[0].contains("; a hash needs no scratchpad; as asked"))
        let lane = try cpu.lane(Self.algorithm)
        #expect(lane.batch == 1000 && lane.remarks.allSatisfy { !$0.contains("scratchpad") })
        try lane.prepare(Work(algorithm: Self.algorithm, input: [1, 2, 3, 4, 0, 0, 0, 0], nonceOffset: 4))
        var digests = [Digest](repeating: Digest(), count: 2)
        try digests.withUnsafeMutableBufferPointer { try lane.digests(7..<9, into: $0) }
        #expect(digests == [7, 8].map { Digest(words: ($0 << 32 | 0x0403_0201, 0, 0, 1)) })
        #expect(throws: NightjarError.tooLong(algorithm: "row", bytes: 9, maximum: 8)) {
            try Work(algorithm: Self.algorithm, input: [UInt8](repeating: 7, count: 9))
        }
    }

    /// A device without known answers does no work, whatever it would compute.
    @Test func nothingRunsUnchecked() async throws {
        let cpu = CPUBackend(families: CPUFamilies.builtIn + [Family.self])
        let engine = try Engine(threads: 1, backends: [cpu], verifier: cpu)
        let refusal = await #expect(throws: NightjarError.self) {
            try await engine.selftest(Self.algorithm, on: .cpu)
        }
        #expect(refusal?.code == .unsupported && refusal?.reason.contains("knows no answer") == true)
        #expect(try await engine.selftest(.cnPico, on: .cpu) == KnownAnswers.answers(for: .cnPico).count)
    }

    /// Where a dataset pays is the parameters' own business, and the only thing that the mode asks of a family.
    @Test func modesAskTheParameters() {
        #expect(Self.algorithm.parameters.datasetPaysFrom == nil && Algorithm.cn0.parameters.datasetPaysFrom == nil)
        #expect(Algorithm.rx0.parameters.datasetPaysFrom == 2080 && Algorithm.rxArq.parameters.datasetPaysFrom == 8320)
        #expect(RandomXMode.automatic.settles(.sha256d, hashes: 1) && !RandomXMode.light.settles(.sha256d, hashes: 1))
    }
}
