import Foundation
import Testing

/// The built `nightjar`, run as its users run it.
///
/// Started by `posix_spawn`, and waited for by its number: Foundation's `Process` can miss a child's end while other
/// tests start children of their own.
final class Binary {
    /// How a run ended.
    struct Ended: CustomStringConvertible {
        let code: Int32
        let wasKilled: Bool
        let out: String
        let err: String

        var lines: [String] { out.split(separator: "\n").map(String.init) }
        var description: String { "exit \(code)\(wasKilled ? " by a signal" : "")\nout: \(out)\nerr: \(err)" }

        /// The whole output as JSON.
        func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(out.utf8)) }

        /// Each line of the output as a JSON object.
        func events() throws -> [[String: Any]] {
            try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)") }
        }
    }

    /// Where its shares are written, and everything else about this run; removed with the object.
    let directory = NSTemporaryDirectory() + "nightjar-run-\(UUID().uuidString)"
    private let timeout: Double
    private let process: pid_t
    /// As `waitpid` gave it; `nil` while it runs.
    private var status: Int32?

    /// Starts it.
    ///
    /// - Parameters:
    ///   - input: what its standard input holds.
    ///   - timeout: seconds after which it is killed, which no test expects.
    ///   - shell: run by `sh -c` with the binary as `$0` and `arguments` as `$@`, for what only a shell can do.
    init(_ arguments: [String], input: [UInt8] = [], timeout: Double = 240, shell: String? = nil) throws {
        self.timeout = timeout
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(input).write(to: URL(fileURLWithPath: directory + "/in"))
        let binary = try Self.path()
        let words = shell.map { ["/bin/sh", "-c", $0, binary] + arguments } ?? [binary] + arguments
        let environment = ProcessInfo.processInfo.environment.merging(["XDG_STATE_HOME": directory]) { $1 }
        process = try Self.spawn(
            words, environment.map { "\($0.key)=\($0.value)" },
            // Files, because a pipe that nobody empties would stop it.
            files: [
                (directory + "/in", O_RDONLY), (directory + "/out", O_WRONLY | O_CREAT | O_TRUNC),
                (directory + "/err", O_WRONLY | O_CREAT | O_TRUNC),
            ])
    }

    deinit {
        if isRunning {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func spawn(_ words: [String], _ environment: [String], files: [(path: String, flags: Int32)]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, file) in files.enumerated() {
            posix_spawn_file_actions_addopen(&actions, Int32(descriptor), file.path, file.flags, 0o600)
        }
        // Signals as a terminal would hand them over, whatever this process does with them.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let (argv, envp) = (words.map { strdup($0) } + [nil], environment.map { strdup($0) } + [nil])
        defer { (argv + envp).forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, words[0], &actions, &attributes, argv, envp)
        try #require(code == 0, "posix_spawn: \(String(cString: strerror(code)))")
        return process
    }

    private var isRunning: Bool {
        guard status == nil else { return false }
        var value: Int32 = 0
        if waitpid(process, &value, WNOHANG) == process { status = value }
        return status == nil
    }

    /// What standard output holds so far.
    var outputSoFar: String { (try? String(contentsOfFile: directory + "/out", encoding: .utf8)) ?? "" }

    /// Waits until the output holds `text`.
    func wait(for text: String) async throws {
        let end = Date(timeIntervalSinceNow: timeout)
        while !outputSoFar.contains(text) {
            try #require(isRunning && Date() < end, "no '\(text)' in: \(outputSoFar)\n\(contents("err"))")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    #if os(Linux)
    /// Its arguments, as everybody on the machine can see them.
    func commandLine() throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline")), as: UTF8.self)
    }
    #endif

    func send(_ signal: Int32) { kill(process, signal) }

    /// Waits for its end.
    func ended() async throws -> Ended {
        let end = Date(timeIntervalSinceNow: timeout)
        var timedOut: Int32 = 0
        while isRunning {
            if Date() >= end {
                kill(process, SIGKILL)
                Issue.record("still running after \(timeout) s: \(outputSoFar)\n\(contents("err"))")
                waitpid(process, &timedOut, 0)
                status = timedOut
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let status = try #require(status)
        // As the macros of <sys/wait.h> take it apart.
        let signal = status & 0x7F
        return Ended(
            code: signal == 0 ? status >> 8 & 0xFF : signal, wasKilled: signal != 0, out: contents("out"),
            err: contents("err"))
    }

    /// Runs it to its end.
    static func run(_ arguments: [String], input: [UInt8] = [], timeout: Double = 240, shell: String? = nil) async throws -> Ended {
        try await Binary(arguments, input: input, timeout: timeout, shell: shell).ended()
    }

    private func contents(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))) ?? Data(), as: UTF8.self)
    }

    /// The products of one build lie in one directory: the binary is beside the tests.
    private static func path() throws -> String {
        var places = [URL(fileURLWithPath: CommandLine.arguments[0]), Bundle.main.bundleURL.appendingPathComponent("x")]
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
