import Glibc
import NightjarPlatform
import Synchronization

/// A ledger that cannot be opened or written. The description is one line that names the file and the fault.
package struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "share ledger \(path): \(reason)" }
}

/// Where the ledger lives when nobody says otherwise.
package enum LedgerLocation {
    /// `$XDG_STATE_HOME/nightjar/shares.sqlite`, or below `~/.local/state` when that variable is unset or relative (a
    /// relative one is to be ignored, by the XDG base directory specification).
    ///
    /// - Throws: ``LedgerError`` when neither the environment nor the user database knows a home directory.
    package static func standard(environment: (String) -> String? = variable) throws(LedgerError) -> String {
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/nightjar/shares.sqlite" }
        guard let home = environment("HOME").flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? homeFromUserDatabase() else {
            throw LedgerError(path: "shares.sqlite", reason: "no home directory is known; set XDG_STATE_HOME")
        }
        return home + "/.local/state/nightjar/shares.sqlite"
    }

    /// An environment variable's value; `nil` when it is unset or empty.
    package static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Makes the directory of `path` and its parents, for the user alone.
    package static func makeDirectory(of path: String) throws(LedgerError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        var directory = ""
        for part in path[..<slash].split(separator: "/", omittingEmptySubsequences: true) {
            if !directory.isEmpty || path.hasPrefix("/") { directory += "/" }
            directory += part
            if mkdir(directory, 0o700) != 0, errno != EEXIST {
                // A parent that may be read but not written gives EROFS or EACCES even where it exists.
                let code = errno
                var status = stat()
                guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                    throw LedgerError(path: path, reason: "mkdir \(directory): \(errorText(code))")
                }
            }
        }
    }

    private static func homeFromUserDatabase() -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { buffer in
            guard getpwuid_r(getuid(), &entry, buffer.baseAddress!, buffer.count, &found) == 0, found != nil,
                let directory = entry.pw_dir, directory.pointee == UInt8(ascii: "/")
            else { return nil }
            return String(cString: directory)
        }
    }
}

/// Says to other processes that a run of the miner is alive, for as long as the process is.
///
/// A row left unfinished belongs to a crash only if its run is over, and two miners may share one ledger. A lock on a
/// file ends with its process, however it ends, which no process number written down does.
final class RunLock: Sendable {
    let run: String
    private let path: String
    private let descriptor: Int32
    private let isHeld = Mutex(true)

    init(ledger: String, run: String) throws(LedgerError) {
        self.run = run
        path = Self.path(ledger: ledger, run: run)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LedgerError(path: ledger, reason: "open \(path): \(errorText(errno))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw LedgerError(path: ledger, reason: "flock \(path): \(errorText(code))")
        }
    }

    deinit { release() }

    /// Ends the run for other processes, and removes the file. Once is enough.
    func release() {
        isHeld.withLock { held in
            guard held else { return }
            held = false
            unlink(path)
            close(descriptor)
        }
    }

    /// Whether the run is over; its file, if still there, is removed.
    static func isOver(ledger: String, run: String) -> Bool {
        let path = path(ledger: ledger, run: run)
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        // Without permission to look, nothing can be said, so that the run counts as alive.
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        unlink(path)
        return true
    }

    private static func path(ledger: String, run: String) -> String { "\(ledger).run-\(run)" }
}
