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
        var file: OwnFile
        var size: Int

        init(_ file: OwnFile) {
            self.file = file
            size = LogFile.size(file)
        }
    }

    let path: String
    private let limit: Int
    private let state: Locked<State>

    /// - Parameter limit: bytes.
    /// - Throws: when the file cannot be used, which is a bad configuration.
    init(path: String, limit: Int) throws(CommandError) {
        self.path = path
        self.limit = limit
        do { state = Locked(State(try Self.open(path))) } catch {
            throw CommandError(.badConfiguration, "log file \(error)")
        }
        // An earlier version may have left the file before it readable by all. Opening makes it private, and it does not
        // matter if there is none.
        _ = try? OwnFile(path + ".1", .log, for: .reading)
    }

    /// Appends a line.
    func write(_ line: String) {
        state.withLock { state in
            let length = line.utf8.count + 1
            if state.size > 0, state.size + length > limit { turn(&state) }
            if Output.write(line + "\n", to: state.file.descriptor) == 0 {
                state.size += length
            } else {
                // A part of the line may have been written.
                state.size = Self.size(state.file)
            }
        }
    }

    /// Opens the path again, after `logrotate` moved the old file away.
    ///
    /// - Throws: when no new file can be used; the old one stays in use.
    func reopen() throws(FileError) {
        let new = try Self.open(path)
        state.withLock { $0 = State(new) }
    }

    private func turn(_ state: inout State) {
        if rename(path, path + ".1") == 0 {
            if let new = try? Self.open(path) {
                state = State(new)
                return
            }
        }
        // Nothing can be renamed or made in this directory. The limit must hold, so the old lines are deleted.
        if ftruncate(state.file.descriptor, 0) == 0 { state.size = 0 }
    }

    /// Readable by the user alone, because it holds pools, wallets and addresses.
    private static func open(_ path: String) throws(FileError) -> OwnFile {
        try OwnFile(path, .log, for: .appending)
    }

    private static func size(_ file: OwnFile) -> Int { (try? file.status().size) ?? 0 }
}
