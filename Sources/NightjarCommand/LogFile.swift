import Glibc
import NightjarMiner
import NightjarPlatform
import Synchronization

/// A log file with a size limit. At the limit it is renamed to `PATH.1`, which replaces the previous `PATH.1`, and a
/// new file begins.
///
/// A line that cannot be written is lost: a full disk is temporary, and mining is worth more than its log. A log file
/// whose ``PATH.1`` may not be replaced, because it is another user's or is no file, keeps its lines: at the limit it
/// takes no more, until the rename succeeds.
final class LogFile: Sendable {
    private struct State {
        /// The file is opened and renamed in the folder that was checked.
        let folder: OwnFolder
        var file: OwnFile
        var size: Int
        /// Whether it has been said that the file takes no more lines.
        var isFull = false

        init(_ path: String) throws(FileError) {
            folder = try OwnFolder(ofLog: path)
            file = try LogFile.open(path, in: folder)
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
        let first: State
        do { first = try State(path) } catch { throw CommandError(.badConfiguration, "log file \(error)") }
        state = Locked(first)
        // An earlier version may have left the file before it readable by all. Opening makes it private, and it does not
        // matter if there is none.
        _ = try? OwnFile(Self.name(path) + ".1", in: first.folder, .log, for: .reading)
    }

    /// Appends a line.
    ///
    /// - Returns: once, why the file takes no more lines.
    func write(_ line: String) -> FileError? {
        state.withLock { state in
            let length = line.utf8.count + 1
            if state.size > 0, state.size + length > limit, let fault = turn(&state) {
                defer { state.isFull = true }
                return state.isFull ? nil : fault
            }
            if Output.write(line + "\n", to: state.file.descriptor) == 0 {
                state.size += length
            } else {
                // A part of the line may have been written.
                state.size = Self.size(state.file)
            }
            return nil
        }
    }

    /// Opens the path again, after `logrotate` moved the old file away.
    ///
    /// - Throws: when no new file can be used; the old one stays in use.
    func reopen() throws(FileError) {
        let new = try State(path)
        state.withLock { $0 = new }
    }

    /// Begins a new file.
    ///
    /// - Returns: what is in the way of the old one's new name.
    private func turn(_ state: inout State) -> FileError? {
        let name = Self.name(path)
        do {
            try state.folder.rename(name, to: name + ".1")
            state.file = try Self.open(path, in: state.folder)
            state.size = Self.size(state.file)
            state.isFull = false
            return nil
        } catch {
            if let fault = state.folder.faultOfReplacing(name + ".1") { return fault }
        }
        // Nothing can be renamed or made in this directory. The limit must hold, so the old lines are deleted.
        if ftruncate(state.file.descriptor, 0) == 0 { state.size = 0 }
        return nil
    }

    /// Readable by the user alone, because it holds pools, wallets and addresses.
    private static func open(_ path: String, in folder: OwnFolder) throws(FileError) -> OwnFile {
        try OwnFile(name(path), in: folder, .log, for: .appending)
    }

    private static func name(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    private static func size(_ file: OwnFile) -> Int { (try? file.status().size) ?? 0 }
}
