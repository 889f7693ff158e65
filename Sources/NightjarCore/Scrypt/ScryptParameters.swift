/// scrypt as Litecoin uses it: N = 1024, r = 1, p = 1, the input as password and salt. It has no variants.
package struct ScryptParameters: AlgorithmParameters {
    package init() {}

    package static var family: String { "scrypt" }
    /// 128 bytes for each of 1024 turns.
    package var scratchpad: Int? { 128 << 10 }
    package var inputLengths: ClosedRange<Int> { 0...1 << 20 }
    package var dialect: Algorithm.Dialect { .bitcoin }
    package var firstDifficulty: UInt64 { 1 << 12 }
    package var usualRate: Double { 30e3 }
}
