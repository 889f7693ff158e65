import Glibc
import NightjarCore
import NightjarMiner
import NightjarPlatform

/// Reads a descriptor line by line. Each line is returned as soon as it is complete, so that a program can write an
/// input into a pipe and wait for its digest.
struct LineReader: ~Copyable {
    /// Longer lines are refused: a line that never ends would fill the memory.
    static let longestLine = 16 << 20

    private let descriptor: Int32
    private let name: String
    private var buffer: [UInt8] = []
    /// The number of lines returned so far.
    private var lines = 0
    /// Where the next line begins in `buffer`, and how far it has been searched for an end.
    private var start = 0
    private var searched = 0
    private var ended = false

    /// - Parameter path: `-` for standard input.
    init(path: String) throws(CommandError) {
        if path == "-" {
            name = "standard input"
            descriptor = STDIN_FILENO
        } else {
            name = path
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw CommandError(.badInput, "\(path): \(errorText(errno))") }
        }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next line without its line end, LF or CRLF; `nil` after the last. Bytes after the last line end are a line.
    mutating func next() throws(CommandError) -> [UInt8]? {
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    start = end + 1
                    searched = start
                    lines += 1
                }
                return Self.withoutReturn(buffer[start..<end])
            }
            searched = buffer.count
            if ended {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return Self.withoutReturn(buffer[start...])
            }
            guard buffer.count - start <= Self.longestLine else {
                throw CommandError(.badInput, "line \(lines + 1): longer than \(Self.longestLine) bytes")
            }
            try fill()
        }
    }

    private mutating func fill() throws(CommandError) {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        let chunk = 64 << 10
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: chunk) { space, count in
            while true {
                let got = read(descriptor, space.baseAddress, chunk)
                if got >= 0 {
                    count = got
                    return
                }
                if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    _ = poll(&wait, 1, -1)
                } else if errno != EINTR {
                    code = errno
                    return
                }
            }
        }
        guard code == 0 else { throw CommandError(.badInput, "\(name): \(errorText(code))") }
        if bytes.isEmpty { ended = true } else { buffer += bytes }
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> [UInt8] {
        Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
}
