import Glibc
import NightjarPlatform
import Synchronization

/// Marks a program on disk while the driver handles it, so that a program that ends the process is loaded once and not
/// at every start.
///
/// The checksum finds damaged files. But a driver may crash over a program that is as it was written: an older version
/// of the driver wrote it, or the driver wrote it wrongly. No error is returned then, and the process is gone.
///
/// The mark is a file beside the program, with one byte in it and a lock on it. The lock ends with its process, however
/// the process ends; so a mark without a lock is one whose process has ended meanwhile.
final class LoadMarker: Sendable {
    private let folder: OwnFolder
    private let name: String
    /// `nil` while there is no mark.
    private let file = Locked<OwnFile?>(nil)

    /// - Parameter program: the name of the program's file.
    init(of program: String, in folder: OwnFolder) {
        self.folder = folder
        name = Self.name(of: program)
    }

    deinit { end() }

    static func name(of program: String) -> String { program + ".loading" }

    /// Sets the mark. Sets none where another lane or process has set it, and where it cannot be written: on a read-only
    /// disk nothing can be thrown away, either.
    ///
    /// - Returns: whether the program may be loaded. It may not when the process that loaded it last has ended meanwhile.
    func begin() -> Bool {
        guard let new = try? OwnFile(name, in: folder, .loadMark, for: .locking),
            flock(new.descriptor, LOCK_EX | LOCK_NB) == 0, let size = try? new.status().size
        else { return true }
        if size == 0 { ftruncate(new.descriptor, 1) }
        file.withLock { $0 = new }
        if size != 0 { end() }
        return size == 0
    }

    /// Removes the mark.
    func end() {
        file.withLock { file in
            guard let old = file else { return }
            // Another process may have it open and wait for nothing but the lock.
            ftruncate(old.descriptor, 0)
            folder.remove(name)
            file = nil
        }
    }
}
