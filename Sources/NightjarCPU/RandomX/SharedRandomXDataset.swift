import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// A RandomX dataset and the memory that it lies in. Threads that read it hold it: nobody writes there meanwhile.
package final class SharedRandomXDataset: Sendable {
    package let dataset: RandomXDataset
    /// What pages it lies on.
    package let pages: HugePages.Kind
    private let memory: DatasetMemory
    private let released: @Sendable () -> Void

    /// - Parameters:
    ///   - memory: holds all of the items' dataset.
    ///   - released: called when nobody reads it any more.
    init(_ items: CompiledItems, in memory: DatasetMemory, released: @escaping @Sendable () -> Void) {
        dataset = RandomXDataset(items.cache.parameters, seed: items.cache.seed, memory: memory.bytes)
        pages = memory.pages.kind
        self.memory = memory
        self.released = released
    }

    deinit { released() }

    /// Computes all of a key's items into memory of its own, which takes some ten seconds of every thread. Blocks the
    /// calling thread.
    ///
    /// - Parameters:
    ///   - items: the key's compiled items, which are not needed afterwards.
    ///   - pages: the best kind of memory to try for.
    ///   - threads: how many threads compute, at least 1.
    /// - Throws: ``MemoryError`` when there is not enough memory.
    package convenience init(_ items: CompiledItems, pages: HugePages.Kind, threads: Int) throws(MemoryError) {
        let memory = try DatasetMemory(size: RandomXDataset.memorySize(items.cache.parameters), pages: pages)
        _ = memory.fill(items, from: 0, threads: threads, settling: Settling())
        self.init(items, in: memory, released: {})
    }
}
