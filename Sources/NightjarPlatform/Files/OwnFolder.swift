import Glibc

/// An open folder that belongs to the effective user and that only this user may write, and the files in it.
///
/// Its files are opened, renamed and deleted relative to the open descriptor, so that the folder that was checked is the
/// folder that is used, even if another user replaces it in its parent.
package final class OwnFolder: Sendable {
    package let path: String
    let descriptor: Int32

    /// Opens the folder at `path`.
    ///
    /// Its last part may be a link only if the link belongs to the user or to root: systemd makes `/var/lib/NAME` a link
    /// for services whose user exists only while they run.
    ///
    /// - Throws: ``FileError`` when it is missing, belongs to another user, or others may write it or decide where the
    ///   path leads.
    package convenience init(_ path: String) throws(FileError) {
        // With a slash at its end, a link would be followed unseen.
        var name = path[...]
        while name.count > 1, name.hasSuffix("/") { name.removeLast() }
        try PathSteps.check(PathSteps.folder(of: String(name)), of: path)
        do { try self.init(path: path, name: String(name), at: AT_FDCWD) } catch {
            guard error.reason == .isSymbolicLink else { throw error }
            let target = try Self.target(ofLink: String(name))
            try PathSteps.check(PathSteps.folder(of: target), of: path)
            try self.init(path: path, name: target, at: AT_FDCWD)
        }
    }

    /// Opens the folder of a log file. Unlike other folders of this type it may be root's, and others may write it if
    /// the sticky bit keeps them from replacing files: `/var/log` and `/tmp`. Root decides who is in the groups of the
    /// system that may write `/var/log`.
    ///
    /// - Parameter file: the log file's path.
    package init(ofLog file: String) throws(FileError) {
        path = PathSteps.folder(of: file)
        try PathSteps.check(path, of: file, trustsRootsGroups: true)
        // The links on the way have been checked. Only names in the folder are needed, so it need not be readable.
        descriptor = open(path, openToLook | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(file, .system(errno)) }
    }

    private init(path: String, name: String, at folder: Int32) throws(FileError) {
        self.path = path
        descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = FileStatus.reason(errno, name, at: folder, follows: false)
            throw FileError(path, reason.isOtherKind ? .isNoFolder : reason)
        }
        let status = try FileStatus(descriptor: descriptor, path: path)
        if let fault = status.trustFault { throw FileError(path, fault) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Makes the folder and its parents where they are missing, for the user alone, and opens it.
    package static func making(_ path: String) throws(FileError) -> OwnFolder {
        do { try UserFolders.make(path) } catch { throw FileError(error.path, error.reason) }
        return try OwnFolder(path)
    }

    /// Why the folder is not used; `nil` when it is, or when it is missing and may be made.
    package static func fault(_ path: String) -> FileError? {
        do { _ = try OwnFolder(path) } catch { return error.isAbsent ? nil : error }
        return nil
    }

    /// Lets only the user into it.
    package func makePrivate() { fchmod(descriptor, 0o700) }

    /// A folder in this one.
    package func folder(_ name: String, making: Bool) throws(FileError) -> OwnFolder {
        let path = try path(of: name)
        if making, mkdirat(descriptor, name, 0o700) != 0, errno != EEXIST { throw FileError(path, .system(errno)) }
        return try OwnFolder(path: path, name: name, at: descriptor)
    }

    package func path(of name: String) throws(FileError) -> String {
        // A name with a slash would leave the folder.
        guard !name.contains("/"), !name.isEmpty else { throw FileError("\(path)/\(name)", .system(EINVAL)) }
        if path == "." { return name }
        return path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    /// The file's bytes.
    package func read(_ name: String, _ rules: FileRules) throws(FileError) -> [UInt8] {
        try OwnFile(name, in: self, rules, for: .reading).contents(rules)
    }

    /// Writes the file whole. Readers see the old file or the new one; after an error, the old one is untouched.
    package func replace(_ name: String, _ rules: FileRules, with bytes: [UInt8]) throws(FileError) {
        let path = try path(of: name)
        let temporary = ".new-" + String(UInt64.random(in: .min ... .max), radix: 36)
        var isInPlace = false
        defer { if !isInPlace { remove(temporary) } }
        let file = try OwnFile(temporary, in: self, rules, for: .creating)
        let code = bytes.withUnsafeBytes { writeAll($0, to: file.descriptor) }
        guard code == 0 else { throw FileError(path, .system(code)) }
        guard renameat(descriptor, temporary, descriptor, name) == 0 else { throw FileError(path, .system(errno)) }
        isInPlace = true
    }

    /// Makes a file private that another library opens by its path: checks it, and gives it the mode 0600.
    ///
    /// The file is not opened for reading: when a process closes a file, it loses the locks that SQLite has on it. The
    /// mode is changed by name, which is safe here, because only the user may write this folder.
    ///
    /// - Parameter making: whether to make the file when it is missing.
    package func makePrivate(_ name: String, _ rules: FileRules, making: Bool) throws(FileError) {
        let path = try path(of: name)
        if making {
            do { _ = try OwnFile(name, in: self, rules, for: .creating) } catch {
                guard error.reason == .system(EEXIST) else { throw error }
            }
        }
        let file = openat(descriptor, name, openToLook | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else {
            guard errno == ENOENT else { throw FileError(path, .system(errno)) }
            return
        }
        defer { close(file) }
        let status = try FileStatus(descriptor: file, path: path)
        if let fault = status.fault(rules) { throw FileError(path, fault) }
        if status.permissions & 0o077 != 0, fchmodat(descriptor, name, 0o600, 0) != 0 {
            throw FileError(path, .staysReadable(errno))
        }
    }

    /// Renames a file of the folder, and replaces what has the new name.
    ///
    /// - Throws: ``FileError`` with the new name.
    package func rename(_ name: String, to new: String) throws(FileError) {
        let path = try path(of: new)
        guard renameat(descriptor, name, descriptor, new) == 0 else { throw FileError(path, .system(errno)) }
    }

    /// Why the user may not replace what has this name; `nil` when the user may, or when nothing has it.
    package func faultOfReplacing(_ name: String) -> FileError? {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        let found = FileStatus(status)
        guard let reason = found.isOurs ? found.kindFault : .belongsTo(found.owner) else { return nil }
        return FileError("\(path == "." ? "" : path + "/")\(name)", reason)
    }

    /// Deletes a file, if it can be deleted.
    package func remove(_ name: String) {
        guard !name.contains("/") else { return }
        unlinkat(descriptor, name, 0)
    }

    /// The names of the files with this ending, the one that was written first at the front.
    package func names(endingIn suffix: String) -> [String] {
        var found: [(written: timespec, name: String)] = []
        for name in FolderListing.names(descriptor: descriptor) ?? [] {
            var status = stat()
            guard name.hasSuffix(suffix), fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            found.append((status.st_mtim, name))
        }
        found.sort { ($0.written.tv_sec, $0.written.tv_nsec) < ($1.written.tv_sec, $1.written.tv_nsec) }
        return found.map(\.name)
    }

    /// Where a link leads, if the link belongs to the user or to root.
    ///
    /// The link is opened and then read, so that the link that was checked is the one that is followed. What it leads to
    /// is held to the same rules as any folder, and must not be a link itself.
    private static func target(ofLink path: String) throws(FileError) -> String {
        let link = open(path, openToLook | O_NOFOLLOW | O_CLOEXEC)
        guard link >= 0 else { throw FileError(path, .system(errno)) }
        defer { close(link) }
        let status = try FileStatus(descriptor: link, path: path)
        guard status.isLink, status.isOursOrRoots else { throw FileError(path, .isSymbolicLink) }
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlinkat(link, "", &text, text.count)
        guard length > 0, length < text.count else { throw FileError(path, .isSymbolicLink) }
        let target = String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard !target.hasPrefix("/") else { return target }
        return (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + target
    }
}

extension FileError.Reason {
    /// Whether it is something other than a folder, or than a link to one.
    fileprivate var isOtherKind: Bool {
        switch self {
        case .isPipe, .isSocket, .isDevice, .system(ENOTDIR): true
        default: false
        }
    }
}
