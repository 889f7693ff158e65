import Glibc
import NightjarMiner
import NightjarPlatform

/// Standard output and standard error without buffers: a printed line has left the process.
///
/// Only ours: libraries in this process, such as OpenCL drivers, write to descriptor 1 as they like. So this program's
/// output has a descriptor of its own, and descriptor 1 leads to standard error.
enum Output {
    /// This program's standard output. Set by ``keepForUs()``.
    private(set) nonisolated(unsafe) static var descriptor = STDOUT_FILENO

    /// Leads what libraries write to standard output to standard error. Called once, before there are threads: a
    /// library's line in the midst of JSON would break it.
    static func keepForUs() {
        let own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        // No more files may be open: then it stays shared.
        guard own >= 0 else { return }
        descriptor = own
        dup2(STDERR_FILENO, STDOUT_FILENO)
    }

    /// Writes `text` and a line end to standard output.
    static func line(_ text: String) throws(CommandError) {
        let code = write(text + "\n", to: descriptor)
        if code != 0 { throw CommandError(.failed, "standard output: \(errorText(code))") }
    }

    /// The same for a program that continues when the write fails.
    /// - Returns: 0, or the `errno` of the write that failed.
    static func tryLine(_ text: String) -> Int32 { write(text + "\n", to: descriptor) }

    /// Writes `text` and a line end to standard error. A failure is ignored, because there is nowhere to report it.
    static func standardError(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

    /// The same, but not where the write would wait for a reader.
    static func tryStandardError(_ text: String) {
        var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        if poll(&ready, 1, 0) == 1 { standardError(text) }
    }

    /// Writes to standard error without a line end, for progress on a terminal.
    static func progress(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes all of `text` to a descriptor.
    /// - Returns: 0, or the `errno` of the write that failed.
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    }
}
