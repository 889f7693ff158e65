import Foundation
import TestSupport
import Testing

/// The built `nightjar`, run as its users run it.
final class Binary {
    /// How a run ended.
    struct Ended: CustomStringConvertible {
        let code: Int32
        let wasKilled: Bool
        let out: String
        /// Standard error without the warning that the tests themselves may bring about, by running as root.
        let err: String

        var lines: [String] { out.split(separator: "\n").map(String.init) }
        var description: String { "exit \(code)\(wasKilled ? " by a signal" : "")\nout: \(out)\nerr: \(err)" }

        /// The whole output as JSON.
        func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(out.utf8)) }

        /// Each line of the output as a JSON object.
        func events() throws -> [[String: Any]] {
            try lines.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
            }
        }
    }

    /// Where its shares are written, and everything else about this run; removed with the object.
    let directory = NSTemporaryDirectory() + "nightjar-run-\(UUID().uuidString)"
    private let timeout: Double
    private let process: ChildProcess

    /// Starts it.
    ///
    /// - Parameters:
    ///   - input: what its standard input holds.
    ///   - timeout: seconds after which it is killed, which no test expects.
    ///   - shell: run by `sh -c` with the binary as `$0` and `arguments` as `$@`, for what only a shell can do.
    ///   - environment: variables beside those of the tests.
    init(
        _ arguments: [String], input: [UInt8] = [], timeout: Double = 240, shell: String? = nil,
        environment variables: [String: String] = [:]
    ) throws {
        self.timeout = timeout
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(input).write(to: URL(fileURLWithPath: directory + "/in"))
        let binary = try Self.path()
        let words = shell.map { ["/bin/sh", "-c", $0, binary] + arguments } ?? [binary] + arguments
        let environment = ProcessInfo.processInfo.environment.merging(["XDG_STATE_HOME": directory]) { $1 }
            .merging(variables) { $1 }
        process = try ChildProcess(
            words, environment: environment,
            // Files, because a pipe that nobody empties would stop it.
            files: (directory + "/in", directory + "/out", directory + "/err"))
    }

    deinit {
        if process.end == nil {
            process.send(SIGKILL)
            while process.end == nil { usleep(10_000) }
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// For `shell`: the OpenCL device has less memory than a RandomX cache takes.
    static let onSmallDevice = #"POCL_MEMORY_LIMIT=1 exec "$0" "$@""#

    /// What standard output holds so far.
    var outputSoFar: String { (try? String(contentsOfFile: directory + "/out", encoding: .utf8)) ?? "" }

    /// Waits until the output holds `text`.
    func wait(for text: String) async throws {
        try await eventually(
            within: .seconds(timeout), every: .milliseconds(50), "'\(text)' in: \(outputSoFar)\n\(contents("err"))"
        ) {
            if outputSoFar.contains(text) { return true }
            try #require(process.end == nil, "no '\(text)' in: \(outputSoFar)\n\(contents("err"))")
            return false
        }
    }

    /// What it says to root.
    static let rootWarning = "warning: Nightjar runs as root and does not need to\n"

    var processID: pid_t { process.id }

    /// Its arguments, as everybody on the machine can see them.
    func commandLine() throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process.id)/cmdline")), as: UTF8.self)
    }

    func send(_ signal: Int32) { process.send(signal) }

    /// Waits for its end.
    func ended() async throws -> Ended {
        var end = try await process.wait(timeout: timeout)
        if end == nil {
            Issue.record("still running after \(timeout) s: \(outputSoFar)\n\(contents("err"))")
            process.send(SIGKILL)
            end = try await process.wait(timeout: 60)
        }
        let out = contents("out")
        var err = contents("err")
        if geteuid() == 0, err.hasPrefix(Self.rootWarning) { err.removeFirst(Self.rootWarning.count) }
        switch try #require(end) {
        case .exited(let code): return Ended(code: code, wasKilled: false, out: out, err: err)
        case .killed(let signal): return Ended(code: signal, wasKilled: true, out: out, err: err)
        }
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], input: [UInt8] = [], timeout: Double = 240, shell: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> Ended {
        try await Binary(arguments, input: input, timeout: timeout, shell: shell, environment: environment).ended()
    }

    /// One of its files: `out`, or `err` with all that was written.
    func contents(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))) ?? Data(), as: UTF8.self)
    }

    /// The products of one build lie in one directory: the binary is beside the tests.
    static func path() throws -> String {
        var places = [
            URL(fileURLWithPath: CommandLine.arguments[0]), Bundle.main.bundleURL.appendingPathComponent("x"),
        ]
        if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            places.append(URL(fileURLWithPath: own))
        }
        places += CommandLine.arguments.filter { $0.contains(".xctest") }.map { URL(fileURLWithPath: $0) }
        let candidates = places.flatMap { place in
            // On macOS the test bundle's executable lies deeper.
            (0..<4).map { depth in
                var directory = place.deletingLastPathComponent()
                for _ in 0..<depth { directory.deleteLastPathComponent() }
                return directory.appendingPathComponent("nightjar").path
            }
        }
        return try #require(
            candidates.first { path in
                var isDirectory: ObjCBool = false
                return FileManager.default.isExecutableFile(atPath: path)
                    && FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            }, "the nightjar binary is not beside the tests: \(candidates)")
    }
}
