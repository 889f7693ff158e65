import CHashing
import NightjarCore
import NightjarOpenCL
import TestSupport
import Testing

@Suite("Primitives on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct PrimitiveTests {
    @Test("Keccak-f[1600]")
    func keccakPermutation() throws {
        let vectors = try Vectors.primitives("keccak-f1600")
        #expect(!vectors.isEmpty)
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)(
                "keccak_f", vectors.flatMap { words($0.input.bytes) }, items: vectors.count, words: 25)
            #expect(bytes(output) == vectors.flatMap(\.hash.bytes), "on \(device.id)")
        }
    }

    typealias Portable = @Sendable (UnsafeRawPointer?, Int, UnsafeMutablePointer<UInt8>?) -> Void

    /// On a device the four hashes get the 200-byte state and nothing else. They are compared with the published vector
    /// of that length, and on many more states with the portable code, which is tested on all lengths.
    @Test(
        "The four final hashes, of 200 bytes",
        arguments: [
            ("blake256", "blake256", nj_blake256 as Portable), ("groestl256", "groestl256", nj_groestl256 as Portable),
            ("jh256", "jh256", nj_jh256 as Portable), ("skein512", "skein512-256", nj_skein512_256 as Portable),
        ])
    func finalHash(kernel: String, name: String, portable: Portable) throws {
        let vectors = try Vectors.primitives(name).filter { $0.input.bytes.count == 200 }
        #expect(!vectors.isEmpty)
        var random = SeededGenerator(seed: 1)
        let others =
            (0..<64).map { _ in bytes((0..<25).map { _ in random.next() }) } + [
                [UInt8](repeating: 0, count: 200), [UInt8](repeating: 0xFF, count: 200),
            ]
        let expected =
            vectors.map(\.hash.bytes)
            + others.map { input in
                var digest = [UInt8](repeating: 0, count: 32)
                portable(input, input.count, &digest)
                return digest
            }
        let inputs = vectors.map(\.input.bytes) + others
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)(
                kernel, inputs.flatMap(words), items: inputs.count, words: 4)
            #expect(bytes(output) == expected.flatMap { $0 }, "on \(device.id)")
        }
    }

    @Test("Blake2b", arguments: [("blake2b-512", 64), ("blake2b-256", 32)])
    func blake2b(name: String, length: Int) throws {
        // The words that a work-item of this test reads.
        let room = 62 * 8
        let vectors = try Vectors.primitives(name).filter { $0.input.bytes.count <= room - 128 }
        #expect(vectors.contains { $0.input.bytes.isEmpty } && vectors.contains { $0.input.bytes.count > 128 })
        let input = vectors.flatMap { vector in
            let bytes = vector.input.bytes
            return [UInt64(length), UInt64(bytes.count)]
                + words(bytes + [UInt8](repeating: 0, count: room - bytes.count))
        }
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)("blake2b", input, items: vectors.count, words: 8)
            for (index, vector) in vectors.enumerated() {
                #expect(
                    Array(bytes(Array(output[index * 8..<index * 8 + 8])).prefix(length)) == vector.hash.bytes,
                    "on \(device.id)")
            }
        }
    }

    @Test("Argon2d's memory fill")
    func argon2d() throws {
        let rows = try Vectors.argon2dFills()
        #expect(rows.count == 6)
        _ = try Fixture.device()
        for row in rows {
            let (blocks, lanes) = (row.memory_kib, row.lanes)
            let input = [lanes, blocks / lanes, row.passes].map(UInt64.init) + words(row.h0.bytes)
            for device in Fixture.devices {
                let matrix = bytes(try DeviceMath(device)("argon2d", input, items: 1, words: blocks * 128))
                var digest = [UInt8](repeating: 0, count: 32)
                nj_blake2b_hash(&digest, digest.count, matrix, matrix.count)
                #expect(digest == row.matrix_blake2b256.bytes, "\(blocks) KiB, \(lanes) lanes, on \(device.id)")
            }
        }
    }

    @Test("AES round, alone and with work-items that share its table", arguments: [1, 2, 6])
    func aesRound(group: Int) throws {
        let vectors = try Vectors.primitives("aes-round-enc")
        #expect(vectors.count.isMultiple(of: group) && !vectors.isEmpty)
        let input = try vectors.flatMap { words($0.input.bytes + (try #require($0.round_key)).bytes) }
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)("aes_round", input, items: vectors.count, words: 2, group: group)
            #expect(bytes(output) == vectors.flatMap(\.hash.bytes), "on \(device.id)")
        }
    }

    @Test("Inverse AES round, alone and with work-items that share its table", arguments: [1, 2, 6])
    func aesInverseRound(group: Int) throws {
        let vectors = try Vectors.primitives("aes-round-dec")
        #expect(vectors.count.isMultiple(of: group) && !vectors.isEmpty)
        let input = try vectors.flatMap { words($0.input.bytes + (try #require($0.round_key)).bytes) }
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)(
                "aes_inverse_round", input, items: vectors.count, words: 2, group: group)
            #expect(bytes(output) == vectors.flatMap(\.hash.bytes), "on \(device.id)")
        }
    }

    @Test("AES-256 key schedule: FIPS 197, A.3")
    func aesExpand() throws {
        let key = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
        let schedule =
            key
            + "9ba354118e6925afa51a8b5f2067fcdea8b09c1a93d194cdbe49846eb75d5b9a"
            + "d59aecb85bf3c917fee94248de8ebe96b5a9328a2678a647983122292f6c79b3"
            + "812c81addadf48ba24360af2fab8b46498c5bfc9bebd198e268c3ba709e04214"
            + "68007bacb2df331696e939e46c518d80c814e20476a9fb8a5025c02d59c58239"
        let input = words(try #require(Hex.decode(key)))
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)("aes_expand", input, items: 1, words: 20)
            #expect(Hex.encode(bytes(output)) == schedule, "on \(device.id)")
        }
    }

    /// A float guess goes wrong at the inputs where the root steps up, and at their neighbours.
    @Test("cn/2's square root, at its steps")
    func root() throws {
        var inputs: [UInt64] = [
            0, 1, 2, 3, 1 << 32, (1 << 32) + 1, 1 << 50, (1 << 55) + 20_963_331, (1 << 55) + 20_963_332,
            (1 << 62) + 26_599_786, (1 << 62) + 26_599_787, .max - 1, .max,
        ]
        var random = SeededGenerator(seed: 2)
        let largest: UInt64 = 3_558_067_407
        let roots =
            Array(0..<100) + Array((largest - 100)...largest)
            + (0..<4000).map { _ in random.next() % (largest + 1) } + (0..<31).map { 1 << $0 }
        for root in roots {
            // The least n with root: the roundest-up quarter of (root + 2^33)^2, less 2^64.
            let square = UInt128(root + 1 << 33) * UInt128(root + 1 << 33)
            let step = UInt64(truncatingIfNeeded: (square + 3) / 4 - (1 << 64))
            inputs += [step, step &+ 1, step &- 1]
        }
        inputs += (0..<4000).map { _ in random.next() }
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)("root", inputs, items: inputs.count, words: 1)
            let wrong = zip(inputs, output).filter { n, root in !Self.isRoot(root, of: n) }
            #expect(wrong.isEmpty, "on \(device.id): \(wrong.prefix(3))")
        }
    }

    /// Whether root is the integer part of 2 √(2⁶⁴ + n) − 2³³: by its definition, in 128 bits.
    private static func isRoot(_ root: UInt64, of n: UInt64) -> Bool {
        guard root <= 1 << 32 else { return false }
        let shifted = UInt128(root) + (1 << 33)
        let radicand = 4 * ((1 << 64) + UInt128(n))
        return shifted * shifted <= radicand && (shifted + 1) * (shifted + 1) > radicand
    }

    /// In units of the last place. OpenCL allows two and a half.
    private static let reciprocalErrors: [UInt64] = (-3...3).map { UInt64(bitPattern: Int64($0)) }

    @Test("cn/2's division, also by reciprocals that are off")
    func divide() throws {
        var random = SeededGenerator(seed: 3)
        var cases: [(UInt64, UInt64)] = []
        for divisor in [0x8000_0001, 0x8000_0003, 0xFFFF_FFFD, 0xFFFF_FFFF] as [UInt64] {
            for multiple in [0, 1, 2, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x1_0000_0000] as [UInt64] {
                let (product, overflow) = divisor.multipliedReportingOverflow(by: multiple)
                if !overflow { cases += [(product, divisor), (product &- 1, divisor), (product &+ 1, divisor)] }
            }
            cases += [(.max, divisor), (0, divisor)]
        }
        cases += (0..<4000).map { _ in (random.next(), random.next() & 0xFFFF_FFFF | 0x8000_0001) }
        let expected = cases.map { ($0.0 / $0.1) & 0xFFFF_FFFF | ($0.0 % $0.1) << 32 }
        _ = try Fixture.device()
        for device in Fixture.devices {
            let output = try DeviceMath(device)(
                "divide", cases.flatMap { [$0.0, $0.1] }, items: cases.count, words: 1)
            #expect(output == expected, "on \(device.id)")
            for off in Self.reciprocalErrors {
                let output = try DeviceMath(device)(
                    "divide_by_reciprocal", cases.flatMap { [$0.0, $0.1, off] }, items: cases.count, words: 1)
                #expect(output == expected, "on \(device.id), by a reciprocal that is off by \(Int64(bitPattern: off))")
            }
        }
    }

    @Test("The heavy variants' division, also by reciprocals that are off")
    func divideSigned() throws {
        var random = SeededGenerator(seed: 5)
        let divisors: [Int32] = [-1, 5, 7, -3, .max, .min | 5, 0x1234_5677, 13, -9, 0x7FFF_FF7F, 0x100_0005]
        let dividends: [Int64] = [.min, .min + 1, -1, 0, 1, .max, 1 << 32, -(1 << 32)]
        var cases = divisors.flatMap { divisor in dividends.map { ($0, divisor) } }
        cases += (0..<4000).map { _ in
            (Int64(bitPattern: random.next()), Int32(truncatingIfNeeded: random.next() >> (random.next() % 32)) | 5)
        }
        // Multiples of the divisor and their neighbours.
        cases += cases.suffix(2000).flatMap { pair in
            (-1...1).map { (pair.0 / Int64(pair.1) &* Int64(pair.1) &+ $0, pair.1) }
        }
        let expected = cases.map { UInt64(bitPattern: $0.0.quotient($0.1)) }
        _ = try Fixture.device()
        for device in Fixture.devices {
            let input = cases.flatMap { [UInt64(bitPattern: $0.0), UInt64(bitPattern: Int64($0.1))] }
            let output = try DeviceMath(device)("divide_signed", input, items: cases.count, words: 1)
            #expect(output == expected, "on \(device.id)")
            for off in Self.reciprocalErrors {
                let input = cases.flatMap { [UInt64(bitPattern: $0.0), UInt64(bitPattern: Int64($0.1)), off] }
                let output = try DeviceMath(device)(
                    "divide_signed_by_reciprocal", input, items: cases.count, words: 1)
                #expect(output == expected, "on \(device.id), by a reciprocal that is off by \(Int64(bitPattern: off))")
            }
        }
    }

    /// A device's own quotient may be wrong by two and a half units. Here guesses are wrong by up to three.
    @Test("cn/gpu's division, rounded to nearest from a guess")
    func nearestQuotient() throws {
        var random = SeededGenerator(seed: 6)
        func number(_ exponents: ClosedRange<Int>) -> Float {
            let fraction = Float(bitPattern: 0x3F80_0000 | UInt32(random.next() & 0x7F_FFFF))
            let exponent = exponents.lowerBound + Int(random.next() % UInt64(exponents.count))
            return Float(sign: random.next() & 1 == 0 ? .plus : .minus, exponent: exponent, significand: fraction)
        }
        var pairs: [(n: Float, d: Float)] = [(0, 3), (1, 3), (-1, 3), (6, -2), (0x1p-90, 2), (0x1p96, 0x1.8p1)]
        for _ in 0..<20_000 { pairs.append((number(-60...96), number(1...40))) }
        for _ in 0..<10_000 {
            // Quotients a little below and above a power of two, where the unit changes, and exact quotients.
            let d = number(1...40)
            pairs += [(d.nextDown, d), (d.nextUp, d), (d * 1024, d), (d.nextDown.nextDown / 4, d)]
            let short = Float(Int32(truncatingIfNeeded: random.next() % 4095) + 1)
            pairs.append((short * 1365, short))
        }
        while pairs.count % 4 != 0 { pairs.append((1, 7)) }
        let expected = pairs.map { ($0.n / $0.d).bitPattern }
        _ = try Fixture.device()
        for device in Fixture.devices {
            let math = try DeviceMath(device)
            for off in -3...3 {
                var input: [UInt64] = []
                for start in stride(from: 0, to: pairs.count, by: 4) {
                    let four = pairs[start..<(start + 4)]
                    let bits = four.map { UInt64($0.n.bitPattern) } + four.map { UInt64($0.d.bitPattern) }
                    input += stride(from: 0, to: 8, by: 2).map { bits[$0] | bits[$0 + 1] << 32 }
                    input.append(UInt64(bitPattern: Int64(off)))
                }
                let output = try math("nearest_quotient", input, items: pairs.count / 4, words: 2).flatMap {
                    [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)]
                }
                // A guess below zero's bits is no number.
                let wrong = zip(pairs, zip(output, expected)).filter { $0.n != 0 && $1.0 != $1.1 }
                #expect(wrong.isEmpty, "off by \(off) on \(device.id): \(wrong.prefix(3))")
            }
        }
    }
}

extension Int64 {
    /// Towards zero, modulo 2⁶⁴.
    fileprivate func quotient(_ divisor: Int32) -> Int64 {
        divisor == -1 ? 0 &- self : self / Int64(divisor)
    }
}
