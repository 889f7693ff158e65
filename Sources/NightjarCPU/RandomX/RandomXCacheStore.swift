import NightjarAlgorithms
import NightjarCore
import NightjarPlatform

/// A RandomX cache with the memory that it lies in and the seed that it was made of.
///
/// Unchecked: the memory is written while the cache is made, before anybody else sees it, and only read after.
final class SharedRandomXCache: @unchecked Sendable {
    let seed: [UInt8]
    let cache: RandomXCache
    /// The code that computes dataset items, or why there is none.
    let items: Result<CompiledItems, ExecutableMemoryError>
    fileprivate let memory: HugePages

    /// - Parameter memory: large enough, and nobody else's.
    fileprivate init(_ parameters: RandomXParameters, seed: [UInt8], memory: HugePages) {
        self.seed = seed
        self.memory = memory
        let cache = RandomXCache(parameters, seed: seed, memory: memory.bytes)
        self.cache = cache
        items = Result { () throws(ExecutableMemoryError) in try CompiledItems(cache) }
    }
}

/// The RandomX caches that lanes share, and their dataset: a cache is made once for each seed, by the first lane that
/// asks, and the others wait.
///
/// The last epoch's is kept for the shares that are still to be verified, the current one's, and the next one's, which
/// is made ahead: ``kept`` in all, 768 MiB for most variants. The one that goes is the one that nobody has asked for
/// longest, first among those that no lane holds; the new one takes over its memory, huge pages and all. When the last
/// lane goes, so do they. Variants whose caches are the same share them.
final class RandomXCacheStore: Sendable {
    private typealias Key = RandomXDatasetStore.Key

    private struct Entry {
        let key: Key
        var cache: SharedRandomXCache
    }

    private struct State {
        var lanes = 0
        /// Finished ones; the one asked for last at the end.
        var caches: [Entry] = []
        var inTheMaking: Set<Key> = []
        var made = 0
    }

    /// Caches at a time.
    static let kept = 3

    let datasets: RandomXDatasetStore
    private let state = Monitor(State())
    private let pages: HugePages.Kind

    /// - Parameters:
    ///   - pages: the best kind of memory to try for.
    ///   - available: bytes of ordinary memory that a dataset may have.
    init(_ topology: Topology?, pages: HugePages.Kind, available: @escaping @Sendable () -> Int?) {
        self.pages = pages
        datasets = RandomXDatasetStore(topology, pages: pages, available: available)
    }

    /// Caches made since the beginning.
    var made: Int { state.withLock(\.made) }
    /// Caches held at the moment, those aside that only lanes still hold.
    var held: Int { state.withLock(\.caches.count) }
    /// The seeds of those, the one asked for last at the end.
    var seeds: [[UInt8]] { state.withLock { $0.caches.map(\.key.seed) } }
    /// Reserved 2 MiB pages that caches and dataset lie on.
    var hugePages: Int {
        let caches = state.withLock { state in
            state.caches.filter { $0.cache.memory.kind == .reserved }
                .reduce(0) { $0 + HugePages.pages($1.cache.memory.bytes.count) }
        }
        return caches + datasets.hugePages
    }

    /// What keeps caches and dataset there: the store holds them as long as one of these lives.
    final class Interest: Sendable {
        let store: RandomXCacheStore

        init(_ store: RandomXCacheStore) {
            self.store = store
            store.state.withLock { $0.lanes += 1 }
        }

        deinit { store.leave() }
    }

    private func leave() {
        // What is freed is freed outside the lock.
        let freed = state.withLock { state -> [Entry]? in
            state.lanes -= 1
            guard state.lanes == 0 else { return nil }
            defer { state.caches = [] }
            return state.caches
        }
        if freed != nil { datasets.clear() }
    }

    /// Makes the cache for a seed that is not wanted yet, if there is anybody to want it. Blocks the thread.
    func foresee(_ parameters: RandomXParameters, seed: [UInt8]) {
        let key = Key(expansion: parameters.expansion, seed: seed)
        let isNeeded = state.withLock { state in
            state.lanes > 0 && !state.inTheMaking.contains(key) && !state.caches.contains { $0.key == key }
        }
        // Without memory for it now, there may be some when it is wanted.
        if isNeeded { _ = try? cache(parameters, seed: seed) }
    }

    /// The cache for `seed`: made here, which takes a second or so, unless it is there already. Blocks the thread.
    func cache(_ parameters: RandomXParameters, seed: [UInt8]) throws(DeviceError) -> SharedRandomXCache {
        let key = Key(expansion: parameters.expansion, seed: seed)
        let size = RandomXCache.memorySize(parameters)
        let step: Step = state.wait { state in
            if let index = state.caches.firstIndex(where: { $0.key == key }) {
                let entry = state.caches.remove(at: index)
                state.caches.append(entry)
                return .ready(entry.cache)
            }
            // Made by another lane: wait for it. If that fails, one of the waiting tries again and says so itself.
            if state.inTheMaking.contains(key) { return nil }
            let memory = Self.makeRoom(&state, size: size)
            state.inTheMaking.insert(key)
            return .make(memory)
        }
        guard case .make(let spare) = step else {
            guard case .ready(let cache) = step else { preconditionFailure("there are two cases") }
            return cache
        }
        let result = Result { () throws(MemoryError) in
            if let memory = spare.pages { return SharedRandomXCache(parameters, seed: seed, memory: memory) }
            let memory = try HugePages(size: size, best: pages, purpose: "a RandomX cache")
            return SharedRandomXCache(parameters, seed: seed, memory: memory)
        }
        state.change { state in
            state.inTheMaking.remove(key)
            if case .success(let cache) = result {
                state.made += 1
                // Made for lanes that have gone meanwhile: not kept.
                if state.lanes > 0 { state.caches.append(Entry(key: key, cache: cache)) }
            }
        }
        switch result {
        case .success(let cache): return cache
        case .failure(let error): throw DeviceError(device: .cpu, reason: error.reason)
        }
    }

    private enum Step {
        case ready(SharedRandomXCache)
        case make(Spare)
    }

    /// Memory that a cache has left. Unchecked: it has one owner after the other.
    private struct Spare: @unchecked Sendable { var pages: HugePages? }

    /// Before a new cache is made, so that there are never more than ``kept``: lets one go, and returns its memory if
    /// nobody else uses that.
    private static func makeRoom(_ state: inout State, size: Int) -> Spare {
        var spare = Spare()
        while state.caches.count + state.inTheMaking.count >= kept, !state.caches.isEmpty {
            // No lane holds it if the store alone does.
            let index = state.caches.indices.first { isKnownUniquelyReferenced(&state.caches[$0].cache) }
            let entry = state.caches.remove(at: index ?? 0)
            let pages = entry.cache.memory
            if index != nil, HugePages.pages(size) * HugePages.pageSize == pages.bytes.count { spare.pages = pages }
        }
        return spare
    }
}
