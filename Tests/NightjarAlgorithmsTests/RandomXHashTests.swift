import Foundation
import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// The cache and the hash, stage by stage and whole. One after the other, and key by key: a cache is 256 MiB.
@Suite(.serialized, .timeLimit(.minutes(15))) struct RandomXHashTests {
    private static let algorithms = Catalog.all.filter {
        $0.parameters is RandomXParameters
    }

    /// A key, and the variant whose cache is made of it.
    struct Key: Sendable, Hashable, CustomTestStringConvertible {
        let algorithm: Algorithm
        let seed: [UInt8]

        var testDescription: String { "\(algorithm), \(Hex.encode(seed.prefix(4)))…" }
    }

    /// The keys that any of the vectors has. v2 has the cache of v1, so that v1's rows are its own too.
    private static func keys() throws -> [Key] {
        let stages = try RandomXStages.load().key_stages
        return try algorithms.flatMap { algorithm in
            let seeds =
                try Vectors.hashes(algorithm.name).compactMap(\.seed?.bytes)
                + stages.filter { $0.algorithm == algorithm.name }.map(\.seed.bytes)
                + Published.rows.filter { $0.algorithm == algorithm }.map { Array($0.seed.utf8) }
            return Set(seeds).sorted { $0.lexicographicallyPrecedes($1) }.map { Key(algorithm: algorithm, seed: $0) }
        }
    }

    private static func keyRows(_ key: Key) throws -> [RandomXStages.KeyStages] {
        try RandomXStages.load().key_stages.filter {
            $0.seed.bytes == key.seed
                && ($0.algorithm == key.algorithm.name || $0.algorithm == "rx/0" && key.algorithm == .rx2)
        }
    }

    /// What tevador/RandomX publishes: the hashes in `src/tests/tests.cpp`.
    private struct Published {
        let algorithm: Algorithm
        let seed = "test key 000"
        let input = "This is a test"
        let hash: String
        let commitment: String?

        static let rows = [
            Published(
                algorithm: .rx0, hash: "639183aae1bf4c9a35884cb46b09cad9175f04efd7684e7262a0ac1c2f0b4e3f",
                commitment: nil),
            Published(
                algorithm: .rx2, hash: "22ec6b861b3eb23686b2efbad69513c967ecfce80983df66c9c5b4fbfb4cdb6f",
                commitment: "133be717399046b03ae82ce8ddd9d1ee4d3ea7fca03a50dec09b6848cbb98e18"),
        ]
    }

    @Test func allRowsAreThere() throws {
        let stages = try RandomXStages.load()
        #expect(Self.algorithms.count == 7)
        for algorithm in Self.algorithms {
            #expect(try Vectors.hashes(algorithm.name).count == 9)
            #expect(stages.hash_stages.filter { $0.algorithm == algorithm.name }.count == 9)
        }
        let keys = try Self.keys()
        #expect(keys.count == 28)
        #expect(try keys.filter { $0.algorithm != .rx2 }.reduce(0) { try $0 + Self.keyRows($1).count } == 19)
        #expect(stages.key_stages.count == 19)
    }

    @Test(arguments: try keys())
    func key(_ key: Key) throws {
        let parameters = key.algorithm.randomx
        let memory = Memory(RandomXCache.memorySize(parameters))
        let cache = RandomXCache(parameters, seed: key.seed, memory: memory.bytes)
        for row in try Self.keyRows(key) { try checkKey(row, cache) }
        // Each row by stages and as a whole, in turn by one implementation and the other.
        let implementations = Implementation.available
        let stages = try RandomXStages.load().hash_stages.filter {
            $0.algorithm == key.algorithm.name && $0.seed.bytes == key.seed
        }
        for (index, row) in stages.enumerated() {
            checkStages(row, cache, implementations[index % implementations.count])
        }

        let scratchpad = Memory(parameters.scratchpadL3)
        let hashers = implementations.map {
            RandomXHasher(parameters, scratchpad: scratchpad.bytes, implementation: $0)
        }
        for hasher in hashers { hasher.use(cache) }
        func check(_ index: Int, _ input: [UInt8], _ hash: String, _ commitment: String?) {
            let hasher = hashers[(index + 1) % hashers.count]
            let proof = input.withUnsafeBytes { key.algorithm.proof(hasher.hash($0), of: $0) }
            #expect(proof.digest.description == hash)
            #expect(proof.commitment?.description == commitment)
            #expect(proof.compared.description == commitment ?? hash)
        }
        let rows = try Vectors.hashes(key.algorithm.name).filter { $0.seed?.bytes == key.seed }
        for (index, row) in rows.enumerated() {
            check(index, row.input.bytes, row.hash.description, row.commitment?.description)
        }
        for row in Published.rows where row.algorithm == key.algorithm && Array(row.seed.utf8) == key.seed {
            check(0, Array(row.input.utf8), row.hash, row.commitment)
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
