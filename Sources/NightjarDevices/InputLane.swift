import NightjarCore

/// A lane that also hashes whole inputs, as they stand and without a nonce of its own: for verifying, and for callers who
/// have the inputs.
///
/// Threads may take turns with such a lane, because it is bound to none of them; only one may use it at a time.
package protocol InputLane: Lane {
    /// The number of inputs from which the lane gains most.
    var inputsAtOnce: Int { get }

    /// Hashes inputs, and writes the i-th input's digest to `digests[i]`.
    ///
    /// A lane gains most from ``inputsAtOnce`` inputs of one length. Afterwards it must be prepared again before it scans.
    ///
    /// - Parameters:
    ///   - inputs: of lengths that the algorithm takes.
    ///   - epoch: of all inputs.
    ///   - digests: one for each input.
    /// - Throws: ``NightjarError`` when the epoch cannot be prepared.
    func digests(of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>) throws

    /// Does the same with inputs that nobody has checked. It stops before the first bad one. A lane that checks while it
    /// hashes reads the inputs once.
    ///
    /// - Returns: how many digests it has written. The caller checks the other inputs.
    func goodDigests(
        of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>
    ) throws -> Int
}

extension InputLane {
    /// None: the caller looks.
    package func goodDigests(
        of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>
    ) throws -> Int { 0 }

    /// A batch.
    package var inputsAtOnce: Int { batch }
}
