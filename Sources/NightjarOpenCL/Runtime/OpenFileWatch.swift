import Glibc

/// Files that a child process holds open while it calls drivers, to see whether one closes or replaces them.
///
/// A driver that closes files which it has not opened would close those of this program: its connections and its shares
/// on disk. New files then get the old numbers, and lines meant for one file end in another.
struct OpenFileWatch {
    private struct File {
        let descriptor: Int32
        let status: stat
    }

    private var files: [File] = []

    /// Low numbers, because the first files get these; some higher ones for drivers that close whole ranges.
    private static let numbers: [Int32] = [3, 4, 5, 6, 8, 12, 16, 32, 64, 128, 255]

    /// Takes the three standard files, and opens more.
    init() {
        for number in STDIN_FILENO...STDERR_FILENO { add(number) }
        for number in Self.numbers {
            // Beyond the limit of open files there is nothing to close.
            let new = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, number)
            if new >= 0 { add(new) }
        }
    }

    private mutating func add(_ descriptor: Int32) {
        if let status = Self.status(descriptor) { files.append(File(descriptor: descriptor, status: status)) }
    }

    /// Whether all are open, and the same.
    var isIntact: Bool {
        files.allSatisfy { file in
            guard let now = Self.status(file.descriptor) else { return false }
            return now.st_dev == file.status.st_dev && now.st_ino == file.status.st_ino
        }
    }

    private static func status(_ descriptor: Int32) -> stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }
}
