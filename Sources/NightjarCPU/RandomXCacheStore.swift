import NightjarAlgorithms
import NightjarCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A RandomX cache with the memory that it lies in and the seed that it was made of.
///
/// Unchecked: the memory is written while the cache is made, before anybody else sees it, and only read after.
final class SharedRandomXCache: @unchecked Sendable {
    let seed: [UInt8]
    let cache: RandomXCache
    /// The code that computes dataset items, or why there is none.
    let items: Result<CompiledItems, ExecutableMemoryError>
    private let memory: HugePages

    init(_ parameters: RandomXParameters, seed: [UInt8], pages: HugePages.Kind) throws(MemoryError) {
        self.seed = seed
        memory = try HugePages(size: RandomXCache.memorySize(parameters), best: pages, purpose: "a RandomX cache")
        let cache = RandomXCache(parameters, seed: seed, memory: memory.bytes)
        self.cache = cache
        items = Result { () throws(ExecutableMemoryError) in try CompiledItems(cache) }
    }
}

/// The RandomX caches that lanes share: one is made once for each seed, by the first lane that asks, and the others wait.
///
/// The two newest are kept while there are lanes, so that a pool's change of seed, and verifying the last shares of the old
/// one, cost one making each. When the last lane goes, so do they.
final class RandomXCacheStore: Sendable {
    private struct Key: Hashable {
        let parameters: RandomXParameters
        let seed: [UInt8]
    }

    private struct State {
        var lanes = 0
        /// Finished ones, the newest last.
        var caches: [(key: Key, cache: SharedRandomXCache)] = []
        var inTheMaking: Set<Key> = []
        var made = 0
        /// The one dataset that is kept.
        var dataset: SharedRandomXDataset?
        var isFillingDataset = false
    }

    private let state = Monitor(State())
    private let pages: HugePages.Kind
    private let kept = 2

    init(pages: HugePages.Kind) { self.pages = pages }

    /// Caches made since the beginning.
    var made: Int { state.withLock(\.made) }
    /// Caches held at the moment, those aside that only lanes still hold.
    var held: Int { state.withLock(\.caches.count) }

    /// A lane that will ask for caches has come.
    func enter() { state.withLock { $0.lanes += 1 } }

    /// A lane has gone.
    func leave() {
        // What is freed is freed outside the lock.
        let freed = state.withLock { state -> ([(key: Key, cache: SharedRandomXCache)], SharedRandomXDataset?) in
            state.lanes -= 1
            guard state.lanes == 0 else { return ([], nil) }
            defer {
                state.caches = []
                state.dataset = nil
            }
            return (state.caches, state.dataset)
        }
        _ = freed
    }

    /// The dataset of these items: filled here, by `threads` threads, unless it is there already. Blocks the thread.
    ///
    /// Only the newest is kept. Its predecessor's memory is waited for, as long as a lane may take to finish a hash, so
    /// that the new one gets the same huge pages.
    func dataset(_ items: CompiledItems, threads: Int) throws(MemoryError) -> SharedRandomXDataset {
        let (parameters, seed) = (items.cache.parameters, items.cache.seed)
        weak var previous: SharedRandomXDataset?
        let found: SharedRandomXDataset?? = state.wait { state in
            if let kept = state.dataset, kept.dataset.parameters == parameters, kept.dataset.seed == seed {
                return .some(kept)
            }
            if state.isFillingDataset { return nil }
            state.isFillingDataset = true
            previous = state.dataset
            state.dataset = nil
            return .some(nil)
        }
        if let found, let dataset = found { return dataset }
        var patience = 100
        while previous != nil, patience > 0 {
            usleep(10_000)
            patience -= 1
        }
        let result = Result { () throws(MemoryError) in
            try SharedRandomXDataset(items, pages: pages, threads: threads)
        }
        state.change { state in
            state.isFillingDataset = false
            if case .success(let dataset) = result { state.dataset = dataset }
        }
        return try result.get()
    }

    /// The cache for `seed`: made here, which takes a second or so, unless it is there already. Blocks the thread.
    func cache(_ parameters: RandomXParameters, seed: [UInt8]) throws(DeviceError) -> SharedRandomXCache {
        let key = Key(parameters: parameters, seed: seed)
        let found: SharedRandomXCache?? = state.wait { state in
            if let index = state.caches.firstIndex(where: { $0.key == key }) {
                let entry = state.caches.remove(at: index)
                state.caches.append(entry)
                return .some(entry.cache)
            }
            // Made by another lane: wait for it. If that fails, one of the waiting tries again and says so itself.
            if state.inTheMaking.contains(key) { return nil }
            state.inTheMaking.insert(key)
            // Room is made before the new one is, so that there are never more than `kept`.
            while state.caches.count >= kept { state.caches.removeFirst() }
            return .some(nil)
        }
        if let found, let cache = found { return cache }
        let result = Result { () throws(MemoryError) in try SharedRandomXCache(parameters, seed: seed, pages: pages) }
        state.change { state in
            state.inTheMaking.remove(key)
            if case .success(let cache) = result {
                state.made += 1
                state.caches.append((key, cache))
            }
        }
        switch result {
        case .success(let cache): return cache
        case .failure(let error): throw DeviceError(device: .cpu, reason: error.reason)
        }
    }
}
