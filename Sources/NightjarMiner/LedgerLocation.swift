import Glibc
import NightjarPlatform

/// The ledger's standard place.
package enum LedgerLocation {
    /// `$XDG_STATE_HOME/nightjar/shares.sqlite`, or below `~/.local/state` when that variable is unset or relative. The
    /// XDG base directory specification says to ignore a relative one.
    ///
    /// - Throws: ``LedgerError`` when neither the environment nor the user database knows a home directory.
    package static func standard(environment: (String) -> String? = variable) throws(LedgerError) -> String {
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/nightjar/shares.sqlite" }
        guard let home = environment("HOME").flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? homeFromUserDatabase() else {
            throw LedgerError(path: "shares.sqlite", reason: "no home directory is known; set XDG_STATE_HOME")
        }
        return home + "/.local/state/nightjar/shares.sqlite"
    }

    /// An environment variable's value; `nil` when it is unset or empty.
    package static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Makes the directory of `path` and its parents, for the user alone.
    package static func makeDirectory(of path: String) throws(LedgerError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        var directory = ""
        for part in path[..<slash].split(separator: "/", omittingEmptySubsequences: true) {
            if !directory.isEmpty || path.hasPrefix("/") { directory += "/" }
            directory += part
            if mkdir(directory, 0o700) != 0, errno != EEXIST {
                // For a directory that exists but may not be written, mkdir can report EROFS or EACCES instead of
                // EEXIST.
                let code = errno
                var status = stat()
                guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                    throw LedgerError(path: path, reason: "mkdir \(directory): \(errorText(code))")
                }
            }
        }
    }

    private static func homeFromUserDatabase() -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { buffer in
            guard getpwuid_r(getuid(), &entry, buffer.baseAddress!, buffer.count, &found) == 0, found != nil,
                let directory = entry.pw_dir, directory.pointee == UInt8(ascii: "/")
            else { return nil }
            return String(cString: directory)
        }
    }
}
