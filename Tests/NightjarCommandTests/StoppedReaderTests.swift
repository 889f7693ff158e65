import Foundation
import Glibc
import TestSupport
import Testing

/// The real program at a full pipe whose reader has stopped: a run ends all the same.
@Suite(.serialized, .timeLimit(.minutes(5))) struct StoppedReaderTests {
    /// A full pipe. The test holds it open and reads nothing.
    private final class FullPipe {
        let path: String
        private let descriptor: Int32

        init(in folder: String) throws {
            path = folder + "/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            try #require(descriptor >= 0)
            let bytes = [UInt8](repeating: 0, count: 4096)
            while write(descriptor, bytes, bytes.count) > 0 {}
            try #require(errno == EAGAIN)
        }

        deinit { close(descriptor) }
    }

    /// Runs `mine` at a pool that does not exist, with standard output and standard error in a full pipe.
    private func mine(_ more: [String], _ meanwhile: (ChildProcess, _ folder: String) async throws -> Void)
        async throws -> ChildProcess.End?
    {
        let folder = NSTemporaryDirectory() + "nightjar-stopped-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pipe = try FullPipe(in: folder)
        let environment = ProcessInfo.processInfo.environment.merging(["XDG_STATE_HOME": folder]) { $1 }
        let words = ["mine", "-o", "127.0.0.1:1", "-u", "me", "--device", "cpu", "-t", "1", "-a", "cn-pico"]
        let process = try ChildProcess(
            [Binary.path()] + words + more, environment: environment, files: ("/dev/null", pipe.path, pipe.path))
        try await meanwhile(process, folder)
        return try await process.wait(timeout: 120)
    }

    @Test(arguments: [[], ["--log", "json"]])
    func aSignalEndsTheRun(_ format: [String]) async throws {
        let end = try await mine(format) { process, folder in
            // The ledger is opened when the first lines have been said.
            try await eventually("the ledger") {
                FileManager.default.fileExists(atPath: folder + "/nightjar/shares.sqlite")
            }
            process.send(SIGINT)
        }
        #expect(end == .exited(130))
    }

    @Test(arguments: [[], ["--log", "json"]])
    func theLogFileGetsItsLines(_ format: [String]) async throws {
        let log = NSTemporaryDirectory() + "nightjar-log-\(UUID().uuidString)"
        defer { unlink(log) }
        func has(_ text: String) -> Bool { (try? String(contentsOfFile: log, encoding: .utf8))?.contains(text) == true }
        let end = try await mine(format + ["--log-file", log]) { process, _ in
            try await eventually("a line about the pool") { has("127.0.0.1:1") }
            process.send(SIGINT)
        }
        #expect(end == .exited(130) && has(format.isEmpty ? " hashes in " : #""event":"summary""#))
    }

    /// All lines are in the log file.
    @Test func timeEndsARunWithALogFile() async throws {
        let log = NSTemporaryDirectory() + "nightjar-log-\(UUID().uuidString)"
        defer { unlink(log) }
        #expect(try await mine(["--log-file", log, "--max-seconds", "0.5"]) { _, _ in } == .exited(69))
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains(" hashes in "))
    }

    /// The reason cannot be said, either.
    @Test func timeEndsTheRun() async throws {
        #expect(try await mine(["--max-seconds", "0.5"]) { _, _ in } == .exited(69))
    }
}
