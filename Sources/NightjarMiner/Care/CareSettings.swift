/// When the machine must be spared: on battery, outside the hours, above a temperature.
package struct CareSettings: Sendable, Hashable {
    package var pausesOnBattery: Bool
    package var schedule: MiningHours?
    /// Degrees Celsius. No device should stay above it for long.
    package var maxTemperature: Double?

    package init(pausesOnBattery: Bool = false, schedule: MiningHours? = nil, maxTemperature: Double? = nil) {
        self.pausesOnBattery = pausesOnBattery
        self.schedule = schedule
        self.maxTemperature = maxTemperature
    }
}
