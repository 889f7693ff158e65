/// Steele, Lea and Flood's generator of random numbers, "Fast splittable pseudorandom number generators" (2014), with the
/// constants of Vigna's `splitmix64.c`.
///
/// The same seed gives the same numbers on every machine: reports' intervals must come out the same from the same samples.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// A number below `count`: the upper half of the product of a random number and `count`. Its bias is below
    /// `count` / 2⁶⁴.
    package mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }
}
