import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarPlatform
import TestSupport
import Testing

/// rx/0 against the reference implementation, on random inputs: where the known answers leave off.
@Suite(.timeLimit(.minutes(15))) struct LibRandomXTests {
    private static let inputs = 300
    /// Every so many inputs is hashed by the interpreter, too, which takes some ten times as long.
    private static let interpreted = 20

    /// A key with the inputs that are hashed under it.
    private struct Row {
        let seed: [UInt8]
        let inputs: [[UInt8]]
    }

    /// Keys of unlike lengths, the longest and none included; inputs of 0 to 200 bytes, the shortest and the longest
    /// for each key.
    private static let rows: [Row] = {
        var random = SeededGenerator(seed: 0x6C69_6272_616E_646F)
        let lengths = [32, 60, 0, 1, 31]
        return lengths.map { length in
            Row(
                seed: random.bytes(length),
                inputs: (0..<inputs / lengths.count).map {
                    random.bytes($0 == 0 ? 0 : $0 == 1 ? 200 : Int.random(in: 1...200, using: &random))
                })
        }
    }()

    @Test func theHashesAreTheReferences() throws {
        let lengths = Set(Self.rows.flatMap { $0.inputs.map(\.count) })
        #expect(Self.rows.reduce(0) { $0 + $1.inputs.count } == Self.inputs)
        #expect(lengths.contains(0) && lengths.contains(200))

        // The reference has a thread of its own beside the one under test: half the time.
        let expected = Monitor<[[[UInt8]]]>([])
        let reference = try PinnedThread(name: "librandomx") {
            do {
                let library = try LibRandomX(seed: Self.rows[0].seed)
                for row in Self.rows {
                    library.use(seed: row.seed)
                    let hashes = row.inputs.map(library.hash)
                    expected.withLock { $0.append(hashes) }
                }
            } catch { Issue.record(error) }
        }
        let found = try ours()
        reference.join()

        let hashes = expected.withLock { $0 }
        try #require(hashes.count == Self.rows.count)
        for (row, (hashes, found)) in zip(Self.rows, zip(hashes, found)) {
            for (index, input) in row.inputs.enumerated() {
                #expect(
                    found.compiled[index] == hashes[index], "key \(Hex.encode(row.seed)), input \(Hex.encode(input))")
                guard let interpreted = found.interpreted[index] else { continue }
                #expect(interpreted == hashes[index], "key \(Hex.encode(row.seed)), input \(Hex.encode(input))")
            }
        }
        #expect(found.reduce(0) { $0 + $1.interpreted.count } == Self.inputs / Self.interpreted)
        // Hashes that are all alike would prove nothing.
        #expect(Set(hashes.joined()).count == Self.inputs)
    }

    /// For each row the compiled hashes, and the interpreted ones by their input's number.
    private func ours() throws -> [(compiled: [[UInt8]], interpreted: [Int: [UInt8]])] {
        let parameters = try #require(Algorithm.rx0.randomX)
        let memory = AlignedMemory(RandomXCache.memorySize(parameters))
        let scratchpad = AlignedMemory(parameters.scratchpadL3)
        let compiled = try RandomXCompiledHasher(parameters, scratchpads: scratchpad.bytes)
        let interpreter = RandomXHasher(parameters, scratchpad: scratchpad.bytes)
        return try Self.rows.map { row in
            let cache = RandomXCache(parameters, seed: row.seed, memory: memory.bytes)
            compiled.use(try CompiledItems(cache))
            interpreter.use(cache)
            var interpreted: [Int: [UInt8]] = [:]
            for index in stride(from: 0, to: row.inputs.count, by: Self.interpreted) {
                interpreted[index] = row.inputs[index].withUnsafeBytes { interpreter.hash($0).bytes }
            }
            return (row.inputs.map { $0.withUnsafeBytes { compiled.hash($0).bytes } }, interpreted)
        }
    }
}
