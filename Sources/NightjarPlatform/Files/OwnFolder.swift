import Glibc

/// An open folder that belongs to the effective user and that only this user may write, and the files in it.
///
/// Its files are opened, renamed and deleted relative to the open descriptor, so that the folder that was checked is the
/// folder that is used, even if somebody who may write its parent puts another in its place.
package final class OwnFolder: Sendable {
    package let path: String
    let descriptor: Int32

    /// Opens the folder at `path`.
    ///
    /// Its last part may be a link only if the link belongs to the user or to root: systemd makes `/var/lib/NAME` a link
    /// for services whose user exists only while they run.
    ///
    /// - Throws: ``FileError`` when it is missing, belongs to another user, or others may write it.
    package convenience init(_ path: String) throws(FileError) {
        // With a slash at its end, a link would be followed unseen.
        var name = path[...]
        while name.count > 1, name.hasSuffix("/") { name.removeLast() }
        do { try self.init(path: path, name: String(name), at: AT_FDCWD) } catch {
            guard error.reason == .isSymbolicLink else { throw error }
            try self.init(path: path, name: try Self.target(ofLink: String(name)), at: AT_FDCWD)
        }
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
    ///
    /// Nothing is made in a folder of another user (root's apart): root with a user's `HOME` would leave folders there
    /// that this user cannot use.
    package static func making(_ path: String) throws(FileError) -> OwnFolder {
        if let reason = faultOfParents(path) { throw reason }
        do { try UserFolders.make(path) } catch { throw FileError(error.path, .system(error.code)) }
        return try OwnFolder(path)
    }

    /// Why the folder is not used; `nil` when it is, or when it is missing and may be made.
    package static func fault(_ path: String) -> FileError? {
        do { _ = try OwnFolder(path) } catch { return error.isAbsent ? faultOfParents(path) : error }
        return nil
    }

    /// The nearest parent that exists, if it belongs to another user.
    private static func faultOfParents(_ path: String) -> FileError? {
        var parent = path[...]
        while true {
            var status = stat()
            let name = parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : String(parent)
            if stat(name, &status) == 0 {
                let status = FileStatus(status)
                return status.isOursOrRoots ? nil : FileError(name, .belongsTo(status.owner))
            }
            guard !parent.isEmpty else { return nil }
            parent = parent.lastIndex(of: "/").map { parent[..<$0] } ?? ""
        }
    }

    /// A folder in this one.
    package func folder(_ name: String, making: Bool) throws(FileError) -> OwnFolder {
        let path = try path(of: name)
        if making, mkdirat(descriptor, name, 0o700) != 0, errno != EEXIST { throw FileError(path, .system(errno)) }
        return try OwnFolder(path: path, name: name, at: descriptor)
    }

    package func path(of name: String) throws(FileError) -> String {
        // A name with a slash would leave the folder.
        guard !name.contains("/"), !name.isEmpty else { throw FileError("\(path)/\(name)", .system(EINVAL)) }
        return "\(path)/\(name)"
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

    /// Deletes a file, if it can be deleted.
    package func remove(_ name: String) {
        guard !name.contains("/") else { return }
        unlinkat(descriptor, name, 0)
    }

    /// The names of the files with this ending, the one that was written first at the front.
    package func names(endingIn suffix: String) -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return [] }
        guard let listing = fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { closedir(listing) }
        var found: [(written: timespec, name: String)] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
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
