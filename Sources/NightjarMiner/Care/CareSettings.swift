/// When the machine must be spared: on battery, while it is used, outside the hours, above a temperature.
package struct CareSettings: Sendable, Hashable {
    package var pausesOnBattery: Bool
    package var pausesOnActive: Bool
    /// The part of all processors' time, from 0 to 1, that other programs may take.
    package var maxLoad: Double?
    package var schedule: MiningHours?
    /// Degrees Celsius. No device should stay above it for long.
    package var maxTemperature: Double?

    package init(
        pausesOnBattery: Bool = false, pausesOnActive: Bool = false, maxLoad: Double? = nil,
        schedule: MiningHours? = nil, maxTemperature: Double? = nil
    ) {
        self.pausesOnBattery = pausesOnBattery
        self.pausesOnActive = pausesOnActive
        self.maxLoad = maxLoad
        self.schedule = schedule
        self.maxTemperature = maxTemperature
    }
}
