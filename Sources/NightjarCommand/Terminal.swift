import Dispatch
import Glibc
import Synchronization

/// The terminal that a run is watched and steered on: keys come at once and unechoed, and whatever ends the process, a
/// crash too, leaves the terminal as it was.
///
/// Line editing and echo are all that is switched off: Ctrl-C, Ctrl-Z and the rest mean what they always do. A process
/// in the background reads no keys, and leaves the terminal's modes to the one in front.
final class Terminal {
    private struct State {
        /// The thread that waits for keys goes on.
        var reads = false
        /// Between Ctrl-Z and its end, the modes are not to be touched.
        var isStopping = false
    }

    /// Shared with the threads that keys and signals come on.
    private final class Shared: Sendable { let state = Mutex(State()) }

    private let shared = Shared()
    private let stops: any DispatchSourceSignal

    /// Whether there is somebody to see lines drawn anew and to press keys: both ends are terminals that can do it.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isScreen }

    /// Whether standard output is a terminal on which a line can be drawn anew.
    static var isScreen: Bool {
        guard isatty(STDOUT_FILENO) == 1, let kind = getenv("TERM").map({ String(cString: $0) }) else { return false }
        return !kind.isEmpty && kind != "dumb"
    }

    /// Whether standard output may be coloured; see no-color.org.
    static var wantsColours: Bool {
        guard isScreen else { return false }
        guard let refusal = getenv("NO_COLOR") else { return true }
        return refusal.pointee == 0
    }

    /// Whether this process is the one that the terminal belongs to now.
    static var isInFront: Bool { tcgetpgrp(STDOUT_FILENO) == getpgrp() }

    /// Columns of the terminal; 80 where nobody knows.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Takes the terminal, and hands every key to `take`. To be used where ``isThere``, once in a process.
    ///
    /// - Parameter clear: takes back what is drawn, before the process stops for Ctrl-Z.
    init(clear: @escaping @Sendable () -> Void, take: @escaping @Sendable (Character) -> Void) {
        Modes.remember()
        let stops = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: DispatchQueue(label: "terminal stops"))
        self.stops = stops
        stops.setEventHandler { [shared] in
            shared.state.withLock { $0.isStopping = true }
            clear()
            Modes.restore()
            // Not to be caught: the shell sees a stopped job, as with any program.
            kill(getpid(), SIGSTOP)
            shared.state.withLock { $0.isStopping = false }
        }
        stops.resume()
        shared.state.withLock { $0.reads = true }
        DispatchQueue(label: "keys").async { [shared] in
            while shared.state.withLock({ $0.reads }) {
                // Also after the process has come back to the front: the shell has had the modes meanwhile.
                let isMine = shared.state.withLock { state in
                    guard state.reads, !state.isStopping, Self.isInFront else { return false }
                    Modes.takeKeys()
                    return true
                }
                guard isMine else {
                    usleep(100_000)
                    continue
                }
                var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                guard poll(&wait, 1, 200) > 0 else { continue }
                var bytes = [UInt8](repeating: 0, count: 64)
                let count = read(STDIN_FILENO, &bytes, bytes.count)
                // The terminal has gone, or has been taken by another in this moment.
                guard count > 0 else {
                    usleep(100_000)
                    continue
                }
                for byte in bytes[..<count] where (0x21...0x7E).contains(byte) { take(Character(Unicode.Scalar(byte))) }
            }
        }
    }

    /// Gives the terminal back. Keys that are pressed afterwards wait for the shell.
    func close() {
        shared.state.withLock {
            $0.reads = false
            Modes.restore()
        }
        stops.cancel()
    }

    /// The terminal's modes before and during the run. They outlive every object: a signal's handler wants them.
    enum Modes {
        /// Unchecked: written by ``remember()``, once, before anything reads it; a handler of signals can take no lock.
        nonisolated(unsafe) private static var original: UnsafeMutablePointer<termios>?
        private static let ends = [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]

        /// Notes how the terminal is, and sees to it that a crash leaves it so.
        static func remember() {
            guard original == nil else { return }
            let modes = UnsafeMutablePointer<termios>.allocate(capacity: 1)
            modes.initialize(to: termios())
            guard tcgetattr(STDIN_FILENO, modes) == 0 else {
                modes.deallocate()
                return
            }
            original = modes
            for number in ends {
                var action = sigaction()
                action.__sigaction_handler.sa_handler = { Modes.end($0) }
                sigaction(number, &action, nil)
            }
        }

        /// Keys come one by one, and are not shown.
        static func takeKeys() {
            guard let original else { return }
            var modes = termios()
            guard tcgetattr(STDIN_FILENO, &modes) == 0 else { return }
            let switchedOff = tcflag_t(ICANON | ECHO)
            guard modes.c_lflag & switchedOff != 0 else { return }
            modes = original.pointee
            modes.c_lflag &= ~switchedOff
            _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &modes)
        }

        /// As it was. Nothing where the terminal belongs to another process by now, which has set it as it likes. Only
        /// calls that are safe in a signal's handler.
        static func restore() {
            guard let original, tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
            _ = tcsetattr(STDIN_FILENO, TCSANOW, original)
        }

        private static func end(_ number: Int32) {
            restore()
            // Not what was there before: OpenCL drivers bring compilers whose handlers let a first signal go by.
            signal(number, SIG_DFL)
            raise(number)
        }
    }
}
