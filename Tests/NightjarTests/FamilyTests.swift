import Nightjar
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing
import Toy

/// Families are rows in tables: what is in a table is held to its known answers, and a row is all that one more takes.
@Suite(.timeLimit(.minutes(5))) struct FamilyTests {
    private let cpu = CPUBackend(families: Toy.cpuFamilies)
    private static let toy = Toy.algorithm

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
        let reason = "the native CPU has no code for the family toy"
        #expect(CPUBackend().support(for: Self.toy, on: .cpu) == .unsupported(reason))
        #expect(throws: NightjarError(device: .cpu, reason: reason)) {
            try CPUBackend().plan(Self.toy, on: .cpu, threads: nil)
        }
        #expect(throws: NightjarError.self) { try CPUBackend().lane(Self.toy) }
        #expect(Self.toy.backends.isEmpty)
        let openCL = OpenCLBackend(cacheDirectory: nil)
        let device = try #require(openCL.devices.first?.id, "the tests need an OpenCL device")
        #expect(
            openCL.support(for: Self.toy, on: device) == .unsupported("there are no kernels for the family toy"))
        #expect(openCL.knobs(Self.toy, on: device).isEmpty)
        #expect(openCL.defaultSettings(Self.toy, on: device) == TuningSettings())
    }

    /// No scratchpad, an input of 80 bytes and batches of a thousand: nothing but its row and its folder is needed.
    @Test func aFamilyIsARow() async throws {
        #expect(cpu.support(for: Self.toy, on: .cpu) == .supported)
        let plan = try cpu.plan(Self.toy, on: .cpu, threads: 2)
        #expect(plan.lanes.count == 2 && plan.hints.isEmpty)
        #expect(plan.explanation.count == 1 && plan.explanation[0].contains("; a hash needs no scratchpad; as asked"))
        let lane = try cpu.lane(Self.toy)
        #expect(lane.batch == ToyCPUFamily.batch && lane.remarks.allSatisfy { !$0.contains("scratchpad") })

        let engine = try Engine(threads: 1, backends: [cpu], verifier: cpu)
        #expect(try await engine.selftest(Self.toy, on: .cpu) == 2)
        let input = [UInt8](repeating: 7, count: 80)
        for (length, error) in [
            (79, NightjarError.tooShort(algorithm: "toy", bytes: 79, minimum: 80)),
            (81, .tooLong(algorithm: "toy", bytes: 81, maximum: 80)),
        ] {
            await #expect(throws: error) {
                try await engine.hash([UInt8](repeating: 7, count: length), algorithm: Self.toy)
            }
        }
        #expect(try await engine.hash(input, algorithm: Self.toy) == ToyParameters.digest(input))
        #expect(
            try await engine.portableProof(of: Work(algorithm: Self.toy, input: input)).digest
                == ToyParameters.digest(input))
        #expect(try await engine.selftest(.cnPico, on: .cpu) == KnownAnswers.answers(for: .cnPico).count)
    }

    /// What parameters bring along is held against the device as the built-in answers are.
    @Test func aFamilysOwnAnswersCount() async throws {
        let engine = try Engine(threads: 1, backends: [cpu], verifier: cpu)
        let liar = Algorithm(name: "toy", parameters: ToyParameters(lies: true))
        #expect(liar != Self.toy)
        let error = await #expect(throws: NightjarError.self) { try await engine.selftest(liar, on: .cpu) }
        #expect(
            error?.code == .selftest && error?.reason.contains("wrong hashes for toy") == true,
            "\(String(describing: error))")
    }

    /// Where a dataset pays is the parameters' own business, and the only thing that the mode asks of a family.
    @Test func modesAskTheParameters() {
        #expect(Self.toy.parameters.datasetPaysFrom == nil && Algorithm.cn0.parameters.datasetPaysFrom == nil)
        #expect(Algorithm.rx0.parameters.datasetPaysFrom == 2080 && Algorithm.rxArq.parameters.datasetPaysFrom == 8320)
        #expect(RandomXMode.automatic.settles(Self.toy, hashes: 1) && !RandomXMode.light.settles(Self.toy, hashes: 1))
    }
}
