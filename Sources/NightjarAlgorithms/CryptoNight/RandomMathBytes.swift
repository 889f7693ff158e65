import CHashing

/// The endless random bytes for a program: BLAKE-256 of BLAKE-256 of … of the height.
struct RandomMathBytes {
    private var data = [UInt8](repeating: 0, count: 32)
    private var next = 32

    init(height: UInt64) {
        for i in 0..<8 { data[i] = UInt8(truncatingIfNeeded: height >> UInt64(8 * i)) }
        data[20] = 0xDA  // tells these programs from those of the first draft of CryptoNight-R
    }

    /// Makes `count` bytes in a row available. They never span two digests: the rest of the older digest is dropped
    /// instead.
    private mutating func reserve(_ count: Int) {
        guard next + count > data.count else { return }
        var digest = [UInt8](repeating: 0, count: 32)
        nj_blake256(data, data.count, &digest)
        data = digest
        next = 0
    }

    mutating func byte() -> UInt8 {
        reserve(1)
        defer { next += 1 }
        return data[next]
    }

    mutating func word() -> UInt32 {
        reserve(4)
        defer { next += 4 }
        return (0..<4).reduce(0) { $0 | UInt32(data[next + $1]) << UInt32(8 * $1) }
    }
}
