import Glibc

/// A file that the user named for output and that is written once, whole.
///
/// A regular file of the user is replaced: readers see the old file or the new one, and the old one stays when nothing
/// is written. Everything else is written in place: a terminal, a pipe, and what a link leads to, because `/dev/stdout`
/// is a link. Another user's file or pipe is not written, and a link of another user's is not followed: it could lead
/// to any file of this user's. The folder stays open until the file is written, so that no other folder can take its
/// place meanwhile.
package final class NamedOutput: Sendable {
    package let path: String
    /// The file that is written in place; `nil` when a new file takes the path.
    private let file: OwnFile?
    private let folder: Folder
    /// Those of the file that is replaced.
    private let permissions: mode_t?

    /// Finds out whether the file can be written, and changes nothing.
    package init(_ path: String) throws(FileError) {
        self.path = path
        let steps = PathSteps(path)
        for step in steps.all where step.status.isLink && !step.status.isOursOrRoots {
            throw FileError(step.path, .isLinkOf(step.status.owner))
        }
        let folder = try Folder(of: path)
        self.folder = folder
        let existing: OwnFile?
        do { existing = try OwnFile(path, .report, for: .overwriting) } catch {
            guard error.isAbsent else { throw error }
            existing = nil
        }
        let status = try existing?.status()
        // An open file of a process, such as standard output, was chosen by the user who started it.
        if let status, !steps.endsInOpenFile {
            guard status.isOursOrRoots else { throw FileError(path, .belongsTo(status.owner)) }
            // The links that were checked must be those that were followed.
            guard steps.gap == nil, let last = steps.all.last, last.status.isSameFile(as: status) else {
                throw FileError(path, .system(ESTALE))
            }
        }
        permissions = status?.permissions
        if let status, !status.isReplaceable || FileStatus.isLink(path) {
            file = existing
            return
        }
        do {
            folder.remove(try folder.temporary())
            file = nil
        } catch {
            // A file in a folder that the user may not write.
            guard existing != nil else { throw FileError(path, error.reason) }
            file = existing
        }
    }

    package func write(_ text: String) throws(FileError) {
        let bytes = Array(text.utf8)
        if let file {
            // A failure does not matter: terminals and pipes cannot be truncated and need not be.
            _ = ftruncate(file.descriptor, 0)
            return try Self.write(bytes, to: file, path)
        }
        let new = try folder.temporary()
        do throws(FileError) {
            if let permissions { fchmod(new.descriptor, permissions) }
            try Self.write(bytes, to: new, path)
            try folder.rename(new)
        } catch {
            folder.remove(new)
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to file: OwnFile, _ path: String) throws(FileError) {
        let code = bytes.withUnsafeBytes { writeAll($0, to: file.descriptor) }
        guard code == 0 else { throw FileError(path, .system(code)) }
    }

    /// The folder of the file, open.
    private final class Folder: Sendable {
        private let path: String
        private let name: String
        private let descriptor: Int32

        init(of path: String) throws(FileError) {
            self.path = path
            name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
            descriptor = open(PathSteps.folder(of: path), openToLook | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError(path, .system(errno)) }
        }

        deinit { if descriptor >= 0 { close(descriptor) } }

        /// A new file beside the file.
        func temporary() throws(FileError) -> OwnFile {
            let name = "\(name).new-\(String(UInt64.random(in: .min ... .max), radix: 36))"
            do { return try OwnFile(path: name, name: name, at: descriptor, .report, .creating) } catch {
                throw FileError(path, error.reason)
            }
        }

        /// Gives the new file the file's name.
        func rename(_ file: OwnFile) throws(FileError) {
            guard renameat(descriptor, file.path, descriptor, name) == 0 else { throw FileError(path, .system(errno)) }
        }

        func remove(_ file: OwnFile) { unlinkat(descriptor, file.path, 0) }
    }
}
