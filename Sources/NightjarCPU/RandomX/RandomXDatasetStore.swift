import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// The RandomX dataset that lanes share. The first lane that needs a seed builds it on all threads, while the other
/// lanes wait.
///
/// There is one dataset at a time, or one on each NUMA node where that pays. The next one is written over it, in the
/// same pages, once no lane reads it. Lanes do not hash in light mode meanwhile: building keeps every thread busy, and
/// light hashes, at a sixth of the full speed or less, would only delay it.
final class RandomXDatasetStore: Sendable {
    /// The identity of a dataset.
    struct Key: Sendable, Hashable {
        let expansion: RandomXExpansion
        let seed: [UInt8]
    }

    enum Outcome {
        case ready(SharedRandomXDataset)
        /// Not now: ask again after this time.
        case deferred(Duration)
        case cancelled
    }

    private struct State {
        /// One memory for each place of ``placement``; empty before the first dataset.
        var memories: [DatasetMemory] = []
        var placement: DatasetPlacement?
        /// The dataset in the memories. If `isWhole`, each memory holds all its items; otherwise the first memory holds
        /// the items below `filled`.
        var key: Key?
        var filled: UInt64 = 0
        var isWhole = false
        /// The number of lanes that read.
        var readers = 0
        var isFilling = false
        var policy = DatasetPolicy<Key>()
        var built = 0
    }

    private let state = Monitor(State())
    private let topology: Topology?
    private let pages: HugePages.Kind
    private let available: @Sendable () -> Int?

    /// - Parameters:
    ///   - pages: the best kind of pages to try.
    ///   - available: the bytes of ordinary memory that may be used.
    init(_ topology: Topology?, pages: HugePages.Kind, available: @escaping @Sendable () -> Int?) {
        self.topology = topology
        self.available = available
        self.pages = pages == .reserved ? .gigantic : pages
    }

    /// The number of datasets finished so far, without copies on other nodes.
    var built: Int { state.withLock(\.built) }
    /// The addresses of the present memories; tests compare them.
    var addresses: [UInt] { state.withLock { $0.memories.map { UInt(bitPattern: $0.bytes.baseAddress) } } }
    /// The number of reserved 2 MiB pages that it holds.
    var hugePages: Int {
        state.withLock {
            $0.memories.filter { $0.pages.kind == .reserved }.reduce(0) { $0 + HugePages.pages($1.bytes.count) }
        }
    }

    /// The placement of a dataset of this many bytes.
    func placement(bytes: Int) -> DatasetPlacement {
        if let placement = state.withLock(\.placement) { return placement }
        guard let topology else { return .single }
        return DatasetPlacement(topology.layout, bytes: bytes, available: topology.available(on:))
    }

    /// Frees the memory, once no lane reads it.
    func clear() {
        // Free the memory outside the lock.
        let freed = state.change { state -> [DatasetMemory] in
            guard !state.isFilling else { return [] }
            defer {
                state.memories = []
                state.placement = nil
                state.key = nil
                state.isWhole = false
                state.policy = DatasetPolicy()
            }
            return state.memories
        }
        _ = freed
    }

    /// The dataset of these items, for a lane on a processing unit. If the store does not have it, this builds it.
    /// Blocks the thread.
    ///
    /// - Parameters:
    ///   - threads: the number of threads that compute.
    ///   - unit: the lane's processing unit, by the system's index; `nil` for a lane that is not bound.
    /// - Throws: ``MemoryError`` when there is not enough memory.
    func dataset(
        _ items: CompiledItems, threads: Int, unit: Int?, settling: Settling
    ) throws(MemoryError) -> Outcome {
        let key = Key(expansion: items.cache.parameters.expansion, seed: items.cache.seed)
        while true {
            if settling.isCancelled() { return .cancelled }
            let step = state.wait(milliseconds: 50) { state -> Step? in
                // Another lane is building it: wait.
                if state.isFilling { return nil }
                let delay = state.policy.delay(for: key, now: .now)
                if state.key == key, state.isWhole { return .ready(Self.read(&state, unit)) }
                if delay > .zero { return .deferred(delay) }
                state.isFilling = true
                return .fill
            }
            switch step {
            case nil: continue
            case .deferred(let delay): return .deferred(delay)
            case .ready(let memory): return .ready(lease(items, memory))
            case .fill:
                let result = Result { () throws(MemoryError) in
                    try fill(items, key, threads: threads, settling: settling)
                }
                let memory = state.change { state -> DatasetMemory? in
                    state.isFilling = false
                    return state.key == key && state.isWhole ? Self.read(&state, unit) : nil
                }
                if let memory { return .ready(lease(items, memory)) }
                return try result.get() ?? .cancelled
            }
        }
    }

