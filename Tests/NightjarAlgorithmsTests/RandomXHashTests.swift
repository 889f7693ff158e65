import Foundation
import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// The cache and the hash, stage by stage and whole. One after the other, and key by key: a cache is 256 MiB.
@Suite(.serialized) struct RandomXHashTests {
    private static let algorithm = Algorithm.rx0

    private static func keys() throws -> [RandomXStages.KeyStages] {
        try RandomXStages.load().key_stages.filter { $0.algorithm == algorithm.name }
    }

    @Test func allKeysAreThere() throws {
        let seeds = Set(try Self.keys().map(\.seed.bytes))
        #expect(seeds.count == 4)
        #expect(try Vectors.hashes(Self.algorithm.name).allSatisfy { seeds.contains($0.seed?.bytes ?? []) })
    }

    @Test(arguments: try keys().map(\.seed.bytes))
    func key(seed: [UInt8]) throws {
        let parameters = Self.algorithm.randomx
        let memory = Memory(RandomXCache.memorySize(parameters))
        let cache = RandomXCache(parameters, seed: seed, memory: memory.bytes)
        for row in try Self.keys() where row.seed.bytes == seed { try checkKey(row, cache) }
        for row in try RandomXStages.load().hash_stages
        where row.algorithm == Self.algorithm.name && row.seed.bytes == seed {
            for implementation in Implementation.available { checkStages(row, cache, implementation) }
        }
        let rows = try Vectors.hashes(Self.algorithm.name).filter { $0.seed?.bytes == seed }
        let scratchpad = Memory(parameters.scratchpadL3)
        for implementation in Implementation.available {
            let hasher = RandomXHasher(parameters, scratchpad: scratchpad.bytes, implementation: implementation)
            hasher.use(cache)
            for row in rows {
                let hash = row.input.bytes.withUnsafeBytes { hasher.hash($0) }
                #expect(hash.bytes == row.hash.bytes, "\(row), \(implementation)")
            }
        }
        if let row = rows.first { checkRoundingMode(row, cache) }
    }

    private func checkKey(_ row: RandomXStages.KeyStages, _ cache: RandomXCache) throws {
        for (index, word) in row.cache {
            #expect(cache.word(try #require(Int(index))) == word.number, "cache word \(index)")
        }
        #expect(cache.programs.count == row.superscalar.count)
        for (program, expected) in zip(cache.programs, row.superscalar) {
            #expect(program.instructions.count == expected.size)
            #expect(program.addressRegister == expected.address_register)
            let records = program.instructions.map(\.record)
            #expect(records.first == expected.first_instruction.bytes)
            #expect(Blake2b.hash(records.flatMap(\.self), length: 32) == expected.instructions_blake2b256.bytes)
        }
        // One by one, and in runs of every length up to all: pairs and the odd one out.
        let items = try row.dataset.map { (number: try #require(UInt64($0.key)), bytes: $0.value.bytes) }
        for item in items {
            #expect(cache.items([item.number]).flatMap(\.littleEndianBytes) == item.bytes, "item \(item.number)")
        }
        for count in 0...items.count {
            let run = items.prefix(count)
            #expect(cache.items(run.map(\.number)).flatMap(\.littleEndianBytes) == run.flatMap(\.bytes))
        }
    }

    private func checkStages(
        _ row: RandomXStages.HashStages, _ cache: RandomXCache, _ implementation: Implementation
    ) {
        let parameters = cache.parameters
        let scratchpad = Memory(parameters.scratchpadL3)
        let hasher = RandomXHasher(parameters, scratchpad: scratchpad.bytes, implementation: implementation)
        hasher.use(cache)
        func scratchpadHash() -> [UInt8] { Blake2b.hash(Array(scratchpad.bytes), length: 32) }

        #expect(Blake2b.hash(row.input.bytes, length: 64) == row.blake2b512_of_input.bytes)
        row.input.bytes.withUnsafeBytes { hasher.start($0) }
        #expect(Array(scratchpad.bytes.prefix(64)) == row.scratchpad_first_64.bytes)
        #expect(Array(scratchpad.bytes.suffix(64)) == row.scratchpad_last_64.bytes)
        #expect(scratchpadHash() == row.scratchpad_blake2b256.bytes)
        #expect(hasher.generatorState == row.generator_state_after_fill.bytes)

        #expect(row.programs.count == parameters.programCount)
        for (index, program) in row.programs.enumerated() {
            #expect(hasher.generatorState == program.seed.bytes, "program \(index)")
            hasher.load()
            let buffer = hasher.programBytes
            hasher.execute()
            #expect(Blake2b.hash(hasher.registerFile, length: 64) == program.blake2b512_of_registers.bytes)
            if index == 0 {
                let registers = hasher.registerFile
                #expect(Array(buffer.prefix(128)) == program.configuration_128?.bytes)
                #expect(Array(buffer[128..<192]) == program.first_8_instructions?.bytes)
                #expect(Blake2b.hash(buffer, length: 32) == program.buffer_blake2b256?.bytes)
                #expect(Array(registers[0..<64]) == program.r?.bytes)
                #expect(Array(registers[64..<128]) == program.f?.bytes)
                #expect(Array(registers[128..<192]) == program.e?.bytes)
                #expect(Array(registers[192..<256]) == program.a?.bytes)
                #expect(scratchpadHash() == program.scratchpad_after_blake2b256?.bytes)
            }
            if index + 1 < parameters.programCount { hasher.reseed() }
        }
        let hash = hasher.finish()
        #expect(Array(hasher.registerFile[192...]) == row.aes_hash1r_of_final_scratchpad.bytes)
        #expect(hash.bytes == row.hash.bytes)
    }

    /// A whole hash under the caller's odd rounding mode: the same hash, and the mode is still there.
    private func checkRoundingMode(_ row: Vectors.Hash, _ cache: RandomXCache) {
        let scratchpad = Memory(cache.parameters.scratchpadL3)
        let hasher = RandomXHasher(cache.parameters, scratchpad: scratchpad.bytes)
        hasher.use(cache)
        let caller = fegetround()
        fesetround(FE_UPWARD)
        let hash = row.input.bytes.withUnsafeBytes { hasher.hash($0) }
        let sum = Self.sum(1, 0x1p-60)
        fesetround(caller)
        #expect(hash.bytes == row.hash.bytes)
        #expect(sum == 1.0.nextUp)
    }

    @inline(never) @_optimize(none)
    private static func sum(_ a: Double, _ b: Double) -> Double { a + b }
}

extension SuperscalarInstruction {
    /// Opcode, dst, src, mod, imm32 little-endian.
    fileprivate var record: [UInt8] {
        [opcode.rawValue, dst, src, mod] + (0..<4).map { UInt8(truncatingIfNeeded: imm32 >> UInt32(8 * $0)) }
    }
}

extension UInt64 {
    fileprivate var littleEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(8 * $0)) } }
}
