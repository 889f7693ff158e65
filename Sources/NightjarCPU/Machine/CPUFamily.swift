import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

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

/// How many hashes a lane may have at once.
package struct CPUWidths: Sendable {
    /// What there is to choose from.
    package var range: ClosedRange<Int>
    /// Whether there is a trial before the first work.
    package var tries: Bool
    /// Hashes of a batch; `nil` when a batch has as many as there are at once.
    package var batch: Int?
    /// Whether fewer scratchpads on better pages are faster than all on lesser ones.
    package var prefersPages: Bool

    package init(_ range: ClosedRange<Int>, tries: Bool = false, batch: Int? = nil, prefersPages: Bool = false) {
        self.range = range
        self.tries = tries
        self.batch = batch
        self.prefersPages = prefersPages
    }
}

/// What a lane gives to the hasher that it makes.
package struct CPUHasherSeat {
    /// A scratchpad for each of ``machines``, one after the other, 64-byte aligned, outliving the hasher; empty for an
    /// algorithm that has none.
    package let scratchpads: UnsafeMutableRawBufferPointer
    /// How many hashes can be under way at once.
    package let machines: Int
    package let implementation: Implementation
    /// What finds out how many at once are fastest.
    package let widths: SharedWidths.Member
    /// How many threads may prepare what lanes share.
    package let threads: Int
    /// The processing unit that the thread is bound to, by the system's index; `nil` if it is not.
    package let unit: Int?
}

/// What a CPU lane hashes with. It lives on the lane's thread, which asks it once a batch.
package protocol CPUHasher: AnyObject {
    /// What became of it that its plan could not know, one sentence a line. Only settling adds to it.
    var remarks: [String] { get }

    /// Whether hashes under way at once are faster than one after the other, now.
    var gainsFromWidth: Bool { get }

    /// Makes ready for the epoch of `work`.
    ///
    /// - Throws: ``DeviceError``.
    func prepare(_ work: Work) throws

    /// As ``Lane/settle(_:)``.
    ///
    /// - Parameter sample: the input prepared last, to see that it has the same hash afterwards.
    func settle(_ settling: Settling, sample: UnsafeRawBufferPointer) throws -> Settlement

    /// The hashes of several inputs of one length. Allocates nothing.
    ///
    /// - Parameters:
    ///   - inputs: the inputs, one after the other.
    ///   - digests: a place for each input's hash.
    ///   - width: how many are under way at once.
    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int)
}

extension CPUHasher {
    package var remarks: [String] { [] }
    package var gainsFromWidth: Bool { true }
    package func settle(_ settling: Settling, sample: UnsafeRawBufferPointer) throws -> Settlement { .settled }
}
