import Glibc

extension OwnFolder {
    /// How many files a folder may hold before it is not looked through. This many take about a second.
    package static let mostEntries = 200_000
    private static let mostDepth = 32

    /// Whether other users have no right to it at all. They may have put files into a folder that was less private,
    /// or still have such a file open, even if its mode is good by now.
    package var isPrivate: Bool { (try? FileStatus(descriptor: descriptor, path: path))?.permissions == 0o700 }

    /// The first thing below the folder that another user made or may change, or that leads elsewhere; `nil` when all
    /// are regular files and folders of the effective user.
    ///
    /// What it finds good stays so: other users cannot change a folder that only its user may write.
    ///
    /// - Parameter mostEntries: more files and folders are a fault.
    package func faultBelow(mostEntries: Int = OwnFolder.mostEntries) -> FileError? {
        var left = mostEntries
        do throws(FileError) { try Self.check(descriptor, path, depth: 0, &left, of: mostEntries) } catch {
            return error.reason == .holdsMore(than: mostEntries) ? FileError(path, error.reason) : error
        }
        return nil
    }

    private static func check(
        _ folder: Int32, _ path: String, depth: Int, _ left: inout Int, of most: Int
    ) throws(FileError) {
        for name in try names(in: folder, path, &left, of: most) {
            let path = "\(path)/\(name)"
            var found = stat()
            guard fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 else {
                // Another run of the same user's removes its temporary files.
                if errno == ENOENT { continue }
                throw FileError(path, .system(errno))
            }
            let status = FileStatus(found)
            // The kind before the mode: that of a link says nothing, as everyone may write it.
            if !status.isFolder, let fault = status.kindFault { throw FileError(path, fault) }
            if let fault = status.trustFault { throw FileError(path, fault) }
            guard status.isFolder else {
                // The other name may be in a folder of another user, who chose this file of the effective user.
                if status.hasHardLinks { throw FileError(path, .hasHardLinks) }
                continue
            }
            guard depth < mostDepth else { throw FileError(path, .isTooDeep) }
            let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0 else {
                if errno == ENOENT { continue }
                throw FileError(path, .system(errno))
            }
            defer { close(inner) }
            // The folder that was opened is the one that is looked through.
            if let fault = try FileStatus(descriptor: inner, path: path).trustFault { throw FileError(path, fault) }
            try check(inner, path, depth: depth + 1, &left, of: most)
        }
    }

    /// The names in an open folder, and so many less `left`.
    private static func names(
        in folder: Int32, _ path: String, _ left: inout Int, of most: Int
    ) throws(FileError) -> [String] {
        guard let names = FolderListing.names(descriptor: folder, most: max(0, left)) else {
            throw FileError(path, .system(errno))
        }
        left -= names.count
        guard left >= 0 else { throw FileError(path, .holdsMore(than: most)) }
        return names
    }
}
