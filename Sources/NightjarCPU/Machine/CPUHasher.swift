import NightjarCore
import NightjarDevices

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
