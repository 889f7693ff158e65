import CHashing
import NightjarCore

/// What a RandomX key expands to (`doc/specs.md` 7.1 and 7.2): 256 MiB of Argon2d memory for most variants, and the
/// programs of SuperscalarHash. Every dataset item can be computed from it.
///
/// Filled by `init` and never changed afterwards, so that any number of threads may read it: hence
/// `@unchecked Sendable`.
public final class RandomXCache: @unchecked Sendable {
    public let parameters: RandomXParameters
    /// The RandomX key.
    public let seed: [UInt8]
    /// The programs of SuperscalarHash, in the order in which they run.
    package let programs: [SuperscalarProgram]
    private let memory: UnsafeMutableRawBufferPointer
    private let operations: UnsafeMutableBufferPointer<nj_rx_superscalar_op>
    private let cPrograms: UnsafeMutableBufferPointer<nj_rx_superscalar>
    /// The same in C's words; lives as long as the cache.
    let pointer: UnsafeMutablePointer<nj_rx_cache>

    /// Bytes of memory that a cache needs.
    public static func memorySize(_ parameters: RandomXParameters) -> Int { parameters.cacheSize }

    /// Fills the cache, which takes a second or so.
    ///
    /// - Parameters:
    ///   - seed: the RandomX key, 0 to 60 bytes.
    ///   - memory: ``memorySize(_:)`` bytes, 64-byte aligned, owned by the caller, outliving the cache.
    public init(_ parameters: RandomXParameters, seed: [UInt8], memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= parameters.cacheSize, "a RandomX cache needs all of its memory")
        // Lines are chosen with a mask.
        precondition(parameters.cacheSize.nonzeroBitCount == 1)
        guard let base = memory.baseAddress else { preconditionFailure("a RandomX cache needs memory") }
        precondition(UInt(bitPattern: base) & 63 == 0, "a RandomX cache must be 64-byte aligned")
        self.parameters = parameters
        self.seed = seed
        self.memory = memory

        Argon2d(parameters, password: seed).fill(base)
        var random = BlakeGenerator(seed: seed)
        programs = (0..<parameters.cacheAccesses).map { _ in
            SuperscalarGenerator.program(parameters, random: &random)
        }

        operations = .allocate(capacity: programs.reduce(0) { $0 + $1.instructions.count })
        cPrograms = .allocate(capacity: programs.count)
        var next = 0
        for (index, program) in programs.enumerated() {
            cPrograms.initializeElement(
                at: index,
                to: nj_rx_superscalar(
                    ops: operations.baseAddress.map { UnsafePointer($0 + next) },
                    count: UInt32(program.instructions.count), address_register: UInt32(program.addressRegister)))
            for instruction in program.instructions {
                operations.initializeElement(at: next, to: nj_rx_superscalar_op(instruction))
                next += 1
            }
        }
        pointer = .allocate(capacity: 1)
        pointer.initialize(
            to: nj_rx_cache(
                memory: base.assumingMemoryBound(to: UInt8.self), line_mask: UInt64(parameters.cacheSize / 64 - 1),
                programs: cPrograms.baseAddress, program_count: UInt32(programs.count)))
    }

    deinit {
        pointer.deallocate()
        cPrograms.deallocate()
        operations.deallocate()
    }

    /// The 64-bit word of the Argon2 memory at a word index.
    package func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: memory.load(fromByteOffset: 8 * index, as: UInt64.self))
    }

    /// Dataset item `number`: eight words (7.3).
    package func item(_ number: UInt64) -> [UInt64] {
        var item = [UInt64](repeating: 0, count: 8)
        nj_rx_dataset_item(pointer, number, &item)
        return item
    }
}

/// Argon2d's memory fill as RandomX uses it (7.1).
package struct Argon2d {
    package let password: [UInt8]
    package let salt: [UInt8]
    /// KiB of memory.
    package let blocks: Int
    package let passes: Int
    package let argonLanes: Int

    package init(password: [UInt8], salt: [UInt8], blocks: Int, passes: Int, argonLanes: Int) {
        precondition(argonLanes > 0 && passes > 0 && blocks >= 8 * argonLanes && blocks % (4 * argonLanes) == 0)
        self.password = password
        self.salt = salt
        self.blocks = blocks
        self.passes = passes
        self.argonLanes = argonLanes
    }

    package init(_ parameters: RandomXParameters, password: [UInt8]) {
        self.init(
            password: password, salt: parameters.argonSalt, blocks: parameters.cacheKiB,
            passes: parameters.argonIterations, argonLanes: parameters.argonLanes)
    }

    /// The 64-byte prehash H0.
    package var prehash: [UInt8] {
        var prehash = [UInt8](repeating: 0, count: 64)
        withC { nj_argon2d_prehash($0, &prehash) }
        return prehash
    }

    /// Writes the first two blocks of each of Argon2's lanes into `memory`, `blocks` KiB.
    package func start(_ memory: UnsafeMutableRawPointer) {
        withC { nj_argon2d_start($0, prehash, memory) }
    }

    /// Fills `memory`, `blocks` KiB, 64-byte aligned.
    package func fill(_ memory: UnsafeMutableRawPointer) {
        withC { nj_argon2d_fill($0, memory) }
    }

    private func withC<Result>(_ body: (UnsafePointer<nj_argon2d>) -> Result) -> Result {
        password.withUnsafeBufferPointer { password in
            salt.withUnsafeBufferPointer { salt in
                var parameters = nj_argon2d(
                    password: password.baseAddress, password_length: password.count, salt: salt.baseAddress,
                    salt_length: salt.count, blocks: UInt32(blocks), passes: UInt32(passes), lanes: UInt32(argonLanes))
                return body(&parameters)
            }
        }
    }
}

extension nj_rx_superscalar_op {
    /// The instruction with its constant worked out.
    init(_ instruction: SuperscalarInstruction) {
        let extended = UInt64(bitPattern: Int64(Int32(bitPattern: instruction.imm32)))
        let (opcode, immediate): (nj_rx_superscalar_opcode, UInt64) =
            switch instruction.opcode {
            case .isubR: (NJ_RX_SS_SUB, 0)
            case .ixorR: (NJ_RX_SS_XOR, 0)
            case .iaddRS: (NJ_RX_SS_ADD_SHIFT, UInt64(instruction.shift))
            case .imulR: (NJ_RX_SS_MUL, 0)
            case .irorC: (NJ_RX_SS_ROR_C, UInt64(instruction.imm32))
            case .iaddC7, .iaddC8, .iaddC9: (NJ_RX_SS_ADD_C, extended)
            case .ixorC7, .ixorC8, .ixorC9: (NJ_RX_SS_XOR_C, extended)
            case .imulhR: (NJ_RX_SS_MULH, 0)
            case .ismulhR: (NJ_RX_SS_SMULH, 0)
            case .imulRcp: (NJ_RX_SS_MUL_C, reciprocal(instruction.imm32))
            }
        self.init(opcode: opcode, dst: instruction.dst, src: instruction.src, immediate: immediate)
    }
}
