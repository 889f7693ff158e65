import Glibc

/// The user's folders, by the XDG base directory specification, and how they are made.
package enum UserFolders {
    /// A folder that could not be made.
    package struct Failure: Error, CustomStringConvertible {
        /// The folder, which may be a parent of the one that was asked for.
        package let path: String
        /// The `errno` of `mkdir`, or why nothing is made in this folder.
        package let reason: FileError.Reason

        package var description: String {
            if case .system = reason { "mkdir \(path): \(reason)" } else { "\(path): \(reason)" }
        }
    }

    /// Where programs keep what is to last: `$XDG_STATE_HOME`, or `~/.local/state`; `nil` when no home is known.
    package static func state(environment: (String) -> String? = variable) -> String? {
        folder("XDG_STATE_HOME", "/.local/state", environment)
    }

    /// Where programs keep what they can make again: `$XDG_CACHE_HOME`, or `~/.cache`; `nil` when no home is known.
    package static func cache(environment: (String) -> String? = variable) -> String? {
        folder("XDG_CACHE_HOME", "/.cache", environment)
    }

    /// Where programs keep what is not needed after their end: `$TMPDIR`, or `/tmp`. A user who owns a folder above
    /// `$TMPDIR` could put another folder into its place, so it is not used then.
    package static var temporary: String { variable("TMPDIR").flatMap { PathSteps.areOurs($0) ? $0 : nil } ?? "/tmp" }

    /// Makes an empty folder in ``temporary``, for the user alone. Its maker removes it.
    ///
    /// - Parameter name: what its name begins with.
    /// - Returns: its path; `nil` when it cannot be made.
    package static func makeTemporary(_ name: String) -> String? {
        var template = Array("\(temporary)/\(name)-XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
    }

    /// An environment variable's value; `nil` when it is unset or empty.
    package static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Makes `path` and its parents where they are missing, for the user alone.
    ///
    /// Nothing is made where another user decides what lies at the path (root apart): root with a user's `HOME` would
    /// leave folders there that this user cannot use, or anywhere, by a link of this user's.
    package static func make(_ path: some StringProtocol) throws(Failure) {
        var folder = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            if !folder.isEmpty || path.hasPrefix("/") { folder += "/" }
            folder += part
            // Checked from the root each time: another user may have made a folder since.
            let steps = PathSteps(folder)
            if let fault = steps.fault() { throw Failure(path: fault.path, reason: fault.reason) }
            if steps.gap != nil, mkdir(folder, 0o700) != 0, errno != EEXIST {
                throw Failure(path: folder, reason: .system(errno))
            }
        }
    }

    /// The specification says to ignore relative paths.
    private static func folder(
        _ variable: String, _ belowHome: String, _ environment: (String) -> String?
    ) -> String? {
        if let folder = environment(variable), folder.hasPrefix("/") { return folder }
        let home = environment("HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? homeFromUserDatabase()
        return home.map { $0 + belowHome }
    }

    private static func homeFromUserDatabase() -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { buffer in
            guard let start = buffer.baseAddress, getpwuid_r(getuid(), &entry, start, buffer.count, &found) == 0,
                found != nil, let directory = entry.pw_dir, directory.pointee == UInt8(ascii: "/")
            else { return nil }
            return String(cString: directory)
        }
    }
}
