import NightjarCore

/// Something that has devices and can make lanes for them.
package protocol Backend: Sendable {
    /// The devices, in the order of their names.
    var devices: [Device] { get }

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

    /// Makes ready for a seed that work is going to have, so that lanes lose no time on it when it comes. Blocks the
    /// thread, for a second or so; does nothing where nothing is gained.
    func foresee(_ algorithm: Algorithm, seed: [UInt8])

    /// The same for a height, of an algorithm that needs one.
    func foresee(_ algorithm: Algorithm, height: UInt64)

    /// Lets go of all that is kept for `device` between plans, after a failure that may have spoilt it: the next plan
    /// makes everything anew. Lanes of earlier plans go on as they are, and are to be let go of first.
    func reset(_ device: DeviceID)
}

extension Backend {
    package func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool) throws -> LanePlan {
        try plan(algorithm, on: device, threads: threads)
    }

    package func foresee(_ algorithm: Algorithm, seed: [UInt8]) {}

    package func foresee(_ algorithm: Algorithm, height: UInt64) {}

    package func reset(_ device: DeviceID) {}
}
