import Dispatch
import Glibc
import NightjarOpenCL
import NightjarPlatform
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into requests, so that a run can end in order or read its files again.
///
/// Signals are caught from the first lines of the program on; see ``SignalPipe``. One that comes while a run is being set
/// up ends it in order as soon as it begins. A second signal ends the run without waiting, and a third ends the process
/// at once. A signal within a second of another counts as the same request: `timeout` and a terminal's process group
/// send it twice.
final class Signals {
    enum Wish: Sendable {
        /// End in order; the signal's number.
        case end(Int32)
        /// End without waiting for lanes or answers.
        case haste
        /// SIGHUP: open the log file and read the configuration again; or the terminal has gone.
        case hangUp
    }

    private let source: (any DispatchSourceRead)?
    private let wishes = Wishes()

    init() {
        source = SignalPipe.open().map { [wishes] pipe in
            let source = DispatchSource.makeReadSource(fileDescriptor: pipe, queue: DispatchQueue(label: "signals"))
            source.setEventHandler { SignalPipe.read { wishes.take($0) } }
            source.resume()
            return source
        }
    }

    deinit { source?.cancel() }

    /// Until this call a first SIGINT, SIGTERM or SIGHUP ends the process at once: nothing has begun that must end in order, and
    /// the settings may come from a pipe that sends nothing.
    func settingsAreRead() { wishes.settingsAreRead() }

    /// Passes every request to `handle` from now on, and at once one that has already come.
    func hand(to handle: @escaping @Sendable (Wish) -> Void) { wishes.hand(to: handle) }

    private final class Wishes: Sendable {
        private struct State {
            var readsSettings = true
            var signals = 0
            var last: ContinuousClock.Instant?
            /// A request that came before there was a handler.
            var waiting: Wish?
            var handle: (@Sendable (Wish) -> Void)?
        }

        private let state = Locked(State())

        func hand(to handle: @escaping @Sendable (Wish) -> Void) {
            let waiting = state.withLock { state in
                state.handle = handle
                return state.waiting
            }
            if let waiting { handle(waiting) }
        }

        func settingsAreRead() { state.withLock { $0.readsSettings = false } }

        func take(_ number: Int32) {
            guard number != SIGHUP else { return hangUp() }
            let now = ContinuousClock.now
            let (wish, handle) = state.withLock { state -> (Wish?, (@Sendable (Wish) -> Void)?) in
                if let last = state.last, now - last < .seconds(1) { return (nil, nil) }
                state.last = now
                state.signals += 1
                switch state.signals {
                case 1 where !state.readsSettings:
                    if state.handle == nil { state.waiting = .end(number) }
                    return (.end(number), state.handle)
                case 2 where state.handle != nil: return (.haste, state.handle)
                default: Self.end(number)
                }
            }
            if let wish { handle?(wish) }
        }

        private static func end(_ number: Int32) -> Never {
            Terminal.Modes.restore()
            DriverCaches.remove()
            _exit(128 + number)
        }

        private func hangUp() {
            let handle = state.withLock { state in
                if state.readsSettings, state.handle == nil { Self.end(SIGHUP) }
                // Before the run begins there is no file to read again, so SIGHUP means that the terminal has gone.
                if state.handle == nil, state.waiting == nil { state.waiting = .hangUp }
                return state.handle
            }
            handle?(.hangUp)
        }
    }
}
