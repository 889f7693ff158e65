import NightjarCore

/// A backend whose devices can be tuned.
package protocol TunableBackend: Backend {
    /// What can be chosen for an algorithm on a device, what matters most first; empty where nothing can.
    func knobs(_ algorithm: Algorithm, on device: DeviceID) -> [TuningKnob]

    /// What is chosen where nothing has been measured.
    func defaultSettings(_ algorithm: Algorithm, on device: DeviceID) -> TuningSettings

    /// The lanes that the device would have with these settings.
    ///
    /// - Throws: ``DeviceError`` when the device's limits do not allow them, or the device fails.
    func plan(_ algorithm: Algorithm, on device: DeviceID, settings: TuningSettings) throws -> LanePlan

    /// Keeps settings for every later plan, on this machine, for this device with its driver and these kernels.
    ///
    /// - Parameter explanation: one line that plans repeat.
    /// - Returns: whether they could be written down.
    func keep(_ settings: TuningSettings, explanation: String, for algorithm: Algorithm, on device: DeviceID) -> Bool
}
