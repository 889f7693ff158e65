/// Something to hash: an input, the place of its nonce, and the epoch.
///
/// The nonce is 32 bits. What lies outside it, an extra nonce or a time, makes another Work.
public struct Work: Sendable, Hashable {
    package let algorithm: Algorithm
    /// The bytes to hash; the four at `nonceOffset`, if there is one, are replaced by the nonce.
    package let input: [UInt8]
    /// Where the nonce stands, as 32-bit little-endian; `nil` when the input is hashed as it is.
    package let nonceOffset: Int?
    /// What must be made ready beside the input; an algorithm that needs nothing ignores it.
    package let epoch: Epoch

    /// - Parameters:
    ///   - algorithm: what hashes it.
    ///   - input: as many bytes as ``Algorithm/inputLengths`` allows.
    ///   - nonceOffset: where the nonce stands; `nil` when the input is hashed as it is.
    ///   - epoch: of the kind that ``Algorithm/needs`` names.
    /// - Throws: ``NightjarError`` when the input is shorter or longer than the algorithm takes, the nonce does not fit
    ///   into it, or the epoch is not of the kind that the algorithm needs.
    public init(
        algorithm: Algorithm, input: [UInt8], nonceOffset: Int? = nil, epoch: Epoch = .none
    ) throws(NightjarError) {
        try algorithm.check(length: input.count)
        if let nonceOffset, nonceOffset < 0 || nonceOffset > input.count - 4 {
            throw .nonceOutside(offset: nonceOffset, bytes: input.count)
        }
        try epoch.check(algorithm)
        self.init(algorithm, input: input, nonceOffset: nonceOffset, checked: epoch)
    }

    private init(_ algorithm: Algorithm, input: [UInt8], nonceOffset: Int?, checked epoch: Epoch) {
        self.algorithm = algorithm
        self.input = input
        self.nonceOffset = nonceOffset
        self.epoch = epoch
    }

    /// The block height, for algorithms that need one.
    package var height: UInt64? { epoch.height }

    /// The RandomX key, for algorithms that need one.
    package var seed: [UInt8]? { epoch.seed }

    /// The input with `nonce` in its place. The input as it is when it has no place for one.
    package func input(nonce: UInt32) -> [UInt8] {
        guard let nonceOffset else { return input }
        var bytes = input
        for i in 0..<4 { bytes[nonceOffset + i] = UInt8(truncatingIfNeeded: nonce >> (8 * UInt32(i))) }
        return bytes
    }

    /// The same work with the nonce fixed, as something to hash once.
    package func fixed(nonce: UInt32) -> Work {
        Work(algorithm, input: input(nonce: nonce), nonceOffset: nil, checked: epoch)
    }

    /// The same work, its input hashed as it stands.
    package var withoutNonce: Work { Work(algorithm, input: input, nonceOffset: nil, checked: epoch) }

    /// The same work with the nonce's bytes cleared: equal for two works of which each nonce has the same digest.
    package var withClearedNonce: Work {
        Work(algorithm, input: input(nonce: 0), nonceOffset: nonceOffset, checked: epoch)
    }
}

extension Algorithm {
    /// - Throws: ``NightjarError`` unless the algorithm takes inputs of this many bytes.
    package func check(length: Int) throws(NightjarError) {
        let lengths = inputLengths
        guard length >= lengths.lowerBound else {
            throw .tooShort(algorithm: name, bytes: length, minimum: lengths.lowerBound)
        }
        guard length <= lengths.upperBound else {
            throw .tooLong(algorithm: name, bytes: length, maximum: lengths.upperBound)
        }
    }
}
