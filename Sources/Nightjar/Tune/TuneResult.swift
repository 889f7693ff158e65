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

    /// What was measured of some settings.
    package struct Measurement: Sendable, Hashable {
        package let settings: TuningSettings
        package let hashrate: Double?
    }
}
