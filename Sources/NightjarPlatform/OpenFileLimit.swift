import Glibc

/// How many files and connections this process may have open.
///
/// A process must not reach this limit: NIO's event loops need three files each, libdispatch opens a file in `/proc` for
/// each of its threads now and then, and both end the process when they cannot. So it is asked at the start, and a
/// server takes only a share of what is left.
package enum OpenFileLimit {
    /// More than the program ever opens.
    private static let enough: rlim_t = 4096

    /// Raises the limit to ``enough``, or to what the system allows.
    package static func raise() {
        guard var limit = current, limit.rlim_cur < enough, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = min(limit.rlim_max, enough)
        setrlimit(resource, &limit)
    }

    /// How many more can be opened now.
    package static var room: Int {
        guard let limit = current else { return 0 }
        return (0..<Int32(min(limit.rlim_cur, enough))).count { fcntl($0, F_GETFD) == -1 }
    }

    /// Why so many more cannot be opened; `nil` when they can.
    package static func fault(needing count: Int) -> String? {
        let room = room
        return room >= count
            ? nil : "only \(room) more files can be opened, and \(count) are needed: raise the limit (ulimit -n)"
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

    private static var current: rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }
}
