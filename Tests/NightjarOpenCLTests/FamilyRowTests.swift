import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// A family that only this test knows: a row in the table, its launch, and its kernel.
@Suite("A family is a row", .timeLimit(.minutes(5)))
struct FamilyRowTests {
    private struct Parameters: AlgorithmParameters {
        static var family: String { "row" }
        var scratchpad: Int? { nil }
        var firstDifficulty: UInt64 { 1 }
    }

    private struct Launch: OpenCLLaunch {
        var batch: Int
        var settings: TuningSettings { TuningSettings(["batch": batch]) }
        var careful: (launch: Launch, words: String)? { batch > 1 ? (Launch(batch: 1), "one at a time") : nil }

        /// Builds the kernel, then throws: there is no lane.
        func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane {
            let kernel = try onDevice(runtime.device.id) {
                try Kernel(
                    runtime.program("Row/Row.cl", prelude: Prelude()),
                    KernelSignature("row", KernelParameter<Buffer>("out")))
            }
            throw NightjarError(device: runtime.device.id, reason: "\(kernel.name) of \(batch) is there")
        }
    }

    private struct Family: OpenCLFamily {
        var sources: [String: String] { ["Row/Row.cl": "__kernel void row(__global uint *out) { out[0] = 1; }\n"] }

        func launch(
            _ parameters: Parameters, within limits: DeviceLimits, settings: TuningSettings
        ) throws(LaunchRefusal) -> Launch {
            let batch = settings["batch"] ?? 1 << 20
            guard batch > 0 else { throw LaunchRefusal(reason: "a batch has hashes") }
            return Launch(batch: batch)
        }
    }

    @Test("It is planned, explained without a scratchpad, and made of its own kernel; others stay what they are")
    func aFamilyIsARow() throws {
        let device = try Fixture.device().id
        let algorithm = Algorithm(name: "row", parameters: Parameters())
        let backend = OpenCLBackend(cacheDirectory: nil, families: OpenCLFamilies([Family()]))
        #expect(backend.support(for: algorithm, on: device) == .supported)
        #expect(backend.knobs(algorithm, on: device).isEmpty)
        #expect(backend.defaultSettings(algorithm, on: device) == TuningSettings(["batch": 1 << 20]))
        #expect(
            backend.support(for: .cn0, on: device) == .unsupported("there are no kernels for the family cryptonight"))
        #expect(
            Fixture.backend.support(for: algorithm, on: device)
                == .unsupported("there are no kernels for the family row"))

        let plan = try backend.plan(algorithm, on: device, threads: nil)
        #expect(plan.lanes.count == 1 && plan.explanation.count == 1)
        #expect(plan.explanation[0].hasPrefix("1 lane of 1048576 hashes at a time for "))
        #expect(!plan.explanation[0].contains("MiB"))
        #expect(throws: NightjarError(device: device, reason: "row of 1048576 is there")) { try plan.lanes[0]() }
        #expect(throws: NightjarError(device: device, reason: "row of 2 is there")) {
            try backend.plan(algorithm, on: device, settings: TuningSettings(["batch": 2])).lanes[0]()
        }
        #expect(throws: NightjarError(device: device, reason: "a batch has hashes")) {
            try backend.plan(algorithm, on: device, settings: TuningSettings(["batch": 0]))
        }
    }
}
