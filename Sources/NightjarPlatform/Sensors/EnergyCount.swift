/// The joules that an input has shown so far: differences of a counter, or power over time.
package struct EnergyCount: Sendable {
    /// Since the first reading.
    package private(set) var joules = 0.0
    /// Times in which energy was spent that is not known: a reading failed, or a counter began anew.
    package private(set) var gaps = 0

    private var last: (reading: EnergyReading, time: Double)?
    private var hasBegun = false

    /// Power that is read less often than this is no energy, in seconds.
    private static let longest = 2.0
    /// A difference that means more watts than this is a counter's fault.
    private static let mostWatts = 20_000.0

    package init() {}

    /// Takes a reading.
    ///
    /// - Parameter time: in seconds, by a clock that never goes back.
    package mutating func take(_ reading: EnergyReading?, at time: Double) {
        defer {
            last = reading.map { ($0, time) }
            hasBegun = true
        }
        guard let reading else {
            gaps += 1
            return
        }
        guard let last else {
            // What was spent since the reading that failed is not known.
            if hasBegun { gaps += 1 }
            return
        }
        guard let more = Self.energy(from: last.reading, to: reading, seconds: time - last.time) else {
            gaps += 1
            return
        }
        joules += more
    }

    /// `nil` when it can't be told.
    private static func energy(from old: EnergyReading, to new: EnergyReading, seconds: Double) -> Double? {
        switch (old, new) {
        case (.joules(let old, _), .joules(let new, let range)):
            var more = new - old
            if more < 0 {
                guard let range, old <= range else { return nil }
                more += range
            }
            // A counter that was set to 0, as by a driver that was loaded again, would look like a full turn.
            return more <= mostWatts * max(seconds, 1) ? more : nil
        case (.watts(let old), .watts(let new)): return seconds <= longest ? (old + new) / 2 * seconds : nil
        default: return nil
        }
    }
}
