import Glibc

/// Linux's flag to open a file only to look at it. Swift's Glibc module does not have it. Such an open has no effect on
/// the file: it starts no device, waits for no pipe, and its close does not release the file's locks.
let openToLook: Int32 = 0o10_000_000

/// What the system knows about a file, from an open descriptor.
package struct FileStatus: Sendable {
    private let mode: mode_t
    private let device: dev_t
    private let number: ino_t
    let owner: uid_t
    private let names: UInt
    package let size: Int

    init(descriptor: Int32, path: String) throws(FileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path, .system(errno)) }
        self.init(status)
    }

    init(_ status: stat) {
        mode = status.st_mode
        device = status.st_dev
        number = status.st_ino
        owner = status.st_uid
        names = UInt(status.st_nlink)
        size = Int(status.st_size)
    }

    var permissions: mode_t { mode & 0o7777 }
    package var isRegular: Bool { mode & S_IFMT == S_IFREG }
    var isFolder: Bool { mode & S_IFMT == S_IFDIR }
    var isPipe: Bool { mode & S_IFMT == S_IFIFO }
    var isLink: Bool { mode & S_IFMT == S_IFLNK }
    var isOurs: Bool { owner == geteuid() }
    /// Root can change every file, so a file of root's is no worse than one of the user's own.
    var isOursOrRoots: Bool { isOurs || owner == 0 }
    var hasHardLinks: Bool { names > 1 }
    package var othersMayRead: Bool { mode & 0o044 != 0 }
    var othersMayWrite: Bool { mode & 0o022 != 0 }
    /// Whether a new file may take its place: no other name leads to it, and its owner stays the same.
    var isReplaceable: Bool { isRegular && isOurs && !hasHardLinks }
    /// In a folder with the sticky bit, users can delete and rename only their own files.
    var othersMayReplaceFiles: Bool { othersMayWrite && mode & 0o1000 == 0 }
    /// Whether it is root's, and a group may write it, and other users may not.
    var isRootsForAGroup: Bool { owner == 0 && mode & 0o002 == 0 }

    func isSameFile(as other: FileStatus) -> Bool { device == other.device && number == other.number }

    /// Why it is not a regular file; `nil` when it is one.
    var kindFault: FileError.Reason? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: .isFolder
        case S_IFLNK: .isSymbolicLink
        case S_IFIFO: .isPipe
        case S_IFSOCK: .isSocket
        default: .isDevice
        }
    }

    /// Why the effective user alone cannot answer for the contents; `nil` when it can.
    var trustFault: FileError.Reason? {
        if !isOurs { return .belongsTo(owner) }
        return othersMayWrite ? .othersMayWrite : nil
    }

    /// Why a file with these rules is not used; `nil` when it is. A mode that only lets others read can be mended.
    func fault(_ rules: FileRules) -> FileError.Reason? {
        switch rules.care {
        case .named: return isFolder ? .isFolder : nil
        case .trusted, .personal:
            if let kindFault { return kindFault }
            if !isOurs { return .belongsTo(owner) }
            if hasHardLinks { return .hasHardLinks }
            if rules.mustBeEmpty, size != 0 { return .isNotEmpty }
            return rules.refusesWritable ? trustFault : nil
        }
    }

    /// Whether a path's last part is a link.
    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && FileStatus(status).isLink
    }

    /// The reason for an `open` that failed with `code`, in words that fit what lies there. Only the words depend on
    /// this look: nothing was opened.
    static func reason(_ code: Int32, _ name: String, at folder: Int32, follows: Bool) -> FileError.Reason {
        var status = stat()
        guard [ELOOP, ENXIO, EISDIR, ENOTDIR].contains(code),
            fstatat(folder, name, &status, follows ? 0 : AT_SYMLINK_NOFOLLOW) == 0,
            let reason = FileStatus(status).kindFault
        else { return .system(code) }
        return reason
    }
}
