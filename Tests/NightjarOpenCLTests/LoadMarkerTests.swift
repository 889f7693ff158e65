import Foundation
import NightjarDevices
import NightjarOpenCL
import Testing

/// Programs on disk over which a process has ended, perhaps.
@Suite("Marks of programs that are loaded", .timeLimit(.minutes(5)))
final class LoadMarkerTests {
    private let directory = NSTemporaryDirectory() + "nightjar-marks-\(UUID().uuidString)"
    private let source = "__kernel void six(__global uint *out) { out[get_global_id(0)] = 6; }\n"
    private let options = "-cl-std=CL1.2"
    private let output = KernelParameter<Buffer>("out")

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func path() throws -> String {
        let key = ProgramCache.key(try Fixture.device(), source: source, options: options)
        return BinaryFiles(directory: directory).path(key)
    }

    /// Makes the program and runs it once.
    ///
    /// - Parameter meanwhile: called while the launch may run.
    /// - Returns: whether it was built from source.
    private func run(_ meanwhile: () -> Void = {}) throws -> Bool {
        let driver = FaultyDriver()
        let context = try Context(try Fixture.device(), calls: driver.calls)
        let cache = ProgramCache(context, directory: directory)
        let kernel = try Kernel(
            cache.program(source: source, options: options, keep: .forGood), KernelSignature("six", output))
        let buffer = try Buffer(context, bytes: 64, purpose: "out")
        try kernel.set(output, buffer)
        let queue = try Queue(context)
        try queue.launch(kernel, items: 1, group: 1)
        meanwhile()
        var result: UInt32 = 0
        try withUnsafeMutableBytes(of: &result) { try queue.read(buffer, into: $0) }
        #expect(result == 6)
        return driver.counts["clCreateProgramWithSource"] == 1
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory) }

    @Test("A program is marked during its first run, and not after it")
    func firstRun() throws {
        let mark = try path() + ".loading"
        let isBuiltFirst = try run { #expect(access(mark, F_OK) != 0) }
        #expect(isBuiltFirst)
        let isBuilt = try run {
            var status = stat()
            #expect(stat(mark, &status) == 0 && status.st_size == 1)
            let file = open(mark, O_RDWR | O_CLOEXEC)
            #expect(flock(file, LOCK_EX | LOCK_NB) != 0, "it is held")
            close(file)
        }
        #expect(!isBuilt)
        #expect(try names().count == 1)
    }

    @Test("A mark whose process has ended: the program is built from source, once")
    func left() throws {
        #expect(try run() && !run())
        let (path, good) = (try path(), try Data(contentsOf: URL(fileURLWithPath: try path())))
        try Data([0]).write(to: URL(fileURLWithPath: path + ".loading"))
        chmod(path + ".loading", 0o600)
        #expect(try run(), "built")
        #expect(try !run() && names().count == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == good.count)
    }

    @Test("A mark that another process holds: the program is loaded all the same, and the mark stays")
    func held() throws {
        #expect(try run())
        let mark = try path() + ".loading"
        let file = open(mark, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        #expect(flock(file, LOCK_EX | LOCK_NB) == 0 && ftruncate(file, 1) == 0)
        #expect(try !run() && names().count == 2)
    }

    @Test("Where no mark can be made, the program is loaded without one")
    func none() throws {
        #expect(try run())
        let mark = try path() + ".loading"
        try FileManager.default.createDirectory(atPath: mark, withIntermediateDirectories: false)
        #expect(try !run())
    }
}
