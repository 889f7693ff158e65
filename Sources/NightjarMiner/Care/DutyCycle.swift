/// The part of the time that the lanes work, so that the machine stays at or below a temperature.
///
/// Each reading moves it a little, in proportion to the difference from the limit. It falls four times as fast as it
/// rises, because too hot is worse than too slow. From three degrees below the limit up to the limit it stays, so that
/// it becomes steady.
package struct DutyCycle: Sendable, Hashable {
    /// From 0, which is a pause, to 1.
    package private(set) var part = 1.0

    /// A smaller part would wake the lanes for almost no work.
    private static let least = 0.1
    private static let band = 3.0

    package init() {}

    /// Takes a reading in degrees Celsius. Without a reading nothing changes.
    package mutating func take(_ degrees: Double?, limit: Double) {
        guard let degrees else { return }
        if degrees > limit {
            part -= min(0.25, 0.02 * (degrees - limit))
            if part < Self.least { part = 0 }
        } else if degrees < limit - Self.band, part < 1 {
            part = min(1, max(part, Self.least) + min(0.05, 0.005 * (limit - Self.band - degrees)))
        }
    }

    /// Full time again: there is no limit any more.
    package mutating func reset() { part = 1 }
}
