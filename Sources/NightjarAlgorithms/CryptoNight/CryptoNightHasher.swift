import CHashing
import NightjarCore

/// Hashes with one member of the CryptoNight family, one input or a few at once.
///
/// A hash mostly waits for its scratchpad. Several hashes that take turns in one thread use that time. A hasher works
/// in its own scratchpads, so only one thread may use it at a time. CryptoNote standard CNS008 specifies the algorithm;
/// the parameters and, for CryptoNight-R, ``RandomMath`` specify the variants.
package final class CryptoNightHasher {
    private var variant: nj_cryptonight
    private let implementation: Implementation
    /// CryptoNight-R's random program in C's form; `nil` for the other variants. Its address must not change, because
    /// `variant` points to it.
    private let program: UnsafeMutablePointer<nj_random_math_program>?
    private var preparedHeight: UInt64?
    private let compiler: (any RandomMathCompiler)?
    private let minimumLength: Int
    /// The next inputs, in C's form. The memory is kept, so that hashing allocates nothing.
    private let inputs: UnsafeMutablePointer<nj_cryptonight_input>

    /// The most inputs that can be hashed at once.
    package static let widest = Int(NJ_CRYPTONIGHT_WIDEST)

    /// The most inputs that this hasher hashes at once. It has a scratchpad for each.
    package let width: Int

    /// - Parameters:
    ///   - scratchpads: at least `width` times `parameters.memory` bytes, 64-byte aligned. The caller owns them, and
    ///     they must outlive the hasher. Their content is overwritten.
    ///   - width: 1 to ``widest``.
    ///   - implementation: one of ``Implementation/available``; another one traps.
    ///   - compiler: compiles CryptoNight-R's programs, for this hasher alone and only if `implementation` is native;
    ///     without a compiler the programs are interpreted.
    package init(
        _ parameters: CryptoNightParameters, scratchpads: UnsafeMutableRawBufferPointer, width: Int = 1,
        implementation: Implementation = .best, compiler: (any RandomMathCompiler)? = nil
    ) {
        precondition((1...Self.widest).contains(width), "a hasher is 1 to \(Self.widest) wide")
        guard let base = scratchpads.baseAddress, scratchpads.count >= width * parameters.memory,
            UInt(bitPattern: base) % 64 == 0
        else { preconditionFailure("the scratchpads must be \(width * parameters.memory) bytes, aligned to 64") }
        precondition(Implementation.available.contains(implementation), "this processor lacks the instructions")
        self.implementation = implementation
        self.width = width
        self.compiler = implementation == .native ? compiler : nil
        inputs = .allocate(capacity: width)
        inputs.initialize(repeating: nj_cryptonight_input(), count: width)
        minimumLength = parameters.inputLengths.lowerBound
        if parameters.base == .r {
            let program = UnsafeMutablePointer<nj_random_math_program>.allocate(capacity: 1)
            program.initialize(to: nj_random_math_program())
            self.program = program
        } else {
            program = nil
        }
        variant = nj_cryptonight(
            base: parameters.base.cValue, features: parameters.features.cValue, mask: parameters.mask,
            iterations: UInt64(parameters.iterations), memory: parameters.memory,
            scratchpads: base.assumingMemoryBound(to: UInt8.self), program: program, narrow: 0)
    }

    /// Whether native code uses only AES-NI and SSE4.1 on a processor that has more. The digests are the same; it is
    /// for tests.
    package var isNarrow: Bool {
        get { variant.narrow != 0 }
        set { variant.narrow = newValue ? 1 : 0 }
    }

    deinit {
        program?.deinitialize(count: 1)
        program?.deallocate()
        inputs.deallocate()
    }

    /// Prepares for a height. CryptoNight-R needs it before its first hash, with a height; other variants need nothing.
    package func prepare(height: UInt64?) {
        guard let program else { return }
        guard let height else { preconditionFailure("CryptoNight-R needs a height") }
        guard height != preparedHeight else { return }
        let math = RandomMath(height: height)
        let instructions = math.instructions.map {
            nj_random_math_instruction(
                opcode: $0.opcode.rawValue, dst: UInt8($0.dst), src: UInt8($0.src), constant: $0.constant)
        }
        nj_random_math_prepare(program, instructions, instructions.count)
        let code = compiler?.compile(math) ?? []
        if code.count == Int(NJ_RANDOM_MATH_SIDE_BY_SIDE) {
            withUnsafeMutableBytes(of: &program.pointee.compiled) {
                $0.copyBytes(from: code.withUnsafeBytes(Array.init))
            }
        }
        preparedHeight = height
    }

    /// The digest of `input`. For v1 the input must have at least 43 bytes. Allocates nothing.
    package func hash(_ input: UnsafeRawBufferPointer) -> Digest {
        var digest = Digest()
        withUnsafeMutablePointer(to: &digest) {
            hash(input, into: UnsafeMutableBufferPointer(start: $0, count: 1), width: 1)
        }
        return digest
    }

    /// The digests of several inputs of one length, in their order. Allocates nothing.
    ///
    /// - Parameters:
    ///   - inputs: one after the other, one for each digest; for v1 each of at least 43 bytes.
    ///   - width: how many hashes take turns, 1 to ``width``. The last group may be smaller.
    package func hash(
        _ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int
    ) {
        precondition((1...self.width).contains(width), "at most \(self.width) hashes take turns")
        precondition(program == nil || preparedHeight != nil, "CryptoNight-R must be prepared for a height first")
        guard !digests.isEmpty else { return }
        let size = inputs.count / digests.count
        precondition(size * digests.count == inputs.count, "the inputs are of one length")
        precondition(size >= minimumLength, "CryptoNight v1 is not defined for fewer than 43 bytes")
        for first in stride(from: 0, to: digests.count, by: width) {
            let count = min(width, digests.count - first)
            for i in 0..<count {
                // The base address is `nil` only when all inputs are empty.
                self.inputs[i] = nj_cryptonight_input(
                    bytes: inputs.baseAddress.map { $0 + (first + i) * size }, length: size)
            }
            hash(into: UnsafeMutableBufferPointer(rebasing: digests[first..<first + count]))
        }
    }

    /// The digests of 1 to ``width`` inputs that take turns, in their order. Allocates nothing.
    ///
    /// - Parameters:
    ///   - list: inputs of any lengths; for v1 each of at least 43 bytes.
    ///   - digests: one for each input.
    package func hash(
        _ list: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableBufferPointer<Digest>
    ) {
        precondition((1...width).contains(list.count), "the hasher takes 1 to \(width) inputs")
        precondition(digests.count == list.count, "each input has its digest")
        precondition(program == nil || preparedHeight != nil, "CryptoNight-R must be prepared for a height first")
        for (i, input) in list.enumerated() {
            precondition(input.count >= minimumLength, "CryptoNight v1 is not defined for fewer than 43 bytes")
            inputs[i] = nj_cryptonight_input(bytes: input.baseAddress, length: input.count)
        }
        hash(into: digests)
    }

    /// Hashes what `inputs` holds, one input for each digest.
    private func hash(into digests: UnsafeMutableBufferPointer<Digest>) {
        precondition(MemoryLayout<Digest>.stride == 32, "digests are written as 32 bytes each")
        let bytes = UnsafeMutableRawBufferPointer(digests)
        nj_cryptonight_hash(
            &variant, implementation.cValue, inputs, digests.count,
            bytes.baseAddress?.assumingMemoryBound(to: CDigest.self))
        // The C code writes bytes; the words are little-endian.
        for i in 0..<4 * digests.count {
            let word = bytes.load(fromByteOffset: 8 * i, as: UInt64.self)
            bytes.storeBytes(of: UInt64(littleEndian: word), toByteOffset: 8 * i, as: UInt64.self)
        }
    }

    /// `uint8_t[32]`, as Swift imports it.
    private typealias CDigest = (
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8,
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8
    )
}

extension CryptoNightParameters.Base {
    /// The same loop for CHashing.
    fileprivate var cValue: nj_cryptonight_base {
        switch self {
        case .v0: NJ_CRYPTONIGHT_V0
        case .v1: NJ_CRYPTONIGHT_V1
        case .v2: NJ_CRYPTONIGHT_V2
        case .r: NJ_CRYPTONIGHT_R
        case .gpu: NJ_CRYPTONIGHT_GPU
        }
    }
}

extension CryptoNightParameters.Features {
    /// The same features for CHashing.
    fileprivate var cValue: UInt32 {
        let pairs: [(Self, Int)] = [
            (.linkedStore, NJ_CRYPTONIGHT_LINKED), (.reversedShuffle, NJ_CRYPTONIGHT_REVERSED),
            (.floatFeedback, NJ_CRYPTONIGHT_CONCEAL), (.heavy, NJ_CRYPTONIGHT_HEAVY),
            (.complementedDivisor, NJ_CRYPTONIGHT_COMPLEMENTED), (.chainedRound, NJ_CRYPTONIGHT_CHAINED),
        ]
        return pairs.reduce(0) { contains($1.0) ? $0 | UInt32($1.1) : $0 }
    }
}
