import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// A RandomX dataset with its memory. Threads that read the dataset hold this object; the memory is not written while
/// it lives.
package final class SharedRandomXDataset: Sendable {
    package let dataset: RandomXDataset
    /// The kind of its pages.
    package let pages: HugePages.Kind
    private let memory: DatasetMemory
    private let released: @Sendable () -> Void

    /// - Parameters:
    ///   - memory: holds all the dataset's items.
    ///   - released: called when the last reader has released this object.
    init(_ items: CompiledItems, in memory: DatasetMemory, released: @escaping @Sendable () -> Void) {
        dataset = RandomXDataset(items.cache.parameters, seed: items.cache.seed, memory: memory.bytes)
        pages = memory.pages.kind
        self.memory = memory
        self.released = released
    }

    deinit { released() }

    /// Computes all of a seed's items into new memory, which takes about ten seconds of every thread. Blocks the
    /// calling thread.
    ///
    /// - Parameters:
    ///   - items: the seed's compiled items, which are not needed afterwards.
    ///   - pages: the best kind of pages to try.
    ///   - threads: how many threads compute, at least 1.
    /// - Throws: ``MemoryError`` when there is not enough memory.
    package convenience init(_ items: CompiledItems, pages: HugePages.Kind, threads: Int) throws(MemoryError) {
        let memory = try DatasetMemory(size: RandomXDataset.memorySize(items.cache.parameters), pages: pages)
        _ = memory.fill(items, from: 0, threads: threads, settling: Settling())
        self.init(items, in: memory, released: {})
    }
}
