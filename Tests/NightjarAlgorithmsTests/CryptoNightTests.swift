import CHashing
import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// A scratchpad and a hasher in it.
final class HasherInMemory {
    private let scratchpad: UnsafeMutableRawBufferPointer
    let hasher: CryptoNightHasher

    init(_ parameters: CryptoNightParameters, _ implementation: Implementation) {
        scratchpad = .allocate(byteCount: parameters.memory, alignment: 64)
        hasher = CryptoNightHasher(parameters, scratchpad: scratchpad, implementation: implementation)
    }

    deinit { scratchpad.deallocate() }

    func hash(_ input: [UInt8], height: UInt64? = nil) -> Digest {
        hasher.prepare(height: height)
        return input.withUnsafeBytes { hasher.hash($0) }
    }
}

@Suite struct CryptoNightTests {
    static let algorithms: [Algorithm] = [.cn0, .cn1, .cn2, .cnR]

    static func parameters(of algorithm: Algorithm) throws -> CryptoNightParameters {
        guard case .cryptonight(let parameters) = algorithm.family else {
            throw UnexpectedFamily(algorithm: algorithm.name)
        }
        return parameters
    }

    struct UnexpectedFamily: Error { let algorithm: String }

    @Test(arguments: algorithms, Implementation.available)
    func knownAnswers(algorithm: Algorithm, implementation: Implementation) throws {
        let hasher = HasherInMemory(try Self.parameters(of: algorithm), implementation)
        let vectors = try Vectors.hashes(algorithm.name)
        #expect(vectors.count >= 10)
        for vector in vectors {
            let digest = hasher.hash(vector.input.bytes, height: vector.height)
            #expect(digest.bytes == vector.hash.bytes, "\(vector)")
        }
    }

    /// The checksum of `nightjar bench --hashes 64`.
    @Test(arguments: algorithms)
    func benchmarkChecksum(algorithm: Algorithm) throws {
        let hasher = HasherInMemory(try Self.parameters(of: algorithm), .best)
        let published = try #require(try Vectors.checksums(algorithm.name).first { $0.hashes == 64 })
        var input = [UInt8](repeating: 0, count: algorithm.benchmarkInput.length)
        var sum: UInt64 = 0
        for nonce in 0..<UInt8(64) {
            input[algorithm.benchmarkInput.nonceOffset] = nonce
            sum ^= hasher.hash(input, height: 1).work
        }
        #expect(sum == UInt64(published.checksum, radix: 16))
    }

    /// Variants that differ in parameters alone, whether or not the catalog lists them yet.
    @Test(arguments: [
        ("cn/fast", CryptoNightParameters(base: .v1, memory: 2 << 20, iterations: 0x40000, mask: 0x1FFFF0)),
        ("cn/half", CryptoNightParameters(base: .v2, memory: 2 << 20, iterations: 0x40000, mask: 0x1FFFF0)),
        ("cn/xao", CryptoNightParameters(base: .v0, memory: 2 << 20, iterations: 0x100000, mask: 0x1FFFF0)),
        ("cn/double", CryptoNightParameters(base: .v2, memory: 2 << 20, iterations: 0x100000, mask: 0x1FFFF0)),
        ("cn/zls", CryptoNightParameters(base: .v2, memory: 2 << 20, iterations: 0x60000, mask: 0x1FFFF0)),
        ("cn-lite/0", CryptoNightParameters(base: .v0, memory: 1 << 20, iterations: 0x40000, mask: 0xFFFF0)),
        ("cn-lite/1", CryptoNightParameters(base: .v1, memory: 1 << 20, iterations: 0x40000, mask: 0xFFFF0)),
        ("cn-pico", CryptoNightParameters(base: .v2, memory: 256 << 10, iterations: 0x10000, mask: 0x1FFF0)),
        ("cn-pico/tlo", CryptoNightParameters(base: .v2, memory: 256 << 10, iterations: 0x10000, mask: 0x3FFF0)),
    ] as [(String, CryptoNightParameters)])
    func otherParameters(name: String, parameters: CryptoNightParameters) throws {
        let vectors = try Vectors.hashes(name).prefix(4)
        #expect(vectors.count == 4)
        for implementation in Implementation.available {
            let hasher = HasherInMemory(parameters, implementation)
            for vector in vectors {
                #expect(hasher.hash(vector.input.bytes).bytes == vector.hash.bytes, "\(implementation): \(vector)")
            }
        }
    }

    /// Short loops in a small scratchpad, so that many inputs can be tried: lengths around Keccak's block boundaries and
    /// v1's minimum, odd and even numbers of turns.
    @Test(arguments: [CryptoNightParameters.Base.v0, .v1, .v2, .r])
    func nativeEqualsPortable(base: CryptoNightParameters.Base) throws {
        var random = SystemRandomNumberGenerator()
        for length in [0, 1, 7, 8, 42, 43, 44, 76, 127, 128, 134, 135, 136, 137, 199, 200, 271, 272, 273, 1000] {
            let minimum = base == .v1 ? 43 : 0
            if length < minimum { continue }
            for iterations in [1, 2, 301] {
                let parameters = CryptoNightParameters(
                    base: base, memory: 1 << 14, iterations: iterations, mask: 0x3FF0)
                let input = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
                let height = UInt64.random(in: 0...5_000_000, using: &random)
                let digests = Implementation.available.map {
                    HasherInMemory(parameters, $0).hash(input, height: height)
                }
                #expect(Set(digests).count == 1, "\(base), \(iterations) turns, height \(height), \(Hex.encode(input))")
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
@Suite struct CryptoNightPartTests {
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
        #expect(Hex.encode(Array(keys[128..<160])) == "68007bacb2df331696e939e46c518d80c814e20476a9fb8a5025c02d59c58239")
    }

    /// CryptoNight v2's root at the places where rounding could be off by one: for root r, the least n that has it and
    /// the one below.
    @Test(arguments: Implementation.available)
    func rootIsExact(implementation: Implementation) {
        #expect(nj_cryptonight_root(implementation.c, 0) == 0)
        #expect(nj_cryptonight_root(implementation.c, 1 << 32) == 0)
        #expect(nj_cryptonight_root(implementation.c, (1 << 32) + 1) == 1)
        #expect(nj_cryptonight_root(implementation.c, .max) == 3_558_067_407)
        var random = SystemRandomNumberGenerator()
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
        var random = SystemRandomNumberGenerator()
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
