import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// SIGINT and SIGTERM as a message, so that a run can end in order. A second one ends the process at once.
///
/// They are taken even where the parent had them ignored, as a shell script does with SIGINT for its background jobs:
/// whoever sends one to a miner means it.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter handle: called once, on a queue of its own, with the signal's number.
    init(handle: @escaping @Sendable (Int32) -> Void) {
        // Serial, so that the count needs no lock.
        let queue = DispatchQueue(label: "signals")
        let seen = Seen()
        sources = [SIGINT, SIGTERM].map { number in
            #if canImport(Darwin)
            // There the source only sees signals that would otherwise be ignored; on Linux it installs a handler.
            signal(number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if seen.isSecond() { _exit(128 + number) }
                handle(number)
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Only touched on the serial queue above.
    private final class Seen: @unchecked Sendable {
        private var any = false

        func isSecond() -> Bool {
            defer { any = true }
            return any
        }
    }
}
