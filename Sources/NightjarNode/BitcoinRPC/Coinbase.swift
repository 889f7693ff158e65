import NightjarWire

/// A block's first transaction, which pays the miner. An extra nonce in it makes new work.
struct Coinbase: Sendable {
    /// As it is hashed for the transaction's id, up to the extra nonce.
    let prefix: [UInt8]
    /// The same behind the extra nonce.
    let suffix: [UInt8]
    private let hasWitness: Bool

    /// Bytes of the extra nonce.
    static let extraNonceLength = 8
    /// The most bytes that the input's script may have ("bad-cb-length").
    private static let longestScript = 100
    /// The most bytes of text, so that they fit with any height, and with what nodes are known to add.
    static let longestText = 64

    /// - Parameters:
    ///   - height: 1 to 2³¹ − 1.
    ///   - value: what the block pays, in the coin's smallest unit.
    ///   - script: the payee's.
    ///   - commitment: the script of the output that commits to the block's witnesses; `nil` when it has none.
    ///   - extra: what the node wants in the input's script.
    /// - Throws: ``NodeTemplateError`` when the input's script is too long.
    init(
        height: UInt32, value: UInt64, payee script: [UInt8], commitment: [UInt8]?, extra: [UInt8], text: String
    ) throws(NodeTemplateError) {
        // All are pushes: other bytes could be counted as signature checks, of which a block may have so many.
        let before = Self.push(height: height) + [UInt8(Self.extraNonceLength)]
        let after = extra + (text.isEmpty ? [] : BitcoinBytes.push(Array(text.utf8)))
        let length = before.count + Self.extraNonceLength + after.count
        guard length <= Self.longestScript else {
            throw NodeTemplateError(
                "the coinbase's script would have \(length) of \(Self.longestScript) bytes: shorten --coinbase-text")
        }
        let spent = [UInt8](repeating: 0, count: 32) + BitcoinBytes.little(UInt32.max)
        var start = BitcoinBytes.little(UInt32(2)) + BitcoinBytes.count(1) + spent
        start += BitcoinBytes.count(length) + before
        prefix = start
        var end = after + BitcoinBytes.little(UInt32.max) + BitcoinBytes.count(commitment == nil ? 1 : 2)
        end += Self.output(value, script)
        if let commitment { end += Self.output(0, commitment) }
        suffix = end + BitcoinBytes.little(UInt32(0))
        hasWitness = commitment != nil
    }

    /// The transaction as it stands in a block. Its witness is what the commitment was made with: 32 zero bytes.
    func bytes(extraNonce: [UInt8]) -> [UInt8] {
        guard hasWitness else { return prefix + extraNonce + suffix }
        let witness = BitcoinBytes.count(1) + BitcoinBytes.count(32) + [UInt8](repeating: 0, count: 32)
        // The marker and the flag of a witness stand behind the version, the witness before the lock time.
        var bytes = prefix[..<4] + [0, 1] + prefix[4...] + extraNonce
        bytes += suffix.dropLast(4) + witness + suffix.suffix(4)
        return Array(bytes)
    }

    private static func output(_ value: UInt64, _ script: [UInt8]) -> [UInt8] {
        BitcoinBytes.little(value) + BitcoinBytes.count(script.count) + script
    }

    /// The height as a script's shortest push of a number (BIP34).
    static func push(height: UInt32) -> [UInt8] {
        // OP_1 to OP_16.
        if (1...16).contains(height) { return [0x50 + UInt8(height)] }
        var bytes = BitcoinBytes.little(height)
        while bytes.last == 0 { bytes.removeLast() }
        // The highest bit is the sign.
        if let last = bytes.last, last > 0x7f { bytes.append(0) }
        return [UInt8(bytes.count)] + bytes
    }
}
