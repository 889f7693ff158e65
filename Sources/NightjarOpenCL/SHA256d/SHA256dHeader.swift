import CHashing

/// What of a block header's hash does not depend on the nonce: the scan's arguments, once a job.
struct SHA256dHeader {
    /// Bytes of a header. The nonce is the last four.
    static let length = 80
    static let nonceOffset = 76

    /// NJ_JOB_ARGUMENTS of the scan.
    static let parameters = KernelParameterGroup(words.map { KernelParameter<UInt32>($0.name) })

    /// The state after the first block, and the state after rounds 0 to 3 of the second, a and e without the nonce.
    private let middle, start: [UInt32]
    /// The second block's first three words.
    private let tail: [UInt32]

    /// - Parameter header: its nonce does not matter.
    init(_ header: [UInt8]) {
        precondition(header.count == Self.length, "not a header")
        var context = nj_sha256_context()
        nj_sha256_init(&context)
        nj_sha256_update(&context, header, SHA256Padding.block)
        middle = withUnsafeBytes(of: context.state) { Array($0.bindMemory(to: UInt32.self)) }
        tail = stride(from: SHA256Padding.block, to: Self.nonceOffset, by: 4).map { at in
            header[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        start = (tail + [0]).enumerated().reduce(middle) { Self.round($0, $1.element &+ Self.constants[$1.offset]) }
    }

    /// Sets the parameters of the scan.
    func set(_ kernel: Kernel) throws(CallFailure) {
        for (name, value) in Self.words { try kernel.set(KernelParameter<UInt32>(name), value(self)) }
    }

    /// In the order of the source.
    private static let words: [(name: String, value: @Sendable (SHA256dHeader) -> UInt32)] =
        (0..<8).map { index in ("mid\(index)", { $0.middle[index] }) }
        + "abcdefg".enumerated().map { index, letter in ("start_\(letter)", { $0.start[index] }) }
        + [
            ("sum4", { $0.start[7] &+ constants[4] &+ end }),
            ("sum5", { $0.start[6] &+ constants[5] }),
            ("sum6", { $0.start[5] &+ constants[6] }),
            ("word16", { $0.word16 }),
            ("word17", { $0.word17 }),
            ("word18", { small1($0.word16) &+ $0.tail[2] }),
            ("word19", { small1($0.word17) &+ small0(end) }),
            ("word31", { small0($0.word16) &+ bits }),
        ]

    private var word16: UInt32 { Self.small0(tail[1]) &+ tail[0] }
    private var word17: UInt32 { Self.small1(Self.bits) &+ Self.small0(tail[2]) &+ tail[1] }

    // MARK: SHA-256, FIPS 180-4

    /// The bit behind the message, and the message's length in bits: words 4 and 15 of the second block.
    private static let end: UInt32 = 0x8000_0000
    private static let bits = UInt32(8 * length)

    /// Of rounds 0 to 6.
    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4,
    ]

    private static func round(_ s: [UInt32], _ word: UInt32) -> [UInt32] {
        let sum1 = right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)
        let first = s[7] &+ sum1 &+ (s[4] & s[5] ^ ~s[4] & s[6]) &+ word
        let sum0 = right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)
        let second = sum0 &+ (s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2])
        return [first &+ second, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
    }

    private static func small0(_ x: UInt32) -> UInt32 { right(x, 7) ^ right(x, 18) ^ x >> 3 }
    private static func small1(_ x: UInt32) -> UInt32 { right(x, 17) ^ right(x, 19) ^ x >> 10 }
    private static func right(_ x: UInt32, _ bits: UInt32) -> UInt32 { x >> bits | x << (32 - bits) }
}
