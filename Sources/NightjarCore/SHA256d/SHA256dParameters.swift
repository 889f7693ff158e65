/// SHA-256 of SHA-256, Bitcoin's proof of work. It has no variants.
package struct SHA256dParameters: AlgorithmParameters {
    package init() {}

    package static var family: String { "sha256d" }
    package var scratchpad: Int? { nil }
    package var inputLengths: ClosedRange<Int> { 0...1 << 20 }
    package var dialect: Algorithm.Dialect { .bitcoin }
    package var firstDifficulty: UInt64 { 1 << 22 }
    package var usualRate: Double { 20e6 }
}
