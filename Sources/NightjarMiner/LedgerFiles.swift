import Glibc
import NightjarPlatform

/// The ledger's folder and the files in it: SQLite's, and the locks of the runs.
///
/// SQLite opens its files by their path and follows links. So the files are checked and made private before SQLite opens
/// them, and the folder must be one that only the user may write: between the check and SQLite's open, no other user can
/// put another file into it. Nor can another user put another folder in its place: the folders above it belong to the
/// user or to root, too.
struct LedgerFiles: Sendable {
    /// The ledger's path.
    let path: String
    private let folder: OwnFolder
    private let name: String

    /// Makes the ledger when it is missing, and gives it and SQLite's files beside it the mode 0600.
    init(path: String) throws(LedgerError) {
        self.path = path
        name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        do {
            folder = try OwnFolder(PathSteps.folder(of: path))
            try folder.makePrivate(name, .ledger, making: true)
            // SQLite gives the files that it makes the ledger's mode. Those of a crashed run may be older.
            for ending in ["-wal", "-shm"] { try folder.makePrivate(name + ending, .ledger, making: false) }
            try Self.checkJournal(name + "-journal", in: folder)
        } catch { throw LedgerError(error, ledger: path) }
    }

    /// A ledger has a journal only while it is being made: a moment later, another miner's is gone.
    private static func checkJournal(_ name: String, in folder: OwnFolder) throws(FileError) {
        for _ in 0..<5 {
            do { return try folder.makePrivate(name, .journal, making: false) } catch {
                guard error.reason == .isNotEmpty else { throw error }
                usleep(20_000)
            }
        }
        try folder.makePrivate(name, .journal, making: false)
    }

    /// Opens the lock of a run.
    ///
    /// - Parameter making: whether to make it when it is missing.
    /// - Throws: ``FileError``. For a name that no run of ours has, as for a file that does not exist.
    func lock(of run: String, making: Bool) throws(FileError) -> OwnFile {
        guard Self.isName(run) else { throw FileError("\(path).run-", .system(ENOENT)) }
        return try OwnFile(lockName(run), in: folder, .runLock, for: making ? .locking : .lockingExisting)
    }

    func removeLock(of run: String) { if Self.isName(run) { folder.remove(lockName(run)) } }

    private func lockName(_ run: String) -> String { "\(name).run-\(run)" }

    /// Gives a ledger that cannot be read, and SQLite's files beside it, a name with the time.
    ///
    /// - Returns: the new name of the ledger.
    static func setAside(_ path: String, now: Timestamp = .now) throws(LedgerError) -> String {
        let files = try LedgerFiles(path: path)
        let time = now.description.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" }
        let new = "\(files.name).damaged-\(time)"
        do throws(FileError) {
            try files.folder.rename(files.name, to: new)
            for ending in ["-wal", "-shm"] {
                do throws(FileError) { try files.folder.rename(files.name + ending, to: new + ending) } catch {
                    guard error.isAbsent else { throw error }
                }
            }
            return new
        } catch { throw LedgerError(error, ledger: path) }
    }

    /// Whether a run of ours can have this name: a 64-bit number to base 36. The ledger's rows are text that anything
    /// may have written, and a name with a slash would lead to a file elsewhere.
    private static func isName(_ run: String) -> Bool {
        (1...13).contains(run.utf8.count)
            && run.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
    }
}

extension LedgerError {
    /// The ledger's file is not named twice.
    init(_ error: FileError, ledger: String) {
        self.init(path: ledger, reason: error.path == ledger ? "\(error.reason)" : "\(error)")
    }
}
