/// What a graphics card's sensors show at a moment. What can't be read is `nil`, never 0.
package struct CardReadings: Sendable, Hashable {
    /// Degrees Celsius on the die; with AMD's cards, at its edge.
    package var temperature: Double?
    /// The die's hottest place.
    package var hotSpot: Double?
    package var memoryTemperature: Double?
    package var watts: Double?
    /// The power at which the card holds itself back.
    package var powerLimit: Double?
    /// The compute units' clock in MHz.
    package var clock: Double?
    package var memoryClock: Double?
    /// A part of the highest speed, from 0 to 1. A fan that stands still has 0.
    package var fan: Double?
    /// Turns a minute.
    package var fanTurns: Double?
    /// Why the card runs slower than it could, such as `power limit`; empty when it does not, `nil` when it does not tell.
    package var throttle: [String]?

    package init() {}
}

extension Double {
    /// A temperature that can be one: sensors that are not connected read 0, less, or an impossible number.
    var possibleDegrees: Double? { self > 0 && self < 200 ? self : nil }

    /// A power that can be one. Nothing that hashes takes no power at all.
    var possibleWatts: Double? { self > 0 && self < 10_000 ? self : nil }
}
