import Glibc

/// Notices that the machine was suspended, the process was stopped or the clock was set. The other end has given up the
/// connection by then.
struct ClockWatch {
    static let limit: Duration = .seconds(30)

    private var last: ClockReading
    private let interval: Duration

    /// - Parameter interval: the time between two calls of ``jump(_:)``.
    init(_ reading: ClockReading, interval: Duration) {
        last = reading
        self.interval = interval
    }

    /// What happened since the last call, in words; `nil` when nothing did.
    mutating func jump(_ reading: ClockReading) -> String? {
        let passed = reading.monotonic - last.monotonic
        let slept = reading.boot - last.boot - passed
        let set = reading.real - last.real - passed
        last = reading
        if slept > Self.limit { return "the machine was suspended for \(Self.seconds(slept))" }
        if passed - interval > Self.limit { return "the process was stopped for \(Self.seconds(passed - interval))" }
        if set > Self.limit || set < .zero - Self.limit { return "the clock jumped by \(Self.seconds(set))" }
        return nil
    }

    private static func seconds(_ duration: Duration) -> String { "\(Int((duration / .seconds(1)).rounded())) s" }
}
