import NightjarAlgorithms
import NightjarCore
import Synchronization

/// A RandomX dataset with the memory that it lies in. Threads that read it hold it.
package final class SharedRandomXDataset: Sendable {
    package let dataset: RandomXDataset
    /// What pages it lies on.
    package let pages: HugePages.Kind
    private let memory: Held

    /// The memory is written before anyone else sees it, and only read after: hence `@unchecked`.
    private struct Held: @unchecked Sendable { let pages: HugePages }

    /// Items that a thread takes at a time: 1 MiB, milliseconds of work.
    private static let batch: UInt64 = 1 << 14

    /// Computes all of a key's items, which takes some ten seconds of every thread. Blocks the calling thread.
    ///
    /// - Parameters:
    ///   - items: the key's compiled items, which are not needed afterwards.
    ///   - pages: the best kind of memory to try for.
    ///   - threads: how many threads compute, at least 1.
    /// - Throws: ``MemoryError`` when there is not enough memory.
    package init(_ items: CompiledItems, pages: HugePages.Kind, threads: Int) throws(MemoryError) {
        precondition(threads >= 1)
        let parameters = items.cache.parameters
        let memory = try HugePages(
            size: RandomXDataset.memorySize(parameters), best: pages, purpose: "a RandomX dataset")
        let dataset = RandomXDataset(parameters, seed: items.cache.seed, memory: memory.bytes)
        let total = parameters.datasetItems
        let next = Next()
        let workers = (0..<threads).map { _ in
            PinnedThread(name: "nj-dataset") {
                while true {
                    let first = next.number.wrappingAdd(Self.batch, ordering: .relaxed).oldValue
                    if first >= total { return }
                    items.write(first..<min(first + Self.batch, total), to: dataset.memory + Int(first) * 64)
                }
            }
        }
        for worker in workers { worker.join() }
        self.memory = Held(pages: memory)
        self.pages = memory.kind
        self.dataset = dataset
    }

    /// The number of the first item that no thread has taken.
    private final class Next: Sendable { let number = Atomic<UInt64>(0) }
}
