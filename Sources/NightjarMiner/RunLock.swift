import Glibc
import NightjarPlatform
import Synchronization

/// Shows other processes that a run of the miner is alive, for as long as its process lives.
///
/// Two miners may share one ledger, so an unfinished row comes from a crash only if its run is over. A file lock always
/// ends with its process, however the process ends. A process number that is written down does not.
final class RunLock: Sendable {
    let run: String
    private let path: String
    private let descriptor: Int32
    private let isHeld = Locked(true)

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

    /// Marks the run as over for other processes, and removes the file. Further calls do nothing.
    func release() {
        isHeld.withLock { held in
            guard held else { return }
            held = false
            unlink(path)
            close(descriptor)
        }
    }

    /// Whether the run is over. If so, its file is removed.
    static func isOver(ledger: String, run: String) -> Bool {
        let path = path(ledger: ledger, run: run)
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        // Without permission to open the file the answer is not known, and the run counts as alive.
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        unlink(path)
        return true
    }

    private static func path(ledger: String, run: String) -> String { "\(ledger).run-\(run)" }
}
