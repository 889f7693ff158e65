import CHashing
import Foundation
import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RandomXPrimitiveTests {
    @Test(arguments: [("blake2b-512", 64), ("blake2b-256", 32)])
    func blake2b(name: String, length: Int) throws {
        let rows = try Vectors.primitives(name)
        #expect(rows.count == 28)
        for row in rows { #expect(Blake2b.hash(row.input.bytes, length: length) == row.hash.bytes, "\(row)") }
    }

    /// Pieces of any size give the same hash as the whole.
    @Test func blake2bInPieces() throws {
        let input = (0..<700).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let whole = Blake2b.hash(input, length: 64)
        for size in [1, 63, 64, 65, 127, 128, 129, 256, 699] {
            var hash = nj_blake2b()
            nj_blake2b_init(&hash, 64)
            for start in stride(from: 0, to: input.count, by: size) {
                let piece = Array(input[start..<min(start + size, input.count)])
                nj_blake2b_update(&hash, piece, piece.count)
            }
            var output = [UInt8](repeating: 0, count: 64)
            nj_blake2b_final(&hash, &output)
            #expect(output == whole, "pieces of \(size)")
        }
    }

    @Test(arguments: Argon2d.Code.allCases.filter(\.isAvailable))
    func argon2d(code: Argon2d.Code) throws {
        let rows = try Vectors.argon2dFills()
        #expect(rows.count == 6)
        for row in rows {
            let argon = Argon2d(
                password: row.key.bytes, salt: row.salt.bytes, blocks: row.memory_kib, passes: row.passes,
                argonLanes: row.lanes)
            let memory = Memory(argon.blocks * 1024)
            func block(_ index: Int) -> [UInt8] { Array(memory.bytes[index * 1024..<index * 1024 + 64]) }
            #expect(argon.prehash == row.h0.bytes)
            argon.start(memory.pointer)
            #expect(block(0) == row.initial_block0_first64.bytes)
            #expect(block(1) == row.initial_block1_first64.bytes)
            argon.fill(memory.pointer, with: code)
            #expect(block(0) == row.filled_block0_first64.bytes)
            #expect(block(1) == row.filled_block1_first64.bytes)
            #expect(block(argon.blocks - 1) == row.filled_last_block_first64.bytes)
            #expect(Blake2b.hash(Array(memory.bytes), length: 32) == row.matrix_blake2b256.bytes)
        }
    }

    /// Several passes and lanes of sizes that no vector has, every byte.
    @Test(arguments: Argon2d.Code.allCases.filter(\.isAvailable))
    func argon2dAgainstPortable(code: Argon2d.Code) throws {
        for (blocks, passes, lanes) in [(8, 1, 1), (16, 3, 2), (256, 2, 1), (1200, 3, 3), (4096, 4, 1)] {
            let argon = Argon2d(
                password: [UInt8(passes)], salt: Array("eight or more".utf8), blocks: blocks, passes: passes,
                argonLanes: lanes)
            let expected = Memory(blocks * 1024), memory = Memory(blocks * 1024)
            argon.fill(expected.pointer, with: .portable)
            argon.fill(memory.pointer, with: code)
            #expect(memory.bytes.elementsEqual(expected.bytes), "\(blocks) KiB")
        }
    }

    @Test func reciprocals() throws {
        let rows = try RandomXStages.load().reciprocal
        #expect(rows.count == 24)
        for row in rows { #expect(reciprocal(row.divisor) == row.value.number, "1 / \(row.divisor)") }
    }

    @Test(arguments: Implementation.available)
    func aesGenerators(implementation: Implementation) throws {
        let choice = implementation == .native ? NJ_NATIVE : NJ_PORTABLE
        let rows = try RandomXStages.load().aes_generators
        #expect(rows.count == 4)
        for row in rows {
            var state = row.state.bytes
            var output = [UInt8](repeating: 0, count: 256)
            nj_rx_fill_1r(choice, &state, &output, output.count)
            #expect(output == row.generator1r_256.bytes)
            #expect(state == row.generator1r_state_after.bytes)

            var hash = [UInt8](repeating: 0, count: 64)
            nj_rx_hash_1r(choice, output, output.count, &hash)
            #expect(hash == row.hash1r_of_generator1r_256.bytes)

            // Both in one passage: the hash of what was there, and then what the generator gives.
            var memory = output
            var (next, both) = (row.state.bytes, [UInt8](repeating: 0, count: 64))
            nj_rx_hash_fill_1r(choice, &memory, memory.count, &both, &next)
            #expect(both == hash)
            #expect(memory == row.generator1r_256.bytes)
            #expect(next == row.generator1r_state_after.bytes)
            var other = [UInt8](repeating: 7, count: 256)
            nj_rx_hash_1r(choice, other, other.count, &hash)
            next = row.state.bytes
            nj_rx_hash_fill_1r(choice, &other, other.count, &both, &next)
            #expect(both == hash)
            #expect(other == row.generator1r_256.bytes)

            for (algorithm, expected) in [(Algorithm.rx0, row.generator4r_256), (.rxWow, row.generator4r_256_rx_wow)] {
                state = row.state.bytes
                nj_rx_fill_4r(choice, algorithm.randomx.generatorKeys, &state, &output, output.count)
                #expect(output == expected.bytes)
                #expect(state == output.suffix(64))
            }
        }
    }
}
