import Foundation
import Glibc
import NightjarPlatform
import Synchronization

/// A program that a test runs.
///
/// Started by `posix_spawn` with nothing open but its three standard files, and waited for by its number. Foundation's
/// `Process` is told of a child's end by a socket which other children, started at the same time, hold open too: it can
/// miss the end of one until all have ended.
public final class ChildProcess: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// How it ended.
    public enum End: Sendable, Hashable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// Its number.
    public let id: pid_t
    private let result = Locked<End?>(nil)

    /// Starts it.
    ///
    /// - Parameters:
    ///   - words: the program, found by `PATH` unless it has a slash, and its arguments.
    ///   - environment: all of its environment.
    ///   - files: the paths of standard input, output and error; output and error are made anew.
    ///   - session: begins a session of its own, whose terminal is the first one that it opens.
    public init(
        _ words: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        files: (input: String, output: String, error: String) = ("/dev/null", "/dev/null", "/dev/null"),
        session: Bool = false
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files.input, session ? O_RDWR : O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files.output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, files.error, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // Not every C library that Swift imports shows `closefrom`; closing what is not open is no error here.
        for descriptor: Int32 in 3..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }

        // Signals as a terminal would hand them over, whatever this process does with them.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID, which the headers keep for GNU sources on Linux.
        let newSession: Int32 = 0x80
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (session ? newSession : 0)))

        let argv = words.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var id = pid_t()
        let code = posix_spawnp(&id, words[0], &actions, &attributes, argv, envp)
        guard code == 0 else { throw Failure(description: "\(words[0]): \(String(cString: strerror(code)))") }
        self.id = id
    }

    deinit {
        guard end == nil else { return }
        kill(id, SIGKILL)
        waitpid(id, nil, 0)
    }

    /// How it ended; `nil` while it runs.
    public var end: End? {
        result.withLock { result in
            var status: Int32 = 0
            if result == nil, waitpid(id, &status, WNOHANG) == id {
                // As the macros of <sys/wait.h> take it apart.
                let signal = status & 0x7F
                result = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
            }
            return result
        }
    }

    /// Sends a signal, unless it has ended.
    public func send(_ signal: Int32) {
        if end == nil { kill(id, signal) }
    }

    /// Waits for its end; `nil` when it still runs after `timeout` seconds.
    public func wait(timeout: Double) async throws -> End? {
        let limit = Date(timeIntervalSinceNow: timeout)
        while end == nil && Date() < limit { try await Task.sleep(for: .milliseconds(20)) }
        return end
    }
}
