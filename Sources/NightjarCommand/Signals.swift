import Dispatch
import Glibc
import NightjarPlatform
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into requests, so that a run can end in order or read its files again.
///
/// Signals are caught from the start of the program: a run that is still being set up then ends in order as soon as it
/// begins. A second signal ends the run without waiting, and a third ends the process at once. A signal within a second
/// of another counts as the same request: `timeout` and a terminal's process group send it twice.
///
/// SIGINT and SIGTERM are caught even where the parent process ignored them, as a shell script does with SIGINT for
/// background jobs: a signal to a miner is meant for it. SIGHUP stays ignored where `nohup` ignored it.
final class Signals {
    enum Wish: Sendable {
        /// End in order; the signal's number.
        case end(Int32)
        /// End without waiting for lanes or answers.
        case haste
        /// SIGHUP: open the log file and read the configuration again; or the terminal has gone.
        case hangUp
    }

    private let sources: [any DispatchSourceSignal]
    private let wishes = Wishes()

    init() {
        let queue = DispatchQueue(label: "signals")
        var action = sigaction()
        // SIG_IGN is a number in place of a function, and Swift cannot compare functions.
        let known =
            sigaction(SIGHUP, nil, &action) == 0
            ? unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) : 0
        let ignoresHangUps = known == unsafeBitCast(SIG_IGN, to: Int.self)
        sources = ([SIGINT, SIGTERM] + (ignoresHangUps ? [] : [SIGHUP])).map { [wishes] number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { wishes.take(number) }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Until this call a first SIGINT or SIGTERM ends the process at once: nothing has begun that must end in order, and
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
                default:
                    Terminal.Modes.restore()
                    _exit(128 + number)
                }
            }
            if let wish { handle?(wish) }
        }

        private func hangUp() {
            let handle = state.withLock { state in
                // Before the run begins there is no file to read again, so SIGHUP means that the terminal has gone.
                if state.handle == nil, state.waiting == nil { state.waiting = .hangUp }
                return state.handle
            }
            handle?(.hangUp)
        }
    }
}
