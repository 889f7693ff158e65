/// What tells one algorithm of a family from another, and what the engine must know of it: the seam at which families
/// meet the rest.
///
/// A family is a type that conforms, a list of ``Catalog`` entries, and a row in each backend's table of families,
/// which turns a value of the type into lanes. Nothing else asks what family an algorithm is of.
package protocol AlgorithmParameters: Sendable, Hashable {
    /// The family's name in machine-readable output.
    static var family: String { get }

    /// Bytes of scratchpad that one hash in flight needs; `nil` when it needs none.
    var scratchpad: Int? { get }

    /// What a job must carry beside its blob: the kind of its epoch; `nil` when it has none.
    var need: Algorithm.Need? { get }

    /// The numbers of input bytes that the algorithm is defined for.
    var inputLengths: ClosedRange<Int> { get }

    /// Whether a target is compared with a commitment to input and hash, rather than with the hash: see ``Proof``.
    var hasCommitment: Bool { get }

    /// What its pools and nodes speak.
    var dialect: Algorithm.Dialect { get }

    /// From how many hashes on it pays to fill a dataset first, for a family that has a light and a full mode; `nil`
    /// for one that has a single mode.
    var datasetPaysFrom: UInt64? { get }

    /// Bytes that all hashes of a seed share, in every mode.
    var sharedMemory: UInt64 { get }

    /// Bytes of a dataset; 0 for a family that has a single mode.
    var datasetMemory: UInt64 { get }

    /// The difficulty that a sandbox begins with: so low that one slow core has a share within seconds.
    var firstDifficulty: UInt64 { get }

    /// Hashes per second of one core, roughly: what a sandbox expects of devices before it has seen their shares.
    var usualRate: Double { get }
}

extension AlgorithmParameters {
    package var need: Algorithm.Need? { nil }
    package var inputLengths: ClosedRange<Int> { 0...Int.max }
    package var hasCommitment: Bool { false }
    package var dialect: Algorithm.Dialect { .monero }
    package var datasetPaysFrom: UInt64? { nil }
    package var sharedMemory: UInt64 { 0 }
    package var datasetMemory: UInt64 { 0 }
    package var usualRate: Double { Double(firstDifficulty) }

    /// Whether `other` is of the same family and has the same parameters.
    func isSame(as other: any AlgorithmParameters) -> Bool { other as? Self == self }
}
