import CHashing
import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// Scratchpads and a hasher in them.
final class HasherInMemory {
    private let scratchpads: UnsafeMutableRawBufferPointer
    let hasher: CryptoNightHasher

    init(_ parameters: CryptoNightParameters, _ implementation: Implementation, width: Int = 1) {
        scratchpads = .allocate(byteCount: width * parameters.memory, alignment: 64)
        hasher = CryptoNightHasher(
            parameters, scratchpads: scratchpads, width: width, implementation: implementation)
    }

    deinit { scratchpads.deallocate() }

    func hash(_ input: [UInt8], height: UInt64? = nil) -> Digest {
        hasher.prepare(height: height)
        return input.withUnsafeBytes { hasher.hash($0) }
    }

    /// All inputs at once.
    func hash(_ inputs: [[UInt8]], height: UInt64? = nil) -> [Digest] {
        hasher.prepare(height: height)
        let all = UnsafeMutableRawBufferPointer.allocate(byteCount: inputs.reduce(1) { $0 + $1.count }, alignment: 1)
        defer { all.deallocate() }
        all.copyBytes(from: inputs.joined())
        var start = 0
        let list = inputs.map { input in
            defer { start += input.count }
            return UnsafeRawBufferPointer(rebasing: all[start..<start + input.count])
        }
        return digests(inputs.count) { digests in list.withUnsafeBufferPointer { hasher.hash($0, into: digests) } }
    }

    /// Inputs of one length, of which so many take turns.
    func hash(_ inputs: [[UInt8]], width: Int) -> [Digest] {
        digests(inputs.count) { digests in
            Array(inputs.joined()).withUnsafeBytes { hasher.hash($0, into: digests, width: width) }
        }
    }

