import CHashing
import NightjarCore

/// Hashes with one member of the CryptoNight family, one input or a few at once.
///
/// A hash waits for its scratchpad most of the time; several that take turns in one thread fill that time. One thread at
/// a time: it works in its own scratchpads. Specified by CryptoNote standard CNS008; the variants by their
/// parameters and, for CryptoNight-R, by ``RandomMath``.
public final class CryptoNightHasher {
    private var variant: nj_cryptonight
    private let implementation: Implementation
    /// CryptoNight-R's random program in the form that C runs; `nil` for the others. Kept at one address, because
    /// `variant` points to it.
    private let program: UnsafeMutablePointer<nj_random_math_program>?
    private var preparedHeight: UInt64?
    private let minimumLength: Int
    /// What is hashed next, in the form that C reads. Kept, so that hashing allocates nothing.
    private let inputs: UnsafeMutablePointer<nj_cryptonight_input>

    /// The most inputs that can be hashed at once.
    public static let widest = Int(NJ_CRYPTONIGHT_WIDEST)

    /// How many inputs are hashed at once, at most.
    public let width: Int

    /// - Parameters:
    ///   - scratchpads: `width` times `parameters.memory` bytes at least, 64-byte aligned, owned by the caller, outliving
    ///     the hasher. Their content does not matter and is overwritten.
    ///   - width: 1 to ``widest``.
    ///   - implementation: one of ``Implementation/available``; a programmer's error otherwise.
    public init(
        _ parameters: CryptoNightParameters, scratchpads: UnsafeMutableRawBufferPointer, width: Int = 1,
        implementation: Implementation = .best
    ) {
        precondition((1...Self.widest).contains(width), "a hasher is 1 to \(Self.widest) wide")
        guard let base = scratchpads.baseAddress, scratchpads.count >= width * parameters.memory,
            UInt(bitPattern: base) % 64 == 0
        else { preconditionFailure("the scratchpads must be \(width * parameters.memory) bytes, aligned to 64") }
        precondition(Implementation.available.contains(implementation), "this processor lacks the instructions")
        self.implementation = implementation
        self.width = width
        inputs = .allocate(capacity: width)
        inputs.initialize(repeating: nj_cryptonight_input(), count: width)
        minimumLength = parameters.minimumInputLength
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
            scratchpads: base.assumingMemoryBound(to: UInt8.self), program: program)
    }

    deinit {
        program?.deinitialize(count: 1)
        program?.deallocate()
        inputs.deallocate()
    }

    /// Makes ready for inputs of that height. CryptoNight-R must be prepared before its first hash, and needs a height;
    /// for the others this does nothing.
    public func prepare(height: UInt64?) {
        guard let program else { return }
        guard let height else { preconditionFailure("CryptoNight-R needs a height") }
        guard height != preparedHeight else { return }
        let instructions = RandomMath(height: height).instructions.map {
            nj_random_math_instruction(
                opcode: $0.opcode.rawValue, dst: UInt8($0.dst), src: UInt8($0.src), constant: $0.constant)
        }
        nj_random_math_prepare(program, instructions, instructions.count)
        preparedHeight = height
    }

    /// The digest of `input`, which for v1 is at least 43 bytes. Allocates nothing.
    public func hash(_ input: UnsafeRawBufferPointer) -> Digest {
        var digest = Digest()
        withUnsafeMutablePointer(to: &digest) { pointer in
            withUnsafePointer(to: input) {
                hash(UnsafeBufferPointer(start: $0, count: 1), into: UnsafeMutableBufferPointer(start: pointer, count: 1))
            }
        }
        return digest
    }

    /// The digests of 1 to ``width`` inputs, computed at once, in their order. Allocates nothing.
    ///
    /// - Parameters:
    ///   - list: each as for hashing one.
    ///   - digests: as long as `list`.
    public func hash(
        _ list: UnsafeBufferPointer<UnsafeRawBufferPointer>, into digests: UnsafeMutableBufferPointer<Digest>
    ) {
        precondition((1...width).contains(list.count), "the hasher takes 1 to \(width) inputs")
        precondition(digests.count == list.count, "each input has its digest")
        precondition(program == nil || preparedHeight != nil, "CryptoNight-R must be prepared for a height first")
        precondition(MemoryLayout<Digest>.stride == 32, "digests are written as 32 bytes each")
        for (i, input) in list.enumerated() {
            precondition(input.count >= minimumLength, "CryptoNight v1 is not defined for fewer than 43 bytes")
            inputs[i] = nj_cryptonight_input(bytes: input.baseAddress, length: input.count)
        }
        let bytes = UnsafeMutableRawBufferPointer(digests)
        nj_cryptonight_hash(
            &variant, implementation.cValue, inputs, list.count, bytes.baseAddress?.assumingMemoryBound(to: CDigest.self))
        // The C code writes bytes, the words are little-endian.
        for i in 0..<4 * list.count {
            let word = bytes.load(fromByteOffset: 8 * i, as: UInt64.self)
            bytes.storeBytes(of: UInt64(littleEndian: word), toByteOffset: 8 * i, as: UInt64.self)
        }
    }

    /// `uint8_t[32]`, as it is imported.
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
