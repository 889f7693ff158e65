import CHashing
import NightjarCore

/// Hashes with one member of the CryptoNight family.
///
/// One thread at a time: it works in one scratchpad. Specified by CryptoNote standard CNS008; the variants by their
/// parameters and, for CryptoNight-R, by ``RandomMath``.
public final class CryptoNightHasher {
    private var variant: nj_cryptonight
    private let implementation: Implementation
    /// CryptoNight-R's random program in the form that C runs; `nil` for the others. Kept at one address, because
    /// `variant` points to it.
    private let program: UnsafeMutablePointer<nj_random_math_program>?
    private var preparedHeight: UInt64?
    private let minimumLength: Int

    /// - Parameters:
    ///   - scratchpad: at least `parameters.memory` bytes, 64-byte aligned, owned by the caller, outliving the hasher.
    ///     Its content does not matter and is overwritten.
    ///   - implementation: one of ``Implementation/available``; a programmer's error otherwise.
    public init(
        _ parameters: CryptoNightParameters, scratchpad: UnsafeMutableRawBufferPointer,
        implementation: Implementation = .best
    ) {
        guard let base = scratchpad.baseAddress, scratchpad.count >= parameters.memory,
            UInt(bitPattern: base) % 64 == 0
        else { preconditionFailure("the scratchpad must be \(parameters.memory) bytes, aligned to 64") }
        precondition(Implementation.available.contains(implementation), "this processor lacks the instructions")
        self.implementation = implementation
        minimumLength = parameters.minimumInputLength
        if parameters.base == .r {
            let program = UnsafeMutablePointer<nj_random_math_program>.allocate(capacity: 1)
            program.initialize(to: nj_random_math_program())
            self.program = program
        } else {
            program = nil
        }
        variant = nj_cryptonight(
            base: parameters.base.cValue, mask: parameters.mask, iterations: UInt64(parameters.iterations),
            memory: parameters.memory, scratchpad: base.assumingMemoryBound(to: UInt8.self), program: program)
    }

    deinit {
        program?.deinitialize(count: 1)
        program?.deallocate()
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
        precondition(input.count >= minimumLength, "CryptoNight v1 is not defined for fewer than 43 bytes")
        precondition(program == nil || preparedHeight != nil, "CryptoNight-R must be prepared for a height first")
        var digest = Digest()
        withUnsafeMutableBytes(of: &digest.words) { words in
            nj_cryptonight_hash(
                &variant, implementation.cValue, input.baseAddress, input.count,
                words.baseAddress?.assumingMemoryBound(to: UInt8.self))
            // The C code writes bytes, the words are little-endian.
            let lanes = words.bindMemory(to: UInt64.self)
            for i in 0..<4 { lanes[i] = UInt64(littleEndian: lanes[i]) }
        }
        return digest
    }
}

extension CryptoNightParameters.Base {
    /// The same loop for CHashing.
    fileprivate var cValue: nj_cryptonight_base {
        switch self {
        case .v0: NJ_CRYPTONIGHT_V0
        case .v1: NJ_CRYPTONIGHT_V1
        case .v2: NJ_CRYPTONIGHT_V2
        case .r: NJ_CRYPTONIGHT_R
        }
    }
}
