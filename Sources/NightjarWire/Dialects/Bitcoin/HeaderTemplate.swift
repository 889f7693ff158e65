import NightjarCore

/// What a pool's job fixes of a block header: everything but extra nonce 2, the rolled version bits, the time and the
/// nonce.
package struct HeaderTemplate: Sendable, Hashable {
    package var version: UInt32
    /// The previous block's hash in the header's order of bytes: 32 bytes.
    package var previous: [UInt8]
    /// The coinbase transaction before extra nonce 1.
    package var coinbaseStart: [UInt8]
    /// The coinbase transaction behind extra nonce 2.
    package var coinbaseEnd: [UInt8]
    package var extranonce1: [UInt8]
    /// Bytes of extra nonce 2.
    package var extranonce2Size: Int
    /// The branches of the transactions' tree, 32 bytes each.
    package var branches: [[UInt8]]
    /// Seconds since 1970.
    package var time: UInt32
    package var bits: UInt32

    /// Bytes of a header; the nonce is the last four.
    package static let size = 80
    package static let nonceOffset = 76

    package init(
        version: UInt32, previous: [UInt8], coinbaseStart: [UInt8], coinbaseEnd: [UInt8], extranonce1: [UInt8],
        extranonce2Size: Int, branches: [[UInt8]], time: UInt32, bits: UInt32
    ) {
        precondition(previous.count == 32 && branches.allSatisfy { $0.count == 32 } && extranonce2Size >= 0)
        self.version = version
        self.previous = previous
        self.coinbaseStart = coinbaseStart
        self.coinbaseEnd = coinbaseEnd
        self.extranonce1 = extranonce1
        self.extranonce2Size = extranonce2Size
        self.branches = branches
        self.time = time
        self.bits = bits
    }

    /// The header with the miner's parts in their places, and the nonce 0.
    package func header(_ parts: HeaderParts) -> [UInt8] {
        let transaction = coinbaseStart + extranonce1 + parts.extranonce2 + coinbaseEnd
        let root = DoubleSHA256.root(first: DoubleSHA256.digest(transaction), branches: branches)
        return Self.littleEndian(parts.version) + previous + root + Self.littleEndian(parts.time)
            + Self.littleEndian(bits) + [0, 0, 0, 0]
    }

    /// The same header with another version.
    package static func header(_ header: [UInt8], version: UInt32) -> [UInt8] {
        littleEndian(version) + header.dropFirst(4)
    }

    /// The previous block's hash as it stands on the wire, from that of the header or the other way round: the bytes of
    /// each word of four stand in reverse.
    package static func swapped(_ previous: [UInt8]) -> [UInt8] {
        stride(from: 0, to: previous.count, by: 4).flatMap { previous[$0..<min($0 + 4, previous.count)].reversed() }
    }

    private static func littleEndian(_ word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }

    /// The block height, which a coinbase's script begins with (BIP 34); `nil` where none can be read.
    package var height: UInt64? {
        // Version, number of inputs, the output that a coinbase spends, and the script's length.
        let script = coinbaseStart.dropFirst(4 + 1 + 36 + 1)
        guard let push = script.first else { return nil }
        // OP_1 to OP_16.
        if (0x51...0x60).contains(push) { return UInt64(push - 0x50) }
        let bytes = script.dropFirst().prefix(Int(push))
        guard (1...5).contains(push), bytes.count == Int(push) else { return nil }
        return bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
}
