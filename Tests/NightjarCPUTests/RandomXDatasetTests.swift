import Glibc
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarPlatform
import TestSupport
import Testing

/// Datasets in memory, of variants whose caches and datasets are made small.
@Suite(.timeLimit(.minutes(15))) struct RandomXDatasetTests {
    private static let variants = Catalog.all.filter { $0.randomX != nil }

    @Test(arguments: variants, [1, 3])
    func fullModeGivesTheHashesOfLightMode(_ variant: Algorithm, threads: Int) throws {
        let parameters = try #require(variant.randomX).small(iterations: 64, cacheKiB: 256)
        let memory = AlignedMemory(RandomXCache.memorySize(parameters))
        let cache = RandomXCache(parameters, seed: [1, 2, 3], memory: memory.bytes)
        let items = try CompiledItems(cache)
        let shared = try SharedRandomXDataset(items, pages: .plain, threads: threads)
        #expect(shared.pages == .plain)
        #expect(shared.dataset.seed == cache.seed)

        // Every item, so that no thread left one out.
        let words = UnsafeRawBufferPointer(start: shared.dataset.memory, count: RandomXDataset.memorySize(parameters))
            .bindMemory(to: UInt64.self)
        let count = UInt64(RandomXDataset.memorySize(parameters) / 64)
        #expect(Array(words) == cache.items(Array(0..<count)))

        let scratchpad = AlignedMemory(parameters.scratchpadL3)
        let interpreter = RandomXHasher(parameters, scratchpad: scratchpad.bytes)
        interpreter.use(cache)
        let compiled = try RandomXCompiledHasher(parameters, scratchpads: scratchpad.bytes)
        for input in [[], [1], [UInt8](repeating: 7, count: 200)] as [[UInt8]] {
            let expected = input.withUnsafeBytes { interpreter.hash($0) }
            compiled.use(items)
            #expect(input.withUnsafeBytes { compiled.hash($0) } == expected)
            compiled.use(shared.dataset)
            #expect(input.withUnsafeBytes { compiled.hash($0) } == expected)
        }
    }

    @Test(arguments: [0, 1, 2])
    func aDatasetIsFilledByTheThreadsThatThereAre(granted: Int) throws {
        let parameters = try #require(Algorithm.rx0.randomX).small(iterations: 64, cacheKiB: 256)
        let memory = AlignedMemory(RandomXCache.memorySize(parameters))
        let cache = RandomXCache(parameters, seed: [1, 2, 3], memory: memory.bytes)
        let items = try CompiledItems(cache)
        let left = Monitor(granted)
        let shared = try withRefusedThreads({ _ in
            left.withLock { left in
                left -= 1
                return left < 0 ? EAGAIN : 0
            }
        }) { try SharedRandomXDataset(items, pages: .plain, threads: 3) }
        #expect(left.withLock { $0 } == granted - 3)
        let words = UnsafeRawBufferPointer(start: shared.dataset.memory, count: RandomXDataset.memorySize(parameters))
            .bindMemory(to: UInt64.self)
        #expect(Array(words) == cache.items(Array(0..<UInt64(RandomXDataset.memorySize(parameters) / 64))))
    }
}
