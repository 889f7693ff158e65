import CHashing
import NightjarAlgorithms
import NightjarCore
import Testing

/// The bundles that C runs against the instructions one after the other.
@Suite(.timeLimit(.minutes(5))) struct RandomXSuperscalarTests {
    private static func programs(seed: UInt8, count: Int) -> [SuperscalarProgram] {
        var random = BlakeGenerator(seed: [seed])
        return (0..<count).map { _ in SuperscalarGenerator.program(Algorithm.rx0.randomx, random: &random) }
    }

    @Test func bundlesDoWhatInstructionsDo() {
        // A cache of one empty line: an item is then the programs' work alone.
        let line = Memory(64)
        for seed in 0..<8 as Range<UInt8> {
            let programs = Self.programs(seed: seed, count: 8)
            let bundles = programs.map { $0.bundles() }
            let flat = Array(bundles.joined())
            for number in [0, 1, 12_345, UInt64(seed) << 57] {
                var items = [UInt64](repeating: 0, count: 16)
                flat.withUnsafeBufferPointer { flat in
                    var next = flat.baseAddress
                    let cPrograms = zip(programs, bundles).map { program, bundles in
                        defer { next = next.map { $0 + bundles.count } }
                        return nj_rx_superscalar(
                            bundles: next, count: UInt32(bundles.count),
                            address_register: UInt32(program.addressRegister))
                    }
                    cPrograms.withUnsafeBufferPointer { cPrograms in
                        var cache = nj_rx_cache(
                            memory: line.pointer.assumingMemoryBound(to: UInt8.self), line_mask: 0,
                            programs: cPrograms.baseAddress, program_count: UInt32(cPrograms.count))
                        items.withUnsafeMutableBytes {
                            nj_rx_dataset_items(
                                &cache, [number, number + 1], 2, $0.baseAddress?.assumingMemoryBound(to: Item.self))
                        }
                    }
                }
                #expect(Array(items[..<8]) == Self.item(number, programs))
                #expect(Array(items[8...]) == Self.item(number + 1, programs))
            }
        }
    }

    /// Bundles pay only where they are well filled.
    @Test func bundlesAreFull() {
        for program in Self.programs(seed: 1, count: 8) {
            let bundles = program.bundles()
            #expect(bundles.count * 2 < program.instructions.count)
        }
    }

    private typealias Item = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    /// Section 7.3 over a cache of zeros.
    private static func item(_ number: UInt64, _ programs: [SuperscalarProgram]) -> [UInt64] {
        let first = (number &+ 1) &* 6_364_136_223_846_793_005
        let others: [UInt64] = [
            9_298_411_001_130_361_340, 12_065_312_585_734_608_966, 9_306_329_213_124_626_780,
            5_281_919_268_842_080_866, 10_536_153_434_571_861_004, 3_398_623_926_847_679_864,
            9_549_104_520_008_361_294,
        ]
        var r = [first] + others.map { first ^ $0 }
        for program in programs { for instruction in program.instructions { run(instruction, &r) } }
        return r
    }

    /// Table 6.1.1.
    private static func run(_ instruction: SuperscalarInstruction, _ r: inout [UInt64]) {
        let dst = Int(instruction.dst), src = r[Int(instruction.src)]
        let constant = UInt64(bitPattern: Int64(Int32(bitPattern: instruction.imm32)))
        switch instruction.opcode {
        case .isubR: r[dst] &-= src
        case .ixorR: r[dst] ^= src
        case .iaddRS: r[dst] &+= src << UInt64(instruction.shift)
        case .imulR: r[dst] &*= src
        case .irorC: r[dst] = r[dst] >> UInt64(instruction.imm32) | r[dst] << UInt64(64 - instruction.imm32)
        case .iaddC7, .iaddC8, .iaddC9: r[dst] &+= constant
        case .ixorC7, .ixorC8, .ixorC9: r[dst] ^= constant
        case .imulhR: r[dst] = r[dst].multipliedFullWidth(by: src).high
        case .ismulhR:
            let product = Int64(bitPattern: r[dst]).multipliedFullWidth(by: Int64(bitPattern: src))
            r[dst] = UInt64(bitPattern: product.high)
        case .imulRcp: r[dst] &*= reciprocal(instruction.imm32)
        }
    }
}
