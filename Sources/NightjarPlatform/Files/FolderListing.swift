import Glibc

/// The names in a folder, without `.` and `..`.
package enum FolderListing {
    /// The names in order; empty when there is no such folder, or when it can't be read.
    package static func names(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        return names(stream).sorted()
    }

    /// The names in an open folder, in no order; `nil` when it can't be read: `errno` says why. The descriptor stays open,
    /// and keeps its place.
    ///
    /// - Parameter most: names; where there are more, one more than this many are returned.
    package static func names(descriptor: Int32, most: Int = .max) -> [String]? {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return nil }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            errno = code
            return nil
        }
        return names(stream, most: most)
    }

    /// Reads an open listing, and closes it.
    private static func names(_ stream: OpaquePointer, most: Int = .max) -> [String] {
        defer { closedir(stream) }
        var names: [String] = []
        while names.count <= most, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
