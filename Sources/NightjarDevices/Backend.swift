import NightjarCore

/// Something that has devices and can make lanes for them.
package protocol Backend: Sendable {
    /// The devices, in the order of their names.
    var devices: [Device] { get }

    /// A line for each driver, platform or device that was there and can't be used, and why.
    var faults: [String] { get }

    /// Whether `algorithm` can run on `device`.
    func support(for algorithm: Algorithm, on device: DeviceID) -> Support

    /// How `device` would run `algorithm`.
    ///
    /// - Parameter threads: CPU threads asked for; `nil` leaves the choice to the backend. Other devices ignore it.
    /// - Throws: ``DeviceError`` when it cannot.
    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan

    /// The same for lanes that are going to settle (see ``Lane/settle(_:)``) if `settles`, which some backends say more
    /// about: the memory that is wanted for it.
    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool) throws -> LanePlan

    /// Makes ready for an epoch that work is going to have, so that lanes lose no time on it when it comes. Blocks the
    /// thread, for a second or so; does nothing where nothing is gained.
    func prepareAhead(_ algorithm: Algorithm, _ epoch: Epoch)

    /// Lets go of all that is kept for `device` between plans: the next plan makes everything anew. Lanes of earlier
    /// plans go on as they are, and are to be let go of first. Says nothing against the device.
    func reset(_ device: DeviceID)

    /// As ``reset(_:)``, after a call that failed, a hang or a wrong hash: from now on plans avoid what may be why, at
    /// the cost of speed, until ``acquit(_:)``.
    func suspect(_ device: DeviceID)

    /// Known answers have passed on `device`: plans are as fast as they can be again.
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
