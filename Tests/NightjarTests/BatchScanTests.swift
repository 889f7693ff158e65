import Foundation
import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarOpenCL
import Testing

/// The batches that `bench --scan` compares.
@Suite(.timeLimit(.minutes(10))) struct BatchScanTests {
    private static let measured = ["batch": 6, "groupLoop": 2, "unroll": 1]

    /// A device as it was tuned is scanned around what was tuned, and no other setting changes.
    @Test func batchesAreThoseAroundTheTunedOne() async throws {
        let directory = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let openCL = OpenCLBackend(cacheDirectory: directory)
        let device = try #require(openCL.devices.first?.id, "the tests need an OpenCL device")
        #expect(openCL.keep(TuningSettings(Self.measured), explanation: "tuned", for: .cnPico, on: device))
        let engine = try Engine(backends: [openCL], verifier: CPUBackend())
        let result = await engine.benchOutcome(.cnPico, on: device, length: .hashes(6))
        #expect(result.isVerified && result.facts.settings["batch"] == 6)
        let usual = TuningSettings(result.facts.settings)
        let scan = engine.core.batchScan(.cnPico, on: device, around: usual)
        #expect(scan.compactMap { $0["batch"] } == [1, 3, 6, 12, 24, 48])
        for settings in scan {
            var settings = settings
            settings["batch"] = 6
            #expect(settings == usual && settings["groupLoop"] == 2 && settings["unroll"] == 1)
        }
        let (core, most) = (engine.core, try #require(scan.last))
        let last = await engine.benchOutcome(.cnPico, on: device, length: .hashes(48), settings: most)
        #expect(last.isVerified && last.facts.hashesAtOnce == 48)
        // What the device has no memory for is left out.
        var huge = usual
        huge["batch"] = 1 << 40
        #expect(core.batchScan(.cnPico, on: device, around: huge).isEmpty)
        #expect(core.batchScan(.cnPico, on: device, around: TuningSettings()).isEmpty)
    }

    @Test func theCPUHasNoBatches() throws {
        let cpu = CPUBackend()
        let engine = try Engine(backends: [cpu], verifier: cpu)
        #expect(engine.core.batchScan(.cnPico, on: .cpu, around: TuningSettings(Self.measured)).isEmpty)
    }
}
