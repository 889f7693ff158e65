import NightjarCore

extension ToyParameters {
    package static func digest(_ input: [UInt8]) -> Digest { input.withUnsafeBytes { digest($0) } }

    package static func digest(_ input: UnsafeRawBufferPointer) -> Digest {
        var sums: (UInt64, UInt64, UInt64, UInt64) = (basis, basis + 1, basis + 2, basis + 3)
        for byte in input {
            sums.0 = (sums.0 ^ UInt64(byte)) &* prime
            sums.1 = (sums.1 ^ UInt64(byte)) &* prime
            sums.2 = (sums.2 ^ UInt64(byte)) &* prime
            sums.3 = (sums.3 ^ UInt64(byte)) &* prime
        }
        return Digest(words: sums)
    }

    private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
    private static let prime: UInt64 = 0x100_0000_01B3
}