    private func digests(_ count: Int, _ body: (UnsafeMutableBufferPointer<Digest>) -> Void) -> [Digest] {
        [Digest](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = count
            let digests = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            digests.initialize(repeating: Digest())
            body(digests)
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct CryptoNightTests {
    /// An algorithm of the catalog with its parameters.
    struct Variant: Sendable, CustomStringConvertible {
        let algorithm: Algorithm
        let parameters: CryptoNightParameters
        var description: String { algorithm.name }
    }

    /// The whole family.
    static let variants = Catalog.all.compactMap { algorithm -> Variant? in
        guard let parameters = algorithm.parameters as? CryptoNightParameters else { return nil }
        return Variant(algorithm: algorithm, parameters: parameters)
    }

    @Test func theFamilyIsComplete() throws {
        let names =
            "cn/0 cn/1 cn/2 cn/r cn/fast cn/half cn/xao cn/rto cn/rwz cn/zls cn/double cn/ccx cn/upx2 cn/gpu "
            + "cn-lite/0 cn-lite/1 cn-heavy/0 cn-heavy/xhv cn-heavy/tube cn-pico cn-pico/tlo"
        #expect(Self.variants.map(\.algorithm.name) == names.split(separator: " ").map(String.init))
        // Pools' lengths, and around Keccak's and the final hashes' block boundaries.
        for variant in Self.variants {
            let lengths = try Vectors.hashes(variant.algorithm.name).map(\.input.bytes.count)
            #expect(Set(lengths).isSuperset(of: [43, 76, 77, 127, 128, 129, 200, 407]))
        }
    }

    /// Every vector by itself, and at two widths or more beside others; each width is filled once. That each width
    /// computes what one hash at a time does, in every position, is tried more often in short loops, below.
    @Test(arguments: variants)
    func knownAnswers(variant: Variant) throws {
        let vectors = try Vectors.hashes(variant.algorithm.name)
        try Self.check(variant, .best, width: 1, vectors: vectors)
        var start = 0
        for width in 2...CryptoNightHasher.widest {
            try Self.check(
                variant, .best, width: width, vectors: (0..<width).map { vectors[(start + $0) % vectors.count] })
            start += width
        }
        #expect(start >= 2 * vectors.count)
    }

    /// Every vector, at one width after the other: plain code has one loop for all.
    @Test(arguments: variants)
    func knownAnswersPortably(variant: Variant) throws {
        let vectors = try Vectors.hashes(variant.algorithm.name)
        var start = 0
        var width = 1
        while start < vectors.count {
            try Self.check(variant, .portable, width: width, vectors: Array(vectors[start...].prefix(width)))
            start += width
            width = width % CryptoNightHasher.widest + 1
        }
    }

    private static func check(
        _ variant: Variant, _ implementation: Implementation, width: Int, vectors: [Vectors.Hash]
    ) throws {
        try #require(!vectors.isEmpty)
        let hasher = HasherInMemory(variant.parameters, implementation, width: width)
        for height in Set(vectors.map(\.height)) {
            // CryptoNight-R's vectors are of many heights: those of one go together.
            let group = vectors.filter { $0.height == height }
            for start in stride(from: 0, to: group.count, by: width) {
                let batch = group[start...].prefix(width)
                var inputs = batch.map(\.input.bytes)
                // Filled up, with the vector in another place for each width.
                while inputs.count < width { inputs.append(inputs[0].map { $0 ^ 0xFF }) }
                let shift = (start + width / 2) % width
                let digests = hasher.hash(
                    Array(inputs[(width - shift)...] + inputs[..<(width - shift)]), height: height)
                for (i, vector) in batch.enumerated() {
                    #expect(
                        digests[(i + shift) % width].bytes == vector.hash.bytes,
                        "\(vector), \(implementation), \(width) wide")
                }
            }
        }
    }

    /// Short loops in a small scratchpad, so that many inputs can be tried at every width: lengths around Keccak's
    /// block boundaries and v1's minimum, odd and even numbers of turns.
    @Test(arguments: variants)
    func nativeEqualsPortable(variant: Variant) throws {
        var random = SeededGenerator()
        for length in [0, 1, 7, 8, 42, 43, 44, 76, 127, 128, 134, 135, 136, 137, 199, 200, 271, 272, 273, 1000] {
            if length < variant.parameters.inputLengths.lowerBound { continue }
            for iterations in [1, 2, 301] {
                let parameters = CryptoNightParameters(
                    base: variant.parameters.base, features: variant.parameters.features, memory: 1 << 14,
                    iterations: iterations, mask: variant.parameters.base == .gpu ? 0x3FC0 : 0x3FF0)
                let height = UInt64.random(in: 0...5_000_000, using: &random)
                let inputs = (0..<CryptoNightHasher.widest).map { _ in random.bytes(length) }
                let one = HasherInMemory(parameters, .portable)
                let expected = inputs.map { one.hash($0, height: height) }
                for (implementation, isNarrow) in [(Implementation.portable, false), (.best, true), (.best, false)] {
                    let hasher = HasherInMemory(parameters, implementation, width: CryptoNightHasher.widest)
                    hasher.hasher.isNarrow = isNarrow
                    for width in 1...CryptoNightHasher.widest {
                        let digests = hasher.hash(Array(inputs[..<width]), height: height)
                        #expect(
                            digests == Array(expected[..<width]),
                            "\(implementation), \(width) wide, \(iterations) turns, height \(height), \(inputs)")
                    }
                }
            }
        }
    }

    /// More inputs than take turns, in whole groups or not.
    @Test(arguments: 1...CryptoNightHasher.widest)
    func manyInputs(width: Int) {
        let parameters = CryptoNightParameters(base: .v2, memory: 1 << 14, iterations: 10, mask: 0x3FF0)
        let hasher = HasherInMemory(parameters, .best, width: CryptoNightHasher.widest)
        for length in [0, 76] {
            for count in 0...12 {
                let inputs = (0..<count).map { [UInt8](repeating: UInt8($0), count: length) }
                #expect(hasher.hash(inputs, width: width) == inputs.map { hasher.hash($0) })
            }
        }
    }

    /// A hasher keeps nothing of the last input, nor of the last height.
    @Test(arguments: Implementation.available)
    func hashesAreIndependent(implementation: Implementation) throws {
        let parameters = CryptoNightParameters(base: .r, memory: 1 << 14, iterations: 100, mask: 0x3FF0)
        let hasher = HasherInMemory(parameters, implementation)
        let first = hasher.hash([1, 2, 3], height: 10)
        #expect(hasher.hash([1, 2, 3], height: 11) != first)
        #expect(hasher.hash([1, 2, 4], height: 10) != first)
        #expect(hasher.hash([1, 2, 3], height: 10) == first)
    }
}

/// The parts of CryptoNight's loops.
@Suite(.timeLimit(.minutes(5))) struct CryptoNightPartTests {
    @Test(arguments: try Vectors.primitives("aes-round-enc"), Implementation.available)
    func aesEncryptRound(vector: Vectors.Primitive, implementation: Implementation) throws {
        let key = try #require(vector.round_key?.bytes)
        try #require(key.count == 16 && vector.input.bytes.count == 16)
        var block = vector.input.bytes
        nj_aes_encrypt_round(implementation.c, &block, key)
        #expect(block == vector.hash.bytes)
    }

    @Test(arguments: try Vectors.primitives("aes-round-dec"), Implementation.available)
    func aesDecryptRound(vector: Vectors.Primitive, implementation: Implementation) throws {
        let key = try #require(vector.round_key?.bytes)
        try #require(key.count == 16 && vector.input.bytes.count == 16)
        var block = vector.input.bytes
        nj_aes_decrypt_round(implementation.c, &block, key)
        #expect(block == vector.hash.bytes)
    }

    @Test(arguments: ["aes-round-enc", "aes-round-dec"])
    func vectorsAreThere(name: String) throws {
        #expect(try Vectors.primitives(name).count >= 4)
    }

    /// FIPS 197, appendix A.3: the schedule of the key 603deb10 15ca71be … begins with it and has these words later.
    @Test func keyExpansion() throws {
        let key = try #require(Hex.decode("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))
        var keys = [UInt8](repeating: 0, count: 160)
        nj_aes_expand10(key, &keys)
        #expect(Array(keys[0..<32]) == key)
        #expect(Hex.encode(Array(keys[32..<64])) == "9ba354118e6925afa51a8b5f2067fcdea8b09c1a93d194cdbe49846eb75d5b9a")
        #expect(
            Hex.encode(Array(keys[128..<160])) == "68007bacb2df331696e939e46c518d80c814e20476a9fb8a5025c02d59c58239")
    }

