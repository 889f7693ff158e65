import CHashing
import NightjarAlgorithms

extension RandomXCache {
    /// The superscalar programs as the kernels read them: the table in Kernels/RandomX/Item.cl.
    package var superscalarTable: [UInt32] {
        let bundled = programs.map { $0.bundles() }
        var table: [UInt32] = []
        var first: UInt32 = 0
        for (program, bundles) in zip(programs, bundled) {
            table += [first, first + UInt32(bundles.count), UInt32(program.addressRegister), 0]
            first += UInt32(bundles.count)
        }
        for bundle in bundled.joined() {
            table += [
                UInt32(truncatingIfNeeded: bundle.multiply_constant), UInt32(bundle.multiply_constant >> 32),
                UInt32(bitPattern: bundle.add_constant), UInt32(bitPattern: bundle.xor_constant),
                Self.word(bundle.multiply_dst, bundle.multiply_src, bundle.add_dst, bundle.add_src),
                Self.word(UInt8(bitPattern: bundle.add_factor), bundle.xor_dst, bundle.xor_src, bundle.rotate_dst),
                Self.word(bundle.rotate_count, bundle.wide.rawValue, bundle.wide_dst, bundle.wide_src), 0,
            ]
        }
        return table
    }

    /// Four bytes as a word, the first byte the lowest.
    private static func word(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt32 {
        UInt32(a) | UInt32(b) << 8 | UInt32(c) << 16 | UInt32(d) << 24
    }
}