    private enum Step {
        case ready(DatasetMemory)
        case deferred(Duration)
        case fill
    }

    /// Counts a reader, and returns the memory that it reads.
    private static func read(_ state: inout State, _ unit: Int?) -> DatasetMemory {
        state.readers += 1
        return state.memories[(state.placement ?? .single).place(of: unit)]
    }

    private func lease(_ items: CompiledItems, _ memory: DatasetMemory) -> SharedRandomXDataset {
        SharedRandomXDataset(items, in: memory) { [state] in state.change { $0.readers -= 1 } }
    }

    /// Fills the memories with all of `key`'s items. Only the lane that has set `isFilling` may call it.
    ///
    /// - Returns: the outcome when it could not; `nil` on success.
    private func fill(
        _ items: CompiledItems, _ key: Key, threads: Int, settling: Settling
    ) throws(MemoryError) -> Outcome? {
        // Lanes release the old dataset when they take up the new seed, after their present batch. A lane that a slow
        // pool keeps on the old seed must not delay the others for long.
        var checksLeft = 20
        while state.wait(milliseconds: 50, { $0.readers == 0 ? () : nil }) == nil {
            if settling.isCancelled() { return .cancelled }
            checksLeft -= 1
            if checksLeft == 0 { return .deferred(.seconds(1)) }
        }
        let parameters = items.cache.parameters
        let memories = try memories(RandomXDataset.memorySize(parameters))
        let first = state.withLock { state -> UInt64 in
            if state.key != key {
                if let old = state.key { state.policy.leave(old) }
                state.key = key
                state.filled = 0
            }
            state.isWhole = false
            return state.filled
        }
        let begin = ContinuousClock.now
        settling.progress(Double(first) / Double(parameters.datasetItems))
        // A new thread inherits the binding of the thread that starts it, and each lane is bound to one unit. So bind
        // the new threads to all units.
        let all = topology?.layout.cores.flatMap(\.units) ?? []
        let filled = memories[0].fill(items, from: first, threads: threads, settling: settling) { [topology] in
            topology?.bindThread(to: all)
        }
        state.withLock { $0.filled = filled }
        guard filled == parameters.datasetItems else { return .cancelled }
        let placement = placement(bytes: 0)
        for (index, memory) in memories.enumerated().dropFirst() {
            let units = placement.units[index]
            let whole = memory.copy(
                filled, from: memories[0], threads: max(1, min(threads, units.count)), isCancelled: settling.isCancelled
            ) { [topology] in topology?.bindThread(to: units) }
            guard whole else { return .cancelled }
        }
        state.withLock { state in
            state.isWhole = true
            state.built += 1
            if first == 0 { state.policy.built(in: .now - begin) }
        }
        settling.progress(1)
        return nil
    }

    /// The memories. They are allocated the first time, and when the dataset's size changes.
    private func memories(_ size: Int) throws(MemoryError) -> [DatasetMemory] {
        let length = HugePages.pages(size) * HugePages.pageSize
        if let present = state.withLock({ $0.memories.first?.bytes.count == length ? $0.memories : nil }) {
            return present
        }
        // Free the old memories before the new ones are allocated.
        state.withLock { state in
            state.memories = []
            state.placement = nil
            state.key = nil
            state.isWhole = false
        }
        var placement = placement(bytes: size)
        var memories: [DatasetMemory] = []
        for node in placement.nodes {
            do throws(MemoryError) {
                let memory = try DatasetMemory(size: size, pages: pages, available: available) { [topology] memory in
                    if let node { topology?.bind(memory, toNode: node) }
                }
                memories.append(memory)
            } catch {
                // One dataset for all nodes is far better than no dataset.
                guard !memories.isEmpty else { throw error }
                memories.removeLast(memories.count - 1)
                placement = .single
                break
            }
        }
        let result = (memories, placement)
        state.withLock { ($0.memories, $0.placement) = result }
        return memories
    }
}
