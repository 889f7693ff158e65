import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// The memory of RandomX datasets. Each seed's dataset is written over the last one, in the same pages.
///
/// Unchecked: its owner prevents reads while it is written, and the writing threads have ended before the first read.
final class DatasetMemory: @unchecked Sendable {
    let pages: HugePages
    /// The items that a thread computes at a time: 1 MiB, a few milliseconds of work. A fill can stop after each.
    private static let batch: UInt64 = 1 << 14

    /// - Parameters:
    ///   - pages: the best kind of pages to try.
    ///   - available: see ``HugePages``.
    ///   - bind: see ``HugePages``.
    /// - Throws: ``MemoryError`` when there is not enough memory.
    init(
        size: Int, pages: HugePages.Kind, available: () -> Int? = AvailableMemory.current,
        bind: (UnsafeMutableRawBufferPointer) -> Void = { _ in }
    ) throws(MemoryError) {
        self.pages = try HugePages(
            size: size, best: pages, purpose: "a RandomX dataset", available: available, bind: bind)
    }

    var bytes: UnsafeMutableRawBufferPointer { pages.bytes }

    /// Computes a seed's items from `first` on. All items take about ten seconds of every thread. Blocks the thread.
    ///
    /// - Parameters:
    ///   - threads: how many threads compute, at least 1.
    ///   - start: each thread runs it first, and may bind itself.
    /// - Returns: the number of the first item that is missing; less than the number of all items when cancelled.
    func fill(
        _ items: CompiledItems, from first: UInt64, threads: Int, settling: Settling,
        start: @escaping @Sendable () -> Void = {}
    ) -> UInt64 {
        guard let base = bytes.baseAddress else { return first }
        // Pointers are not Sendable, so the threads get the address as a number.
        let address = UInt(bitPattern: base)
        return Self.run(
            first..<items.cache.parameters.datasetItems, threads: threads, settling: settling, start: start
        ) { numbers in
            guard let start = UnsafeMutableRawPointer(bitPattern: address + UInt(numbers.lowerBound) * 64) else {
                return
            }
            items.write(numbers, to: start)
        }
    }

    /// Copies a finished dataset. Only the memory's speed limits it.
    ///
    /// - Returns: whether all items were copied.
    func copy(
        _ items: UInt64, from other: DatasetMemory, threads: Int, isCancelled: @escaping @Sendable () -> Bool,
        start: @escaping @Sendable () -> Void
    ) -> Bool {
        guard let source = other.bytes.baseAddress, let target = bytes.baseAddress else { return false }
        let (from, to) = (UInt(bitPattern: source), UInt(bitPattern: target))
        let done = Self.run(0..<items, threads: threads, settling: Settling(isCancelled: isCancelled), start: start) {
            numbers in
            let offset = UInt(numbers.lowerBound) * 64
            guard let source = UnsafeRawPointer(bitPattern: from + offset),
                let target = UnsafeMutableRawPointer(bitPattern: to + offset)
            else { return }
            target.copyMemory(from: source, byteCount: numbers.count * 64)
        }
        return done == items
    }

    /// Lets new threads do batches until all are done, or until it is cancelled. Batches that were begun are finished,
    /// so that all items below the returned number are done.
    private static func run(
        _ range: Range<UInt64>, threads: Int, settling: Settling, start: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable (Range<UInt64>) -> Void
    ) -> UInt64 {
        precondition(threads >= 1)
        let progress = Progress(range.lowerBound)
        let running = Monitor(0)
        /// Computes the next batch.
        /// - Returns: whether there was a batch to do.
        @Sendable func step() -> Bool {
            if progress.isStopped.load(ordering: .relaxed) { return false }
            let first = progress.next.wrappingAdd(batch, ordering: .relaxed).oldValue
            if first >= range.upperBound { return false }
            body(first..<min(first + batch, range.upperBound))
            return true
        }
        // When the system refuses some of the threads, the others do the work and take longer.
        let workers = (0..<threads).compactMap { _ in
            running.withLock { $0 += 1 }
            let worker = try? PinnedThread(name: "nj-dataset") {
                start()
                while step() {}
                running.change { $0 -= 1 }
            }
            if worker == nil { running.withLock { $0 -= 1 } }
            return worker
        }
        let total = Double(max(1, range.upperBound))
        func look() {
            settling.progress(Double(min(progress.next.load(ordering: .relaxed), range.upperBound)) / total)
            if settling.isCancelled() { progress.isStopped.store(true, ordering: .relaxed) }
        }
        // Without any other thread, the calling thread does the work. It keeps its binding, because it is a lane's
        // thread and hashes afterwards.
        if workers.isEmpty { while step() { look() } }
        while running.wait(milliseconds: 50, { $0 == 0 ? () : nil }) == nil { look() }
        for worker in workers { worker.join() }
        return min(progress.next.load(ordering: .relaxed), range.upperBound)
    }

    /// The state that the threads share.
    private final class Progress: Sendable {
        /// The first item that no thread has taken.
        let next: Atomic<UInt64>
        let isStopped = Atomic(false)

        init(_ first: UInt64) { next = Atomic(first) }
    }
}
