/// What is to be spared, and when.
package struct CareSettings: Sendable, Hashable {
    package var pausesOnBattery: Bool
    package var schedule: MiningHours?
    /// Degrees Celsius that no device is to be above for long.
    package var maxTemperature: Double?

    package init(pausesOnBattery: Bool = false, schedule: MiningHours? = nil, maxTemperature: Double? = nil) {
        self.pausesOnBattery = pausesOnBattery
        self.schedule = schedule
        self.maxTemperature = maxTemperature
    }
}
