import Foundation
import NightjarAlgorithms
import NightjarCore
import TestSupport

/// `randomx-stages.json`, as far as the tests here go.
struct RandomXStages: Decodable {
    let reciprocal: [Reciprocal]
    let aes_generators: [Generators]
    let double_arithmetic: [DoubleArithmetic]
    let integer_instructions: [IntegerInstruction]
    let key_stages: [KeyStages]
    let hash_stages: [HashStages]

    struct Reciprocal: Decodable {
        let divisor: UInt32
        let value: HexBytes
    }

    struct Generators: Decodable {
        let state: HexBytes
        let generator1r_256: HexBytes
        let generator1r_state_after: HexBytes
        let hash1r_of_generator1r_256: HexBytes
        let generator4r_256: HexBytes
        let generator4r_256_rx_wow: HexBytes
    }

    struct DoubleArithmetic: Decodable {
        let op: String
        let a: HexBytes
        let b: HexBytes?
        let nearest: HexBytes
        let down: HexBytes
        let up: HexBytes
        let zero: HexBytes
    }

    struct IntegerInstruction: Decodable {
        let op: String
        let dst: HexBytes
        let src: HexBytes?
        let result: HexBytes
    }

    struct KeyStages: Decodable {
        let algorithm: String
        let seed: HexBytes
        let cache: [String: HexBytes]
        let superscalar: [Superscalar]
        let dataset: [String: HexBytes]
    }

    struct Superscalar: Decodable {
        let size: Int
        let address_register: Int
        let instructions_blake2b256: HexBytes
        let first_instruction: HexBytes
    }

    struct HashStages: Decodable {
        let algorithm: String
        let seed: HexBytes
        let input: HexBytes
        let blake2b512_of_input: HexBytes
        let scratchpad_first_64: HexBytes
        let scratchpad_last_64: HexBytes
        let scratchpad_blake2b256: HexBytes
        let generator_state_after_fill: HexBytes
        let programs: [Program]
        let aes_hash1r_of_final_scratchpad: HexBytes
        let hash: HexBytes
    }

    /// All but the first two fields stand with program 0 only.
    struct Program: Decodable {
        let seed: HexBytes
        let blake2b512_of_registers: HexBytes
        let configuration_128: HexBytes?
        let first_8_instructions: HexBytes?
        let buffer_blake2b256: HexBytes?
        let r: HexBytes?
        let f: HexBytes?
        let e: HexBytes?
        let a: HexBytes?
        let scratchpad_after_blake2b256: HexBytes?
    }

    static func load() throws -> RandomXStages {
        try JSONDecoder().decode(RandomXStages.self, from: Vectors.data("randomx-stages"))
    }
}

extension HexBytes {
    /// The number that the digits spell, most significant first.
    var number: UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}

/// Aligned memory for one test.
final class Memory {
    let pointer: UnsafeMutableRawPointer
    let bytes: UnsafeMutableRawBufferPointer

    init(_ size: Int) {
        pointer = .allocate(byteCount: size, alignment: 64)
        bytes = UnsafeMutableRawBufferPointer(start: pointer, count: size)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { pointer.deallocate() }
}

extension Algorithm {
    /// The parameters of a member of RandomX.
    var randomx: RandomXParameters {
        guard let parameters = parameters as? RandomXParameters else { fatalError("not RandomX") }
        return parameters
    }
}
