import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// How the native CPU runs the algorithms of one family: a value for each backend, which owns what the family's lanes
/// share.
package protocol CPUFamily: Sendable {
    /// What tells its algorithms apart.
    associatedtype Parameters: AlgorithmParameters

    init(_ machine: CPUMachine)

    /// How many hashes a lane may have at once, each with a scratchpad.
    ///
    /// - Parameter settles: whether the lane is going to settle (see ``Lane/settle(_:)``).
    func widths(_ parameters: Parameters, _ implementation: Implementation, settles: Bool) -> CPUWidths

    /// What a plan says beside where its lanes are, one sentence a line.
    ///
    /// - Parameter scratchpadsPerLane: how many of them a lane's share of the cache holds; `nil` if that is not known.
    func explanation(
        _ parameters: Parameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String]

    /// 2 MiB pages that lanes share beside their scratchpads, less those that are there already.
    func sharedPages(_ parameters: Parameters, settles: Bool) -> Int

    /// Keeps what lanes share for as long as it is held, so that a plan finds what an earlier plan's lanes leave behind;
    /// `nil` where nothing is shared.
    func keeper() -> (any Sendable & AnyObject)?

    /// What a lane hashes with, on the calling thread, which is the lane's own.
    ///
    /// - Throws: ``DeviceError`` when the system refuses something, or the code turns out to be wrong.
    func hasher(_ parameters: Parameters, _ seat: CPUHasherSeat) throws(DeviceError) -> any CPUHasher

    /// Makes ready for a seed that work is going to have. Blocks the thread.
    func foresee(_ parameters: Parameters, seed: [UInt8])
}

extension CPUFamily {
    package func explanation(
        _ parameters: Parameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String] { [] }

    package func sharedPages(_ parameters: Parameters, settles: Bool) -> Int { 0 }
    package func keeper() -> (any Sendable & AnyObject)? { nil }
    package func foresee(_ parameters: Parameters, seed: [UInt8]) {}
}
