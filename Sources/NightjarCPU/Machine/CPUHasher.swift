import NightjarCore
import NightjarDevices

/// Makes the hashes of a CPU lane. It lives on the lane's thread, which calls it once a batch.
package protocol CPUHasher: AnyObject {
    /// Facts that the plan could not know, one sentence each. Only settling adds to them.
    var remarks: [String] { get }

    /// The pages of the dataset that it reads; `nil` while it reads none.
    var datasetPages: MemoryPages? { get }

    /// How many hashes are made at once at present; `nil` when the fastest width is to be found out.
    var fixedWidth: Int? { get }

    /// Prepares an epoch.
    ///
    /// - Throws: ``NightjarError``.
    func prepare(_ epoch: Epoch) throws

    /// As ``Lane/settle(_:)``.
    ///
    /// - Parameter sample: the input that was prepared last, to check that its hash stays the same.
    func settle(_ settling: Settling, sample: UnsafeRawBufferPointer) throws -> Settlement

    /// The hashes of several inputs of one length. Allocates nothing.
    ///
    /// - Parameters:
    ///   - inputs: the inputs, one after the other.
    ///   - digests: gets one digest for each input.
    ///   - width: how many hashes are made at once, unless ``fixedWidth`` tells it.
    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int)
}

extension CPUHasher {
    package var remarks: [String] { [] }
    package var datasetPages: MemoryPages? { nil }
    package var fixedWidth: Int? { nil }
    package func settle(_ settling: Settling, sample: UnsafeRawBufferPointer) throws -> Settlement { .settled }
}
