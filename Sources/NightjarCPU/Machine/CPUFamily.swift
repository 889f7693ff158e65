import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// How the native CPU runs the algorithms of one family. Each backend has one value for each family, which owns what
/// the family's lanes share.
package protocol CPUFamily: Sendable {
    /// The parameters in which the family's algorithms differ.
    associatedtype Parameters: AlgorithmParameters

    init(_ machine: CPUMachine)

    /// The widths of a lane. Each hash at once has its own scratchpad.
    ///
    /// - Parameter settles: whether the lane will settle (see ``Lane/settle(_:)``).
    func widths(_ parameters: Parameters, _ implementation: Implementation, settles: Bool) -> CPUWidths

    /// The plan's sentences beside the one about the lanes' places.
    ///
    /// - Parameter scratchpadsPerLane: how many scratchpads fit into a lane's part of the cache; `nil` when it is not
    ///   known.
    func explanation(
        _ parameters: Parameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String]

    /// The number of 2 MiB pages that lanes share beside their scratchpads, less those that are already in use.
    func sharedPages(_ parameters: Parameters, settles: Bool) -> Int

    /// An object that keeps what lanes share while it lives, so that a new plan finds what an earlier plan's lanes had;
    /// `nil` when nothing is shared.
    func keeper() -> (any Sendable & AnyObject)?

    /// Makes a lane, on its own thread.
    ///
    /// - Throws: ``NightjarError`` when the system refuses something, or the code turns out to be wrong.
    func lane(_ algorithm: Algorithm, _ parameters: Parameters, _ resources: CPULaneResources) throws(NightjarError)
        -> any InputLane

    /// Prepares a coming seed. Blocks the thread.
    func prepareAhead(_ parameters: Parameters, seed: [UInt8])

    /// Keeps what this many seeds need, memory permitting, until the last lane has gone.
    func keepSeeds(_ count: Int)
}

extension CPUFamily {
    package func explanation(
        _ parameters: Parameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String] { [] }

    package func sharedPages(_ parameters: Parameters, settles: Bool) -> Int { 0 }
    package func keeper() -> (any Sendable & AnyObject)? { nil }
    package func prepareAhead(_ parameters: Parameters, seed: [UInt8]) {}
    package func keepSeeds(_ count: Int) {}
}

/// A family whose lanes are all of one kind, ``CPULane``, and differ in what makes the hashes.
///
/// That lane copies each input and keeps each digest of a batch, which costs little where a hash takes 10 µs or more.
package protocol CPUHasherFamily: CPUFamily {
    /// Makes a lane's hasher, on the lane's own thread.
    ///
    /// - Throws: as ``CPUFamily/lane(_:_:_:)``.
    func hasher(_ parameters: Parameters, _ resources: CPUHasherResources) throws(NightjarError) -> any CPUHasher
}

extension CPUHasherFamily {
    package func lane(
        _ algorithm: Algorithm, _ parameters: Parameters, _ resources: CPULaneResources
    ) throws(NightjarError) -> any InputLane {
        try CPULane(algorithm, parameters, of: self, resources)
    }
}
