import NightjarCore

/// A backend whose devices can be tuned.
package protocol TunableBackend: Backend {
    /// The knobs for an algorithm on a device, the most important first; empty where there are none.
    func knobs(_ algorithm: Algorithm, on device: DeviceID) -> [TuningKnob]

    /// The settings where nothing was measured.
    func defaultSettings(_ algorithm: Algorithm, on device: DeviceID) -> TuningSettings

    /// The plan for the device with these settings.
    ///
    /// - Throws: ``NightjarError`` when the device's limits do not allow them, or the device fails.
    func plan(_ algorithm: Algorithm, on device: DeviceID, settings: TuningSettings) throws -> LanePlan

    /// Keeps settings for every later plan, on this machine, for this device with its driver and these kernels.
    ///
    /// - Parameter explanation: one line that plans repeat.
    /// - Returns: whether they could be saved.
    func keep(_ settings: TuningSettings, explanation: String, for algorithm: Algorithm, on device: DeviceID) -> Bool
}
