/// The part of the time that the lanes work, so that the machine stays at or below a temperature.
///
/// It moves a little each time that it is asked, by how far the temperature is off: down four times as fast as up,
/// because too hot is worse than too slow. Between the limit and three degrees below, it stays, so that it comes to
/// rest.
package struct DutyCycle: Sendable, Hashable {
    /// From 0, which is a pause, to 1.
    package private(set) var part = 1.0

    /// Below this, a lane would wake up for nothing.
    private static let least = 0.1
    private static let band = 3.0

    package init() {}

    /// Takes a reading. Without one, nothing can be said, and nothing changes.
    package mutating func take(_ degrees: Double?, limit: Double) {
        guard let degrees else { return }
        if degrees > limit {
            part -= min(0.25, 0.02 * (degrees - limit))
            if part < Self.least { part = 0 }
        } else if degrees < limit - Self.band, part < 1 {
            part = min(1, max(part, Self.least) + min(0.05, 0.005 * (limit - Self.band - degrees)))
        }
    }

    /// As there is no limit any more.
    package mutating func reset() { part = 1 }
}
