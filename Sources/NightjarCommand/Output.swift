import Glibc
import NightjarMiner
import NightjarPlatform

/// Standard output and standard error without buffers: a printed line has left the process.
enum Output {
    /// Writes `text` and a line end to standard output.
    static func line(_ text: String) throws(CommandError) {
        let code = write(text + "\n", to: STDOUT_FILENO)
        if code != 0 { throw CommandError(.failed, "standard output: \(errorText(code))") }
    }

    /// The same for a program that continues when the write fails.
    /// - Returns: 0, or the `errno` of the write that failed.
    static func tryLine(_ text: String) -> Int32 { write(text + "\n", to: STDOUT_FILENO) }

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
