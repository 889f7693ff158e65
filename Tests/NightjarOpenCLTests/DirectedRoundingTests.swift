import CHashing
import NightjarCore
import NightjarOpenCL
import TestSupport
import Testing

/// Rounding without the hardware's modes, compared with a processor that has them: RandomX's interpreter runs single
/// floating-point instructions in each mode.
@Suite("Directed rounding on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct DirectedRoundingTests {
    private static let pairs = 10_000_000
    private static let batch = 100_000

    @Test("Sum, difference, product, quotient and root in all four modes are the processor's")
    func operations() throws {
        _ = try Fixture.device()
        // The portable path on every device, and a vendor's own where the device's compiler accepts it.
        let paths = Fixture.devices.filter(\.description.fp64).flatMap { device in
            DeviceMath.Rounding.paths(device).map { (device, $0) }
        }
        #expect(!paths.isEmpty)
        var operands = Operands()
        let oracle = Oracle()
        var seen = Seen()
        for start in stride(from: 0, to: Self.pairs, by: Self.batch) {
            let pairs = (0..<min(Self.batch, Self.pairs - start)).map { _ in operands.next() }
            let expected = oracle(pairs)
            seen.note(expected, of: pairs)
            for (device, rounding) in paths {
                let results = try DeviceMath(device, source: DeviceMath.doubles, rounding: rounding)(
                    "directed_rounding", pairs.flatMap { [$0.a.bitPattern, $0.b.bitPattern] }, items: pairs.count,
                    words: 20)
                if results == expected { continue }
                for (index, (result, right)) in zip(results, expected).enumerated() where result != right {
                    let (got, wanted) = (Double(bitPattern: result), Double(bitPattern: right))
                    // A result that is no number may have any sign and payload.
                    if got.isNaN && wanted.isNaN { continue }
                    let (pair, mode, operation) = (pairs[index / 20], index % 20 / 5, index % 5)
                    if !pair.has(operation) { continue }
                    Issue.record(
                        "\(device.id), \(rounding.rawValue): \(["+", "-", "*", "/", "sqrt"][operation]) of \(pair.a.bits) and \(pair.b.bits), mode \(mode): \(got.bits), not \(wanted.bits)"
                    )
                    return
                }
            }
        }
        // The operands must reach the hard cases, or the comparison proves little.
        for operation in 0..<5 {
            #expect(seen.modesDiffer[operation] > Self.pairs / 100, "operation \(operation)")
            #expect(seen.exact[operation] > Self.pairs / 200, "operation \(operation)")
        }
        for operation in [0, 1, 2, 3] { #expect(seen.overflow[operation] > Self.pairs / 1000) }
        #expect(seen.subnormal[0] > 0)
    }

    /// The processor's results, counted by operation.
    private struct Seen {
        var modesDiffer = [Int](repeating: 0, count: 5)
        var exact = [Int](repeating: 0, count: 5)
        var subnormal = [Int](repeating: 0, count: 5)
        /// Infinite in one mode, finite in another.
        var overflow = [Int](repeating: 0, count: 5)

        mutating func note(_ results: [UInt64], of pairs: [Operands.Pair]) {
            for (start, pair) in zip(stride(from: 0, to: results.count, by: 20), pairs) {
                for operation in 0..<5 where pair.has(operation) {
                    let (down, up) = (
                        Double(bitPattern: results[start + 5 + operation]),
                        Double(bitPattern: results[start + 10 + operation])
                    )
                    if down.isNaN || up.isNaN { continue }
                    if down == up { exact[operation] += 1 } else { modesDiffer[operation] += 1 }
                    if down.isSubnormal || up.isSubnormal { subnormal[operation] += 1 }
                    if down.isInfinite != up.isInfinite { overflow[operation] += 1 }
                }
            }
        }
    }
}

extension Double {
    fileprivate var bits: String { "\(self) (\(String(bitPattern, radix: 16)))" }
}

/// Pairs of numbers at which rounding is hard, the same ones in each run.
private struct Operands {
    private var random = SeededGenerator(seed: 4)
    private var count = 0

    private static let special: [Double] = [
        0, .leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude, Double.leastNormalMagnitude.nextDown,
        .leastNormalMagnitude, Double.leastNormalMagnitude.nextUp, 0x1p-1000, 0x1p-969, 0x1p-537, 0x1p-52, 0x1p-53,
        0.5, Double(1).nextDown, 1, Double(1).nextUp, 1.5, 2, 3, 0x1p52, 0x1p53, 0x1p511, 0x1p512, 0x1p1000, 0x1p1023,
        Double.greatestFiniteMagnitude.nextDown, .greatestFiniteMagnitude, .infinity,
    ].flatMap { [$0, -$0] }

    struct Pair {
        let a, b: Double

        /// Whether an operation is defined for them: a sum or difference is for all, the others for numbers as group E
        /// has them (DirectedRounding.cl).
        func has(_ operation: Int) -> Bool {
            guard operation >= 2 else { return true }
            let least = 0x1p-900
            guard a >= least else { return false }
            switch operation {
            case 2: return b >= least && a * b >= least
            case 3: return b >= least && b.isFinite && a / b >= least
            default: return true
            }
        }
    }

    mutating func next() -> Pair {
        let (a, b) = pair()
        return Pair(a: a, b: b)
    }

    private mutating func pair() -> (Double, Double) {
        defer { count += 1 }
        let squares = Self.special.count * Self.special.count
        if count < squares {
            return (Self.special[count / Self.special.count], Self.special[count % Self.special.count])
        }
        switch count % 12 {
        case 0: return (Double(bitPattern: random.next()), Double(bitPattern: random.next()))
        case 1:  // sums that cancel, or whose smaller operand is nearly or wholly lost
            let x = exponent(-1022...1023)
            return (number(x), number(clamped(x + Int(random.next() % 113) - 56)))
        case 2:  // neighbours: differences of a few units
            let a = number(exponent(-1022...1000))
            return (a, Double(bitPattern: a.bitPattern &+ random.next() % 5 &- 2) * (coin ? 1 : 2))
        case 3:  // small products
            let x = exponent(-1022...0)
            return (number(x), number(clamped(-1022 - x - Int(random.next() % 60))))
        case 4:  // products around the largest number
            let x = exponent(0...1023)
            return (number(x), number(1023 - x - Int(random.next() % 3)))
        case 5:  // small quotients
            let x = exponent(-1022...0)
            return (number(x), number(clamped(x + 1021 + Int(random.next() % 60))))
        case 6:  // quotients around the largest number
            let x = exponent(0...1023)
            return (number(x), number(x - 1023 - Int(random.next() % 3)))
        case 7:  // exact products, and roots of squares and of their neighbours
            let root = Double(random.next() >> 38) * power(exponent(-535...480))
            let factor = coin ? power(exponent(0...31)) : Double(random.next() >> 38)
            return (Double(bitPattern: (root * root).bitPattern &+ random.next() % 3 &- 1), factor)
        case 8:  // exact quotients: numerator of 52 bits, divisor of 26
            let divisor = Double(random.next() >> 38)
            return (Double(random.next() >> 38) * divisor * power(exponent(-1022...900)), divisor)
        case 9:  // subnormal operands
            return (subnormal, coin ? subnormal : number(exponent(-1022...1023)))
        case 10:  // sums around the largest number, and those half way between two numbers
            let half = Double(sign: .plus, exponent: 969 + Int(random.next() % 4), significand: 1)
            return (Double.greatestFiniteMagnitude * (coin ? 1 : -1), half * (coin ? 1 : -1))
        default:  // as in RandomX: a register and one of group A
            return (number(exponent(-255...64)), abs(number(exponent(0...31))))
        }
    }

    private var coin: Bool { mutating get { random.next() & 1 == 0 } }
    private var subnormal: Double {
        mutating get {
            let fraction = (random.next() & (1 << 52 - 1)) >> (random.next() % 52)
            return Double(bitPattern: random.next() & (1 << 63) | fraction)
        }
    }

    private func clamped(_ exponent: Int) -> Int { min(1023, max(-1022, exponent)) }
    private func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
    private mutating func exponent(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(random.next() % UInt64(range.count))
    }

    /// A number of either sign with that exponent. About half of them have few significant bits.
    private mutating func number(_ exponent: Int) -> Double {
        var fraction = random.next() & (1 << 52 - 1)
        if coin { fraction = (fraction >> 20) << 20 | (coin ? 1 : 0) }
        let sign = random.next() & (1 << 63)
        return Double(bitPattern: sign | UInt64(clamped(exponent) + 1023) << 52 | fraction)
    }
}

/// RandomX's interpreter as a calculator.
private final class Oracle {
    private let instructions = UnsafeMutablePointer<nj_rx_instruction>.allocate(capacity: 4)
    /// A quotient's divisor comes from memory through a mask. With a zero in memory, the divisor is the mask.
    private let scratchpad = UnsafeMutablePointer<UInt64>.allocate(capacity: 8)

    init() { scratchpad.initialize(repeating: 0, count: 8) }

    deinit {
        instructions.deallocate()
        scratchpad.deallocate()
    }

    /// Results in the kernel's order: twenty for each pair, by mode, then by operation.
    func callAsFunction(_ pairs: [Operands.Pair]) -> [UInt64] {
        var results = [UInt64](repeating: 0, count: 20 * pairs.count)
        for mode in 0..<4 {
            for (operation, opcode) in [NJ_RX_FADD_R, NJ_RX_FSUB_R, NJ_RX_FMUL_R, NJ_RX_FDIV_M, NJ_RX_FSQRT_R]
                .enumerated()
            {
                let atOnce = opcode == NJ_RX_FDIV_M ? 2 : 8
                for i in 0..<(atOnce / 2) {
                    (instructions + i).initialize(
                        to: nj_rx_instruction(
                            opcode: opcode, dst: UInt8(i), src: opcode == NJ_RX_FDIV_M ? 8 : UInt8(i), shift: 0,
                            mask: 0,
                            immediate: 0, target: 0))
                }
                var program = nj_rx_program()
                program.instructions = UnsafePointer(instructions)
                program.count = UInt32(atOnce / 2)
                for start in stride(from: 0, to: pairs.count, by: atOnce) {
                    let count = min(atOnce, pairs.count - start)
                    var registers = nj_rx_registers()
                    let isSum = operation < 2
                    withUnsafeMutableBytes(of: &registers) { bytes in
                        let words = bytes.bindMemory(to: UInt64.self)
                        for i in 0..<count {
                            words[(isSum ? 8 : 16) + i] = pairs[start + i].a.bitPattern
                            words[24 + i] = pairs[start + i].b.bitPattern
                        }
                    }
                    if opcode == NJ_RX_FDIV_M {
                        program.e_mask = (
                            pairs[start].b.bitPattern, pairs[start + count - 1].b.bitPattern
                        )
                    }
                    var rounding = UInt32(mode)
                    scratchpad.withMemoryRebound(to: UInt8.self, capacity: 64) {
                        nj_rx_step(&program, &registers, $0, &rounding)
                    }
                    withUnsafeBytes(of: &registers) { bytes in
                        let words = bytes.bindMemory(to: UInt64.self)
                        for i in 0..<count {
                            results[20 * (start + i) + 5 * mode + operation] = words[(isSum ? 8 : 16) + i]
                        }
                    }
                }
            }
        }
        return results
    }
}
