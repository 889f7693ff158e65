/// What a segregated witness address says (BIP173, BIP350).
package struct WitnessProgram: Sendable, Hashable {
    package let version: UInt8
    /// 2 to 40 bytes.
    package let program: [UInt8]

    /// - Returns: `nil` when the values are no witness program, or the checksum is not the version's own.
    package init?(_ text: Bech32) {
        guard let version = text.values.first, version <= 16,
            text.variant == (version == 0 ? .bech32 : .bech32m),
            let program = Self.bytes(text.values.dropFirst()), (2...40).contains(program.count),
            version > 0 || program.count == 20 || program.count == 32
        else { return nil }
        self.version = version
        self.program = program
    }

    /// The output script: the version as an opcode, and a push of the program.
    package var script: [UInt8] { [version == 0 ? 0 : 0x50 + version, UInt8(program.count)] + program }

    /// Groups of five bits as bytes. What is left over must be fewer than five bits, and zero.
    private static func bytes(_ values: ArraySlice<UInt8>) -> [UInt8]? {
        var (bits, count) = (UInt32(0), UInt32(0))
        var bytes: [UInt8] = []
        for value in values {
            bits = (bits << 5 | UInt32(value)) & 0xfff
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return count < 5 && bits & (1 << count - 1) == 0 ? bytes : nil
    }
}
