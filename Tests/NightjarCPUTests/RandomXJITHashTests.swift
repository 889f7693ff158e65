import CHashing
import Foundation
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import TestSupport
import Testing

/// Compiled code on real keys: dataset items and whole hashes in light mode. One after the other, and key by key: a
/// cache is large.
@Suite(.serialized, .timeLimit(.minutes(15))) struct RandomXJITHashTests {
    private static let keys: [(algorithm: Algorithm, parameters: RandomXParameters, seed: [UInt8])] =
        Catalog.all.flatMap { algorithm -> [(Algorithm, RandomXParameters, [UInt8])] in
            guard let parameters = algorithm.randomX else { return [] }
            let seeds = (try? Vectors.hashes(algorithm.name).compactMap { $0.seed?.bytes }) ?? []
            let sorted = Set(seeds).sorted { $0.lexicographicallyPrecedes($1) }
            // What keys change, they change alike for all members of the family: one key is enough for each other.
            return sorted.prefix(algorithm == .rx0 ? 4 : 1).map { (algorithm, parameters, $0) }
        }

    @Test func everyVariantHasKeys() {
        let variants = Catalog.all.filter { $0.randomX != nil }
        #expect(!variants.isEmpty)
        #expect(Set(Self.keys.map(\.algorithm)) == Set(variants))
    }

    @Test(arguments: keys.indices)
    func key(index: Int) throws {
        let (algorithm, parameters, seed) = Self.keys[index]
        let memory = AlignedMemory(RandomXCache.memorySize(parameters))
        let cache = RandomXCache(parameters, seed: seed, memory: memory.bytes)
        let items = try CompiledItems(cache)
        for method in CompiledItems.Method.allCases.filter(\.isAvailable) {
            try checkItems(algorithm, CompiledItems(cache, method))
        }
        let scratchpad = AlignedMemory(parameters.scratchpadL3)
        let hasher = try RandomXCompiledHasher(parameters, scratchpads: scratchpad.bytes)
        hasher.use(items)
        let rows = try Vectors.hashes(algorithm.name).filter { $0.seed?.bytes == seed }
        #expect(!rows.isEmpty)
        for row in rows {
            let hash = row.input.bytes.withUnsafeBytes { hasher.hash($0) }
            #expect(hash.bytes == row.hash.bytes, "\(row)")
        }
        if let row = rows.first { checkRoundingMode(row, hasher) }
    }

    private func checkItems(_ algorithm: Algorithm, _ items: CompiledItems) throws {
        struct File: Decodable { let key_stages: [Key] }
        struct Key: Decodable {
            let algorithm: String
            let seed: HexBytes
            let dataset: [String: HexBytes]
        }
        let file = try JSONDecoder().decode(File.self, from: Vectors.data("randomx-stages"))
        for row in file.key_stages where row.algorithm == algorithm.name && row.seed.bytes == items.cache.seed {
            #expect(!row.dataset.isEmpty)
            for (number, item) in row.dataset {
                let number = try #require(UInt64(number))
                #expect(write(items, number..<number + 1) == item.bytes, "item \(number)")
            }
        }
        // Ranges of every remainder of a batch, of more batches than are computed together, and the last items, against
        // the interpreter.
        let last = items.cache.parameters.datasetItems
        var ranges: [Range<UInt64>] = [0..<64, 1_000_001..<1_000_360, last - 149..<last, last - 3..<last]
        for count in 0..<13 as Range<UInt64> { ranges.append(7 * count..<8 * count) }
        for range in ranges {
            let expected = items.cache.items(Array(range)).flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
            }
            #expect(write(items, range) == expected)
        }
    }

    private func write(_ items: CompiledItems, _ range: Range<UInt64>) -> [UInt8] {
        let output = AlignedMemory(max(64, 64 * range.count))
        items.write(range, to: output.bytes.baseAddress!)
        return Array(output.bytes.prefix(64 * range.count))
    }

    /// A whole hash under the caller's odd rounding modes: the same hash, and the mode is still there.
    private func checkRoundingMode(_ row: Vectors.Hash, _ hasher: RandomXCompiledHasher) {
        let caller = fegetround()
        for mode in [FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO] as [Int32] {
            fesetround(mode)
            let hash = row.input.bytes.withUnsafeBytes { hasher.hash($0) }
            let left = fegetround()
            let sum = Self.sum(1, 0x1p-60)
            fesetround(caller)
            #expect(hash.bytes == row.hash.bytes)
            #expect(left == mode)
            #expect(sum == (mode == (FE_UPWARD as Int32) ? 1.0.nextUp : 1.0))
        }
    }

    @inline(never) @_optimize(none)
    private static func sum(_ a: Double, _ b: Double) -> Double { a + b }
}
