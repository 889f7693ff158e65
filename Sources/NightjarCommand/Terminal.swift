import Dispatch
import Glibc
import NightjarPlatform
import Synchronization

/// The terminal of a run. Keys arrive at once and without echo. The terminal's modes are restored when the process
/// ends, even by a crash.
///
/// Only line editing and echo are switched off: Ctrl-C, Ctrl-Z and the rest work as usual. A process in the background
/// reads no keys, and leaves the terminal's modes to the foreground process.
final class Terminal {
    private struct State {
        /// The thread that waits for keys should continue.
        var reads = false
        /// While Ctrl-Z stops the process, nothing else may change the modes.
        var isStopping = false
    }

    /// Shared with the threads on which keys and signals arrive.
    private final class Shared: Sendable { let state = Locked(State()) }

    private let shared = Shared()
    private let stops: any DispatchSourceSignal

    /// Whether standard input and output are terminals that can redraw a line and deliver keys.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isScreen }

    /// Whether standard output is a terminal that can redraw a line.
    static var isScreen: Bool {
        guard isatty(Output.descriptor) == 1, let kind = getenv("TERM").map({ String(cString: $0) }) else {
            return false
        }
        return !kind.isEmpty && kind != "dumb"
    }

    /// Whether standard output may have colours; see no-color.org.
    static var wantsColours: Bool {
        guard isScreen else { return false }
        guard let refusal = getenv("NO_COLOR") else { return true }
        return refusal.pointee == 0
    }

    /// Whether this process is in the terminal's foreground.
    static var isInFront: Bool { tcgetpgrp(Output.descriptor) == getpgrp() }

    /// The terminal's number of columns; 80 where it is not known.
    static var width: Int { columns(of: Output.descriptor) }

    /// The same for the terminal that standard error is.
    static var errorWidth: Int { columns(of: STDERR_FILENO) }

    private static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Takes over the terminal, and passes every key to `take`. Use it only where ``isThere``, and once in a process.
    ///
    /// - Parameter clear: erases the status line before Ctrl-Z stops the process.
    init(clear: @escaping @Sendable () -> Void, take: @escaping @Sendable (Character) -> Void) {
        Modes.remember()
        let stops = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: DispatchQueue(label: "terminal stops"))
        self.stops = stops
        stops.setEventHandler { [shared] in
            shared.state.withLock { $0.isStopping = true }
            clear()
            Modes.restore()
            // SIGSTOP cannot be caught: the shell sees a stopped job, as with any program.
            kill(getpid(), SIGSTOP)
            shared.state.withLock { $0.isStopping = false }
        }
        stops.resume()
        shared.state.withLock { $0.reads = true }
        DispatchQueue(label: "keys").async { [shared] in
            while shared.state.withLock({ $0.reads }) {
                // Set the modes again, also after the process came back to the foreground: the shell changed them
                // meanwhile.
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
                // The terminal has gone, or another process took it at this moment.
                guard count > 0 else {
                    usleep(100_000)
                    continue
                }
                for byte in bytes[..<count] where (0x21...0x7E).contains(byte) { take(Character(Unicode.Scalar(byte))) }
            }
        }
    }

    /// Restores the terminal. Keys that are pressed afterwards go to the shell.
    func close() {
        shared.state.withLock {
            $0.reads = false
            Modes.restore()
        }
        stops.cancel()
    }

    /// The terminal's modes before and during the run. They are global because a signal handler needs them.
    enum Modes {
        /// Unchecked: ``remember()`` writes it once, before anything reads it. A signal handler cannot take a lock.
        nonisolated(unsafe) private static var original: UnsafeMutablePointer<termios>?
        private static let ends = [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]

        /// Saves the terminal's modes, and installs handlers that restore them after a crash.
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

        /// Delivers keys one by one, without echo.
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

        /// Restores the saved modes. It does nothing where the terminal belongs to another process by now, which has
        /// its own modes. It makes only calls that are safe in a signal handler.
        static func restore() {
            guard let original, tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
            _ = tcsetattr(STDIN_FILENO, TCSANOW, original)
        }

        private static func end(_ number: Int32) {
            restore()
            // Do not restore the previous handler: compilers in OpenCL drivers install handlers that ignore a first
            // signal.
            signal(number, SIG_DFL)
            raise(number)
        }
    }
}
