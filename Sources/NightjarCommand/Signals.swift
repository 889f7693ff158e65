import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP as a message, so that a run can end in order, or look at its files anew.
///
/// They are caught from the beginning, before there is anything to end: a run that is still being set up then ends in
/// order as soon as it begins. A second signal means haste, and one after that ends the process at once. What follows
/// another within a second is the same wish twice: `timeout` and a terminal's process group send it so.
///
/// They are taken even where the parent had them ignored, as a shell script does with SIGINT for its background jobs:
/// whoever sends one to a miner means it. SIGHUP alone stays ignored where `nohup` had it so.
final class Signals {
    enum Wish: Sendable {
        /// To end in order; the signal's number.
        case end(Int32)
        /// To end without waiting for anybody else.
        case haste
        /// SIGHUP: to open log files and read the configuration again, or that the terminal has gone.
        case hangUp
    }

    private let sources: [any DispatchSourceSignal]
    private let wishes = Wishes()

    init() {
        let queue = DispatchQueue(label: "signals")
        var action = sigaction()
        // SIG_IGN is a number in a function's place, and functions don't compare.
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

    /// Hands every wish to `handle` from now on; one that came already, at once.
    func hand(to handle: @escaping @Sendable (Wish) -> Void) { wishes.hand(to: handle) }

    private final class Wishes: Sendable {
        private struct State {
            var signals = 0
            var last: ContinuousClock.Instant?
            /// From before there was anybody to hear it.
            var waiting: Wish?
            var handle: (@Sendable (Wish) -> Void)?
        }

        private let state = Mutex(State())

        func hand(to handle: @escaping @Sendable (Wish) -> Void) {
            let waiting = state.withLock { state in
                state.handle = handle
                return state.waiting
            }
            if let waiting { handle(waiting) }
        }

        func take(_ number: Int32) {
            guard number != SIGHUP else { return hangUp() }
            let now = ContinuousClock.now
            let (wish, handle) = state.withLock { state -> (Wish?, (@Sendable (Wish) -> Void)?) in
                if let last = state.last, now - last < .seconds(1) { return (nil, nil) }
                state.last = now
                state.signals += 1
                switch state.signals {
                case 1:
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
                // Before there is anything to read again, there is a terminal to lose.
                if state.handle == nil, state.waiting == nil { state.waiting = .hangUp }
                return state.handle
            }
            handle?(.hangUp)
        }
    }
}
