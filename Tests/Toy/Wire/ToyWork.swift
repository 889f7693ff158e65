import NightjarCore

/// What a job of the toy's pools is made into: units that differ in eight bytes that the miner counts up, as Bitcoin's
/// do in extra nonce, version and time.
package struct ToyWork: WorkSource, Hashable {
    /// The input without the miner's parts.
    let head: [UInt8]
    /// The connection's own byte.
    let extra: [UInt8]
    /// A unit has 2 to the power of this many nonces.
    let bits: Int
    private let algorithm: Algorithm

    /// Bytes of a job's head; extra, roll and nonce follow.
    static let headSize = 67

    /// - Returns: `nil` when the head and the extra byte have another length, or a unit would have other nonces than 32
    ///   bits have.
    init?(_ algorithm: Algorithm, head: [UInt8], extra: [UInt8], bits: Int) {
        guard head.count == Self.headSize, extra.count == 1, (0...32).contains(bits) else { return nil }
        self.algorithm = algorithm
        self.head = head
        self.extra = extra
        self.bits = bits
    }

    package var nonces: NonceSpace { NonceSpace(first: 0, last: UInt32((UInt64(1) << UInt64(bits)) - 1)) }

    /// The row has no end.
    package func unit(_ index: UInt64) -> WorkUnit? {
        let roll = (0..<8).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
        return work(roll: roll).map { WorkUnit($0, nonces: nonces, token: roll) }
    }

    /// The work of a unit by its token; `nil` for what is none.
    func work(roll: [UInt8]) -> Work? {
        guard roll.count == 8 else { return nil }
        return try? Work(
            algorithm: algorithm, input: head + extra + roll + [0, 0, 0, 0], nonceOffset: ToyParameters.nonceOffset,
            epoch: .none)
    }
}