    /// CryptoNight v2's root at the places where rounding could be off by one: for root r, the least n that has it and
    /// the one below.
    @Test(arguments: Implementation.available)
    func rootIsExact(implementation: Implementation) {
        #expect(nj_cryptonight_root(implementation.c, 0) == 0)
        #expect(nj_cryptonight_root(implementation.c, 1 << 32) == 0)
        #expect(nj_cryptonight_root(implementation.c, (1 << 32) + 1) == 1)
        #expect(nj_cryptonight_root(implementation.c, .max) == 3_558_067_407)
        var random = SeededGenerator()
        var roots: [UInt64] = (1...64).map { $0 } + (0..<64).map { 3_558_067_407 - $0 }
        roots += (0..<32).flatMap { bit in [1 << bit, (1 << bit) + 1].filter { $0 <= 3_558_067_407 } }
        roots += (0..<20_000).map { _ in UInt64.random(in: 1...3_558_067_407, using: &random) }
        for r in roots {
            // r² + 2³⁴ r ≤ 4 n
            let least = UInt64((UInt128(r) * UInt128(r) + UInt128(r) << 34 + 3) / 4)
            #expect(nj_cryptonight_root(implementation.c, least) == r)
            #expect(nj_cryptonight_root(implementation.c, least - 1) == r - 1)
        }
    }

    /// Every opcode with every destination and source, threaded against a model in Swift.
    @Test(arguments: Implementation.available)
    func randomMathInstructions(implementation: Implementation) {
        var random = SeededGenerator()
        for opcode in RandomMath.Opcode.allCases {
            for dst in 0..<4 {
                for src in 0..<9 {
                    let before = (0..<9).map { _ in UInt32.random(in: .min ... .max, using: &random) }
                    let constant = UInt32.random(in: .min ... .max, using: &random)
                    var expected = before
                    let (a, b) = (before[dst], before[src])
                    switch opcode {
                    case .mul: expected[dst] = a &* b
                    case .add: expected[dst] = a &+ b &+ constant
                    case .sub: expected[dst] = a &- b
                    case .ror: expected[dst] = a &>> b | a &<< (0 &- b)
                    case .rol: expected[dst] = a &<< b | a &>> (0 &- b)
                    case .xor: expected[dst] = a ^ b
                    }
                    var program = nj_random_math_program()
                    let instruction = nj_random_math_instruction(
                        opcode: opcode.rawValue, dst: UInt8(dst), src: UInt8(src), constant: constant)
                    nj_random_math_prepare(&program, [instruction], 1)
                    var registers = nj_random_math_registers()
                    let after = withUnsafeMutableBytes(of: &registers) { bytes in
                        bytes.copyBytes(from: before.withUnsafeBytes(Array.init))
                        let r = bytes.baseAddress?.assumingMemoryBound(to: nj_random_math_registers.self)
                        nj_random_math_run(implementation.c, &program, r)
                        return Array(bytes.bindMemory(to: UInt32.self))
                    }
                    #expect(after == expected, "\(opcode) r\(dst), r\(src)")
                }
            }
        }
    }
}

extension Implementation {
    /// The same choice for CHashing.
    fileprivate var c: nj_implementation { self == .native ? NJ_NATIVE : NJ_PORTABLE }
}
