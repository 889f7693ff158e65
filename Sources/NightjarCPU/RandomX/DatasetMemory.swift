import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// The memory of RandomX datasets: one key's after another's, in the same pages.
///
/// Unchecked: its owner lets nobody read while it is written, and the threads that write have ended before anybody
/// reads.
final class DatasetMemory: @unchecked Sendable {
    let pages: HugePages
    /// Items that a thread computes at a time: 1 MiB, milliseconds of work, which is how soon a fill can be given up.
    private static let batch: UInt64 = 1 << 14

    /// - Parameters:
    ///   - pages: the best kind of memory to try for.
    ///   - available: see ``HugePages``.
    ///   - bind: see ``HugePages``.
    /// - Throws: ``MemoryError`` when there is not enough.
    init(
        size: Int, pages: HugePages.Kind, available: () -> Int? = AvailableMemory.current,
        bind: (UnsafeMutableRawBufferPointer) -> Void = { _ in }
    ) throws(MemoryError) {
        self.pages = try HugePages(
            size: size, best: pages, purpose: "a RandomX dataset", available: available, bind: bind)
    }

    var bytes: UnsafeMutableRawBufferPointer { pages.bytes }

    /// Computes a key's items from `first` on, which takes some ten seconds of every thread for all. Blocks the thread.
    ///
    /// - Parameters:
    ///   - threads: how many threads compute, at least 1.
    ///   - start: run first by each thread, which may bind itself.
    /// - Returns: the number of the first item that is not there yet; less than all when cancelled.
    func fill(
        _ items: CompiledItems, from first: UInt64, threads: Int, settling: Settling,
        start: @escaping @Sendable () -> Void = {}
    ) -> UInt64 {
        guard let base = bytes.baseAddress else { return first }
        // Addresses do not cross into threads as pointers.
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

    /// Copies a finished dataset of so many items, which is a matter of memory's speed alone.
    ///
    /// - Returns: whether all was copied.
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

    /// Gives out batches to threads of its own until all are done, or it is cancelled: then those in hand are finished,
    /// so that all below the returned number are done.
    private static func run(
        _ range: Range<UInt64>, threads: Int, settling: Settling, start: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable (Range<UInt64>) -> Void
    ) -> UInt64 {
        precondition(threads >= 1)
        let progress = Progress(range.lowerBound)
        let running = Monitor(0)
        /// Computes the next batch.
        /// - Returns: whether there was one.
        @Sendable func step() -> Bool {
            if progress.isStopped.load(ordering: .relaxed) { return false }
            let first = progress.next.wrappingAdd(batch, ordering: .relaxed).oldValue
            if first >= range.upperBound { return false }
            body(first..<min(first + batch, range.upperBound))
            return true
        }
        // Fewer threads than wanted only take longer: where the system grants no more, those there are do it.
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
        // Without any other thread the calling one does it, bound as it is: it is a lane's, and hashes afterwards.
        if workers.isEmpty { while step() { look() } }
        while running.wait(milliseconds: 50, { $0 == 0 ? () : nil }) == nil { look() }
        for worker in workers { worker.join() }
        return min(progress.next.load(ordering: .relaxed), range.upperBound)
    }

    /// What the threads share.
    private final class Progress: Sendable {
        /// The first item that no thread has taken.
        let next: Atomic<UInt64>
        let isStopped = Atomic(false)

        init(_ first: UInt64) { next = Atomic(first) }
    }
}
