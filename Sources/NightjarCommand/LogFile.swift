import Glibc
import NightjarMiner
import NightjarPlatform
import Synchronization

/// A log file with a size limit. At the limit it is renamed to `PATH.1`, which replaces the previous `PATH.1`, and a
/// new file begins.
///
/// A line that cannot be written is lost: a full disk is temporary, and mining is worth more than its log.
final class LogFile: Sendable {
    private struct State {
        var descriptor: Int32
        var size: Int
    }

    let path: String
    private let limit: Int
    private let state: Locked<State>

    /// - Parameter limit: bytes.
    /// - Throws: when the file cannot be opened, which is a bad configuration.
    init(path: String, limit: Int) throws(CommandError) {
        self.path = path
        self.limit = limit
        let descriptor = Self.open(path)
        guard descriptor >= 0 else { throw CommandError(.badConfiguration, "log file \(path): \(errorText(errno))") }
        state = Locked(State(descriptor: descriptor, size: Self.size(descriptor)))
    }

    deinit { state.withLock { _ = close($0.descriptor) } }

    /// Appends a line.
    func write(_ line: String) {
        state.withLock { state in
            let length = line.utf8.count + 1
            if state.size > 0, state.size + length > limit { turn(&state) }
            if Output.write(line + "\n", to: state.descriptor) == 0 {
                state.size += length
            } else {
                // A part of the line may have been written.
                state.size = Self.size(state.descriptor)
            }
        }
    }

    /// Opens the path again, after `logrotate` moved the old file away. When no new file can be opened, the old one
    /// stays in use.
    func reopen() {
        state.withLock { state in
            let new = Self.open(path)
            guard new >= 0 else { return }
            close(state.descriptor)
            state = State(descriptor: new, size: Self.size(new))
        }
    }

    private func turn(_ state: inout State) {
        if rename(path, path + ".1") == 0 {
            let new = Self.open(path)
            if new >= 0 {
                close(state.descriptor)
                state = State(descriptor: new, size: Self.size(new))
                return
            }
        }
        // Nothing can be renamed or made in this directory. The limit must hold, so the old lines are deleted.
        if ftruncate(state.descriptor, 0) == 0 { state.size = 0 }
    }

    /// Readable by the user alone, because it holds pools, wallets and addresses.
    private static func open(_ path: String) -> Int32 {
        Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
    }

    private static func size(_ descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}
