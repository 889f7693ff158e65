import Glibc

/// Why a file or a folder is not used. The description is one line.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: Sendable, Hashable {
        /// The `errno` of the call that failed.
        case system(Int32)
        case isSymbolicLink
        /// A symbolic link that belongs to another user.
        case isLinkOf(uid_t)
        case isFolder
        case isNoFolder
        case isPipe
        /// A pipe to write to, which no program reads.
        case hasNoReader
        case isSocket
        case isDevice
        /// Its owner is another user.
        case belongsTo(uid_t)
        /// The group or others may write it.
        case othersMayWrite
        /// The group or others may read it, and the mode could not be changed: the `errno`.
        case staysReadable(Int32)
        /// The same file has a second name, which may be anywhere.
        case hasHardLinks
        /// It should be empty.
        case isNotEmpty
        /// It has more than so many bytes.
        case isLonger(than: Int)
        /// A pipe or terminal from which nothing came for so many seconds.
        case isSilent(seconds: Int)
    }

    package let path: String
    package let reason: Reason

    package init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// Whether there is nothing at the path.
    package var isAbsent: Bool { reason == .system(ENOENT) }

    package var description: String { "\(path): \(reason)" }
}

extension FileError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let code): errorText(code)
        case .isSymbolicLink: "it is a symbolic link"
        case .isLinkOf(let user): "it is a symbolic link of another user (uid \(user))"
        case .isFolder: "it is a directory"
        case .isNoFolder: "it is not a directory"
        case .isPipe: "it is a pipe"
        case .hasNoReader: "it is a pipe that no program reads"
        case .isSocket: "it is a socket"
        case .isDevice: "it is a device"
        case .belongsTo(let user): "it belongs to another user (uid \(user))"
        case .othersMayWrite: "other users may write it"
        case .staysReadable(let code): "other users may read it, and chmod 600 failed: \(errorText(code))"
        case .hasHardLinks: "it has another hard link"
        case .isNotEmpty: "it is not empty, and SQLite would act on what it says: delete it"
        case .isLonger(let most): "it is longer than \(most >> 20) MiB"
        case .isSilent(let seconds): "nothing came from it for \(seconds) s"
        }
    }
}
