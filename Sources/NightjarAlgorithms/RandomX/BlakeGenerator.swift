import CHashing

/// The random numbers for superscalar programs: Blake2b-512 of its own output, over and over (`doc/specs.md` 3.5).
package struct BlakeGenerator {
    private var state: [UInt8]
    private var used: Int

    /// - Parameter seed: the seed; bytes after the 60th are ignored, as in the reference implementation.
    package init(seed: [UInt8]) {
        state = Array(seed.prefix(60))
        state += Array(repeating: 0, count: 64 - state.count)
        used = 64
    }

    package mutating func byte() -> UInt8 {
        reserve(1)
        defer { used += 1 }
        return state[used]
    }

    /// Four bytes, little-endian. They never span two hashes: a rest that is too short is dropped.
    package mutating func word() -> UInt32 {
        reserve(4)
        defer { used += 4 }
        return (0..<4).reduce(0) { $0 | UInt32(state[used + $1]) << UInt32(8 * $1) }
    }

    private mutating func reserve(_ count: Int) {
        guard used + count > 64 else { return }
        state = Blake2b.hash(state, length: 64)
        used = 0
    }
}
