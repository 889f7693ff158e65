import Foundation
import Glibc
import NightjarPlatform
import Synchronization

/// A terminal that a test sits at.
public final class PseudoTerminal: Sendable {
    /// What a program opens to be on it.
    public let path: String
    private let master: Int32
    private let seen = Locked("")

    public init(columns: UInt16 = 100) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // What unlockpt and ptsname do, which Swift's Glibc module does not show: TIOCSPTLCK and TIOCGPTN.
        var (lock, number) = (Int32(0), Int32(0))
        guard master >= 0, ioctl(master, 0x4004_5431, &lock) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw ChildProcess.Failure(description: "/dev/ptmx: \(String(cString: strerror(errno)))")
        }
        path = "/dev/pts/\(number)"
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit { close(master) }

    /// All that has been written on it so far.
    public var text: String {
        seen.withLock { seen in
            var block = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(master, &block, block.count)
                guard count > 0 else { return seen }
                seen += String(decoding: block[..<count], as: UTF8.self)
            }
        }
    }

    /// Presses keys.
    public func type(_ keys: String) {
        _ = Array(keys.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    /// Whether it edits lines and shows what is typed, as a shell leaves it to a program.
    public var isCooked: Bool {
        var modes = termios()
        return tcgetattr(master, &modes) == 0 && modes.c_lflag & tcflag_t(ICANON) != 0
            && modes.c_lflag & tcflag_t(ECHO) != 0
    }
}
