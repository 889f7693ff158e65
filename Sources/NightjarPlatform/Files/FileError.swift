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
        /// A folder with so many files that they are not looked through.
        case holdsMore(than: Int)
        case isTooDeep
        /// A folder whose mode is not 0700.
        case isNotPrivate
        /// It should be empty.
        case isNotEmpty
        /// It has more than so many bytes.
        case isLonger(than: Int)
        /// Its first line is empty, or is not UTF-8.
        case holdsNoSecret
        /// Its first line holds characters that no password has.
        case holdsControlCharacters
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
        case .isLonger(let most):
            most < 1 << 20 ? "it is longer than \(most) bytes" : "it is longer than \(most >> 20) MiB"
        case .holdsMore(let most): "it holds more than \(most) files"
        case .isTooDeep: "its folders are too deep"
        case .isNotPrivate: "its mode is not 0700, so other users may have put files into it"
        case .holdsNoSecret: "the first line must be the secret"
        case .holdsControlCharacters: "the first line holds control characters"
        case .isSilent(let seconds): "nothing came from it for \(seconds) s"
        }
    }
}
