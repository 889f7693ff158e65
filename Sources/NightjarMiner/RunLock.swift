import Glibc
import NightjarPlatform
import Synchronization

/// Shows other processes that a run of the miner is alive, for as long as its process lives.
///
/// Two miners may share one ledger, so an unfinished row comes from a crash only if its run is over. A file lock always
/// ends with its process, however the process ends. A process number that is written down does not.
final class RunLock: Sendable {
    let run: String
    private let files: LedgerFiles
    /// `nil` after the release.
    private let file: Locked<OwnFile?>

    init(_ files: LedgerFiles, run: String) throws(LedgerError) {
        self.run = run
        self.files = files
        let file: OwnFile
        do { file = try files.lock(of: run, making: true) } catch { throw LedgerError(error, ledger: files.path) }
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw LedgerError(path: files.path, reason: "flock \(file.path): \(errorText(errno))")
        }
        self.file = Locked(file)
    }

    deinit { release() }

    /// Marks the run as over for other processes, and removes the file. Further calls do nothing.
    func release() {
        file.withLock { file in
            guard file != nil else { return }
            files.removeLock(of: run)
            file = nil
        }
    }

    /// Whether the run is over. If so, its file is removed.
    static func isOver(_ files: LedgerFiles, run: String) -> Bool {
        let file: OwnFile
        // When the file is there and cannot be opened, the answer is not known, and the run counts as alive.
        do { file = try files.lock(of: run, making: false) } catch { return error.isAbsent }
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        files.removeLock(of: run)
        return true
    }
}
