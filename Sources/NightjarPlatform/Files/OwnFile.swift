import Glibc

/// An open file. Nightjar's own files, and those that its user names for it, are opened here and nowhere else.
///
/// The file is opened first and checked afterwards, on its descriptor: the file that was checked is the file that is
/// used, even when the path changes in between. Opening never waits, because a pipe without a writer would stop the
/// program for ever.
package final class OwnFile: Sendable {
    package let path: String
    package let descriptor: Int32

    /// What an open file is for.
    package enum Use: Sendable {
        case reading
        /// At its end. Made when it is missing.
        case appending
        /// A file for a lock, which is made when it is missing.
        case locking
        /// A file for a lock that must be there.
        case lockingExisting
        /// Made anew; it is an error when there is one.
        case creating
        /// Written from its beginning, and not cut yet.
        case overwriting

        fileprivate var flags: Int32 {
            switch self {
            case .reading: O_RDONLY
            case .appending: O_WRONLY | O_APPEND | O_CREAT
            case .locking: O_RDWR | O_CREAT
            case .lockingExisting: O_RDWR
            case .creating: O_WRONLY | O_CREAT | O_EXCL
            case .overwriting: O_WRONLY
            }
        }
    }

    /// Opens the file at `path`. A new file is for its user alone, except one that the user named. No other user may
    /// decide where the path leads, except for a file that the user named.
    ///
    /// - Throws: ``FileError`` when it cannot be opened, or is not as the rules say.
    package convenience init(_ path: String, _ rules: FileRules, for use: Use) throws(FileError) {
        if rules.care != .named { try PathSteps.check(PathSteps.folder(of: path), of: path) }
        try self.init(path: path, name: path, at: AT_FDCWD, rules, use)
    }

    /// Opens the file `name` of a folder.
    package convenience init(
        _ name: String, in folder: OwnFolder, _ rules: FileRules, for use: Use
    ) throws(FileError) {
        try self.init(path: try folder.path(of: name), name: name, at: folder.descriptor, rules, use)
    }

    /// - Parameter folder: the open folder in which `name` is looked for.
    init(path: String, name: String, at folder: Int32, _ rules: FileRules, _ use: Use) throws(FileError) {
        let follows = rules.care == .named
        let flags = use.flags | (follows ? 0 : O_NOFOLLOW) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        // What the user asked for is for others, too, as far as the umask allows.
        descriptor = openat(folder, name, flags, rules.care == .named ? 0o644 : 0o600)
        self.path = path
        guard descriptor >= 0 else {
            let reason = FileStatus.reason(errno, name, at: folder, follows: follows)
            throw FileError(path, follows && reason == .isPipe ? .hasNoReader : reason)
        }
        let status = try status()
        if let fault = status.fault(rules) { throw FileError(path, fault) }
        if rules.care == .personal, status.permissions & 0o077 != 0, fchmod(descriptor, 0o600) != 0 {
            throw FileError(path, .staysReadable(errno))
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package func status() throws(FileError) -> FileStatus {
        try FileStatus(descriptor: descriptor, path: path)
    }

    /// Why another user may change a file that the user named, as a sentence; `nil` when none may, and for pipes and
    /// terminals.
    package func warningAboutWriters() -> String? {
        guard let status = try? status(), status.isRegular else { return nil }
        if !status.isOursOrRoots {
            return "\(path) belongs to another user (uid \(status.owner)), who may change it: chown it"
        }
        if status.othersMayWrite {
            return "other users of this machine may change \(path): chmod go-w \(path)"
        }
        guard let fault = PathSteps(path).fault() else { return nil }
        switch fault.reason {
        case .isLinkOf(let user): return "another user (uid \(user)) may replace \(path), by the link \(fault.path)"
        case .belongsTo(let user):
            return "another user (uid \(user)) may replace \(path), as the owner of \(fault.path)"
        default: return "other users of this machine may replace \(path): chmod go-w \(fault.path)"
        }
    }

    /// Checks that only the effective user, root and the file's owner decide what lies at the path, and that no other
    /// user may change another user's file.
    ///
    /// A user who can put a link into the file's place would otherwise choose any file that the effective user may
    /// read. Such a user owns a folder or a link of the path, but not the file that is open.
    func checkPlace() throws(FileError) {
        let status = try status()
        if !status.isOursOrRoots, status.isRegular, status.othersMayWrite { throw FileError(path, .othersMayWrite) }
        let steps = PathSteps(path)
        if let fault = steps.fault(owner: status.owner) { throw fault }
        if let gap = steps.gap { throw FileError(path, gap) }
    }

    /// All bytes, up to the rules' limit.
    ///
    /// - Parameter seconds: how many seconds a pipe or a terminal may send nothing.
    package func contents(_ rules: FileRules, seconds: Int = 60) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        // A pipe that no writer has opened yet looks like one that has ended.
        var mayBegin = try status().isPipe
        while true {
            let count = read(descriptor, &block, block.count)
            if count > 0 {
                bytes += block[..<count]
                guard bytes.count <= rules.mostBytes else { throw FileError(path, .isLonger(than: rules.mostBytes)) }
            } else if count == 0 {
                guard mayBegin, bytes.isEmpty else { return bytes }
                mayBegin = false
                try wait(seconds)
            } else if errno == EAGAIN {
                try wait(seconds)
            } else if errno != EINTR {
                throw FileError(path, .system(errno))
            }
        }
    }

    private func wait(_ seconds: Int) throws(FileError) {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, Int32(seconds) * 1000) == 0 else { return }
        throw FileError(path, .isSilent(seconds: seconds))
    }
}

/// Writes all bytes to a descriptor.
///
/// - Returns: 0, or the `errno` of the write that failed.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            // The descriptor does not block, perhaps by another process's choice: wait until it takes more.
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&wait, 1, -1)
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}
