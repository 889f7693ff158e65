import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// What can be tuned, and how it is kept. No choice changes a digest.
@Suite("Tuning on OpenCL devices", .serialized, .timeLimit(.minutes(20)))
struct TuningTests {
    private static let limits = DeviceLimits(
        kind: .gpu, computeUnits: 20, memory: 8 << 30, maxAllocation: 2 << 30, maxGroup: 256, fp64: true)

    @Test(
        "Every knob's every value makes a launch within the device's limits",
        arguments: [
            Algorithm.cn0, .cnR, .rx0, .rx2,
        ])
    func knobs(_ algorithm: Algorithm) throws {
        let families = OpenCLFamilies.builtIn()
        let plain = try families.launch(algorithm, within: Self.limits)
        let knobs = families.knobs(algorithm, within: Self.limits)
        #expect(knobs.count >= 2 && knobs.first?.name == "batch")
        let batches = try #require(knobs.first).values
        let batch = plain.batch
        #expect(batches.filter { $0 < batch }.suffix(2) == [batch / 3, batch / 2], "a part may fit a cache")
        for knob in knobs {
            #expect(knob.values == Array(Set(knob.values)).sorted() && knob.values.count > 1)
            #expect(plain.settings[knob.name].map(knob.values.contains) == true, "\(knob) has the default")
            for value in knob.values {
                let launch = try families.launch(
                    algorithm, within: Self.limits, settings: TuningSettings([knob.name: value]))
                #expect(launch.settings[knob.name] == value)
                #expect(UInt64(launch.batch * algorithm.memory) <= Self.limits.memory)
                let pads =
                    try #require((launch as? CryptoNightLaunch)?.buffers ?? (launch as? RandomXLaunch)?.padBuffers)
                #expect(
                    pads.count <= 4 && pads.allSatisfy { UInt64($0 * algorithm.memory) <= Self.limits.maxAllocation })
            }
        }
        let same = try families.launch(algorithm, within: Self.limits, settings: plain.settings)
        #expect(AnyHashable(same) == AnyHashable(plain))
        for nonsense in [["batch": 1 << 40], ["batch": 0], ["groupLoop": 512], ["groupFill": 0], ["groupHash": -1]] {
            #expect(throws: LaunchRefusal.self) {
                try families.launch(algorithm, within: Self.limits, settings: TuningSettings(nonsense))
            }
        }
    }

    @Test("Settings are text and back")
    func text() {
        let settings = TuningSettings(["groupLoop": 32, "batch": 4])
        #expect("\(settings)" == "batch 4, groupLoop 32" && TuningSettings("batch 4, groupLoop 32") == settings)
        #expect(
            TuningSettings("batch") == nil && TuningSettings("batch x") == nil && TuningSettings("") == TuningSettings()
        )
    }

    @Test("Kept settings are used by every later plan, explained, and give the same digests; nonsense is ignored")
    func kept() throws {
        let device = try Fixture.device()
        let directory = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let algorithm = CryptoNightLaneTests.small(.r)
        let work = try CryptoNightLaneTests.work(algorithm)
        func plan() throws -> (explanation: [String], batch: Int, digests: [Digest]) {
            let plan = try OpenCLBackend(cacheDirectory: directory).plan(algorithm, on: device.id, threads: nil)
            let make = try #require(plan.lanes.first)
            let lane = try make()
            try lane.prepare(work)
            return (plan.explanation, lane.batch, try lane.digests(0..<9))
        }
        let plain = try plan()
        let backend = OpenCLBackend(cacheDirectory: directory)
        #expect(
            backend.keep(
                TuningSettings(["batch": 3, "groupLoop": 1]), explanation: "tuned: it is\nso", for: algorithm,
                on: device.id))
        let tuned = try plan()
        #expect(tuned.batch == 3 && tuned.digests == plain.digests && tuned.explanation.last == "tuned: it is so")
        // Another algorithm has settings of its own.
        let other = try OpenCLBackend(cacheDirectory: directory).plan(
            CryptoNightLaneTests.small(.v1), on: device.id, threads: nil)
        #expect(!other.explanation.contains { $0.hasPrefix("tuned") })
        // Settings beyond the device's limits, and no place to keep any.
        #expect(backend.keep(TuningSettings(["batch": 1 << 50]), explanation: "tuned", for: algorithm, on: device.id))
        let ignored = try plan()
        #expect(ignored == plain)
        #expect(
            !OpenCLBackend(cacheDirectory: nil).keep(TuningSettings(), explanation: "", for: algorithm, on: device.id))
        #expect(
            !OpenCLBackend(cacheDirectory: "/dev/null/no").keep(
                TuningSettings(), explanation: "", for: algorithm, on: device.id))
    }

    @Test("Memory is measured, and the accesses' results are right")
    func memory() throws {
        let device = try Fixture.device()
        let measured = try OpenCLBackend(cacheDirectory: nil).measureMemory(of: device.id)
        #expect(measured.copyBytesPerSecond > 0)
        #expect(
            measured.random.count >= 2 && measured.random.allSatisfy { $0.accessesPerSecond > 0 && $0.workItems > 0 })
    }
}
