import NightjarCore

/// How far ``Engine/tune(_:on:seconds:progress:)`` is.
package struct TuneProgress: Sendable, Hashable {
    /// The part of its time that is over, from 0 to 1.
    package let fraction: Double
    /// The knob that is tried, and its value.
    package let trying: String
    /// Hashes per second of the best settings so far; `nil` before the first are measured.
    package let best: Double?
}

/// The result of tuning.
package struct TuneResult: Sendable, Hashable {
    package let algorithm: Algorithm
    package let device: DeviceID
    /// The settings that every later plan uses; `nil` where there is nothing to choose, or the device failed.
    package let settings: TuningSettings?
    /// Hashes per second with these, and without; measured in turns.
    package let hashrate: Double?
    package let defaultHashrate: Double?
    /// How much faster the best settings of the search are than the defaults; `nil` when the defaults were the best.
    package let gain: Gain?
    /// Every measurement, in order: settings, and hashes per second, or `nil` if there were wrong hashes or none in
    /// time.
    package let measurements: [Measurement]
    /// How many settings were measured.
    package var tried: Int { Set(measurements.map(\.settings)).count }
    /// Whether the settings were written down.
    package let isKept: Bool
    /// What was chosen and why, in one line.
    package let explanation: String
    /// Why there is no result; `nil` if there is one, or nothing to choose.
    package let error: NightjarError?

    /// The rate of the best settings, divided by the defaults'. Both are measured in turns, so that what changes on the
    /// machine meanwhile changes both.
    package struct Gain: Sendable, Hashable, CustomStringConvertible {
        package let median: Double
        /// The lowest and the highest of the turns.
        package let low: Double
        package let high: Double
        package let turns: Int

        /// - Parameter ratios: one of each turn; `nil` when there was none.
        package init?(_ ratios: [Double]) {
            let sorted = ratios.sorted()
            guard let low = sorted.first, let high = sorted.last else { return nil }
            (self.low, self.high, turns) = (low, high, sorted.count)
            median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }

        /// `1.35 (1.31 to 1.38 in 3 turns)`.
        package var description: String {
            "\(Self.text(median)) (\(Self.text(low)) to \(Self.text(high)) in \(turns) turns)"
        }

        private static func text(_ ratio: Double) -> String {
            let hundredths = Int((min(ratio, 1e9) * 100).rounded())
            return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        }
    }

    /// What was measured of some settings.
    package struct Measurement: Sendable, Hashable {
        package let settings: TuningSettings
        package let hashrate: Double?
    }
}
