/// A 32-byte hash, in the order of its bytes.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// The bytes as four 64-bit little-endian words: `words.3` holds bytes 24 to 31.
    package var words: (UInt64, UInt64, UInt64, UInt64)

    package init() { words = (0, 0, 0, 0) }

    package init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// - Parameter bytes: exactly 32 bytes; `nil` for any other number.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words = [UInt64](repeating: 0, count: 4)
        for (i, byte) in bytes.enumerated() { words[i >> 3] |= UInt64(byte) << UInt64(8 * (i & 7)) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// - Parameter hex: 64 hex digits of either case, in the order of the bytes; `nil` for anything else.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
    }

    /// The 64-bit little-endian word at bytes 24 to 31, which a CryptoNote target is compared with.
    package var work: UInt64 { words.3 }

    /// Lower-case hex.
    public var description: String { Hex.encode(bytes) }

    public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.3)
    }
}
