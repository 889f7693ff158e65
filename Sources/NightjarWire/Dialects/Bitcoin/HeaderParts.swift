/// The miner's own parts of a block header.
package struct HeaderParts: Sendable, Hashable {
    package let version: UInt32
    package let time: UInt32
    package let extranonce2: [UInt8]

    package init(version: UInt32, time: UInt32, extranonce2: [UInt8]) {
        self.version = version
        self.time = time
        self.extranonce2 = extranonce2
    }

    /// - Parameter token: what ``token`` gave; `nil` is returned for fewer bytes than one has.
    package init?(token: [UInt8]) {
        guard token.count >= 8 else { return nil }
        func word(_ at: Int) -> UInt32 { token[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        self.init(version: word(0), time: word(4), extranonce2: Array(token[8...]))
    }

    /// The parts as a unit's token.
    package var token: [UInt8] {
        [version, time].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
            + extranonce2
    }
}
