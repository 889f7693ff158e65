import Foundation
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// What a device's record costs it: a suspect's programs are built from source.
@Suite("Suspected devices", .timeLimit(.minutes(20)))
struct SuspectedProgramTests {
    @Test("Letting go of a device keeps what is known to be good of it; suspicion does not, until it is over")
    func programs() throws {
        let directory = NSTemporaryDirectory() + "nightjar-suspect-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let driver = FaultyDriver()
        let backend = OpenCLBackend(cacheDirectory: directory, calls: driver.calls)
        let device = try Fixture.device().id
        /// Programs that the next lane builds from source, and from what was kept.
        func builds() throws -> [Int] {
            let before = driver.counts
            let make = try #require(try backend.plan(.cnPico, on: device, threads: nil).lanes.first)
            _ = try make()
            return ["clCreateProgramWithSource", "clCreateProgramWithBinary"].map { call in
                driver.counts[call, default: 0] - before[call, default: 0]
            }
        }
        let first = try builds()
        try #require(first[0] > 0 && first[1] == 0)
        backend.reset(device)
        #expect(try builds() == [0, first[0]], "kept programs are used")
        backend.suspect(device)
        #expect(try builds() == first, "they may be why it failed")
        backend.reset(device)
        #expect(try builds() == first, "and still may")
        backend.acquit(device)
        backend.reset(device)
        #expect(try builds() == [0, first[0]])
    }
}
