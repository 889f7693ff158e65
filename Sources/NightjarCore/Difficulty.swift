/// The expected number of hashes for one that meets a target. At least 1.
///
/// Pools write it in units of their own: Monero's is this number, Bitcoin's is this number divided by about 2³². A
/// dialect knows its pool's unit.
public struct Difficulty: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Hashes.
    public let value: UInt128

    package static let one = Difficulty(unchecked: 1)

    /// - Parameter value: hashes; `nil` is returned for zero.
    public init?(_ value: some BinaryInteger) {
        guard value > 0 else { return nil }
        self.value = UInt128(clamping: value)
    }

    init(unchecked value: UInt128) { self.value = value }

    public var description: String { String(value) }

    public static func < (a: Difficulty, b: Difficulty) -> Bool { a.value < b.value }
}
