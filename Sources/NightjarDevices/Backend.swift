import NightjarCore

/// The code for one kind of device. It lists devices and plans lanes for them.
package protocol Backend: Sendable {
    /// The devices, in the order of their names.
    var devices: [Device] { get }

    /// One line for each driver, platform, device or folder of compiled programs that was found and cannot be used, with
    /// the reason.
    var faults: [String] { get }

    /// Whether `algorithm` can run on `device`.
    func support(for algorithm: Algorithm, on device: DeviceID) -> Support

    /// How `device` would run `algorithm`.
    ///
    /// - Parameter threads: the number of CPU threads; `nil` leaves the choice to the backend. Other devices ignore it.
    /// - Throws: ``NightjarError`` when the device cannot run it.
    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan

    /// The same. When `settles` is true, the lanes will settle (see ``Lane/settle(_:)``), and the plan also tells which
    /// memory that needs.
    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool) throws -> LanePlan

    /// Prepares a coming epoch, so that lanes lose no time when its first work comes. It blocks the thread for about a
    /// second; it does nothing for algorithms that gain nothing.
    func prepareAhead(_ algorithm: Algorithm, _ epoch: Epoch)

    /// Drops everything that is kept for `device` between plans; the next plan makes it again. Release the lanes of
    /// earlier plans first. It does not count the device as faulty.
    func reset(_ device: DeviceID)

    /// As ``reset(_:)``, but after a failed call, a hang or a wrong hash. Until ``acquit(_:)``, plans avoid the
    /// possible causes at the cost of speed.
    func suspect(_ device: DeviceID)

    /// Ends a suspicion after known answers have passed on `device`: plans use all fast paths again.
    func acquit(_ device: DeviceID)
}

extension Backend {
    package var faults: [String] { [] }

    package func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool) throws -> LanePlan {
        try plan(algorithm, on: device, threads: threads)
    }

    package func prepareAhead(_ algorithm: Algorithm, _ epoch: Epoch) {}

    package func reset(_ device: DeviceID) {}

    package func suspect(_ device: DeviceID) { reset(device) }

    package func acquit(_ device: DeviceID) {}
}
