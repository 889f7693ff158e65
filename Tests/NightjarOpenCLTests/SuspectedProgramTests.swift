import Foundation
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// A suspected device's programs are built from source.
@Suite("Suspected devices", .timeLimit(.minutes(20)))
struct SuspectedProgramTests {
    @Test("A device that is reset uses its kept programs; a suspected one does not, until it is acquitted")
    func programs() throws {
        let directory = NSTemporaryDirectory() + "nightjar-suspect-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let driver = FaultyDriver()
        let backend = OpenCLBackend(cacheDirectory: directory, calls: driver.calls)
        let device = try Fixture.device().id
        /// The number of programs that the next lane builds from source, and of those that it loads from disk.
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
