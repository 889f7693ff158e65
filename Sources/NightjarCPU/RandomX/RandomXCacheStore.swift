import NightjarAlgorithms
import NightjarCore
import NightjarPlatform

/// The RandomX caches and the dataset that lanes share. The first lane that needs a seed makes its cache, and the
/// others wait.
///
/// It keeps ``kept`` caches, 768 MiB for most variants: the last epoch's, for shares that are not verified yet; the
/// current one's; and the next one's, which is made ahead of need. A process that verifies shares of many seeds may ask
/// for more with ``keep(_:)``. A new cache takes over the memory of the least
/// recently used one, preferably of one that no lane holds. When the last lane goes, all caches are released. Variants
/// with equal caches share them.
final class RandomXCacheStore: Sendable {
    private typealias Key = RandomXDatasetStore.Key

    private struct StoredCache {
        let key: Key
        var cache: SharedRandomXCache
    }

    private struct State {
        var lanes = 0
        /// The finished caches, the most recently used last.
        var caches: [StoredCache] = []
        var inTheMaking: Set<Key> = []
        var made = 0
        /// How many caches to keep.
        var limit = RandomXCacheStore.kept
    }

    /// The number of caches to keep unless more are asked for.
    static let kept = 3

    let datasets: RandomXDatasetStore
    private let state = Monitor(State())
    private let pages: HugePages.Kind
    private let available: @Sendable () -> Int?
    private let compiles: Bool

    /// - Parameters:
    ///   - pages: the best kind of pages to try.
    ///   - available: the bytes of ordinary memory that may be used.
    ///   - compiles: whether caches get compiled code.
    init(
        _ topology: Topology?, pages: HugePages.Kind, available: @escaping @Sendable () -> Int?, compiles: Bool
    ) {
        self.pages = pages
        self.available = available
        self.compiles = compiles
        datasets = RandomXDatasetStore(topology, pages: pages, available: available)
    }

    /// The number of caches made so far.
    var made: Int { state.withLock(\.made) }
    /// The number of caches in the store now. Caches that only lanes still hold do not count.
    var held: Int { state.withLock(\.caches.count) }
    /// The seeds of these caches, the most recently used last.
    var seeds: [[UInt8]] { state.withLock { $0.caches.map(\.key.seed) } }
    /// The number of reserved 2 MiB pages under caches and dataset.
    var hugePages: Int {
        let caches = state.withLock { state in
            state.caches.filter { $0.cache.memory.kind == .reserved }
                .reduce(0) { $0 + HugePages.pages($1.cache.memory.bytes.count) }
        }
        return caches + datasets.hugePages
    }

    /// The store keeps caches and dataset while at least one of these objects lives.
    final class Interest: Sendable {
        let store: RandomXCacheStore

        init(_ store: RandomXCacheStore) {
            self.store = store
            store.state.withLock { $0.lanes += 1 }
        }

        deinit { store.leave() }
    }

    private func leave() {
        // Free the caches outside the lock.
        let freed = state.withLock { state -> [StoredCache]? in
            state.lanes -= 1
            guard state.lanes == 0 else { return nil }
            state.limit = Self.kept
            defer { state.caches = [] }
            return state.caches
        }
        if freed != nil { datasets.clear() }
    }

    /// Keeps this many caches, or as many as there is memory for, until the last lane has gone. It never keeps fewer
    /// than ``kept``.
    func keep(_ count: Int) { state.withLock { $0.limit = max($0.limit, count) } }

    /// Makes the cache for a coming seed, if there are lanes that will need it. Blocks the thread.
    func prepareAhead(_ parameters: RandomXParameters, seed: [UInt8]) {
        let key = Key(expansion: parameters.expansion, seed: seed)
        let isNeeded = state.withLock { state in
            state.lanes > 0 && !state.inTheMaking.contains(key) && !state.caches.contains { $0.key == key }
        }
        // A failure is ignored: there may be enough memory when the cache is needed.
        if isNeeded { _ = try? cache(parameters, seed: seed) }
    }

    /// The cache for `seed`. If the store has none, this makes it, which takes about a second. Blocks the thread.
    func cache(_ parameters: RandomXParameters, seed: [UInt8]) throws(NightjarError) -> SharedRandomXCache {
        let key = Key(expansion: parameters.expansion, seed: seed)
        let size = RandomXCache.memorySize(parameters)
        let step: Step = state.wait { state in
            if let index = state.caches.firstIndex(where: { $0.key == key }) {
                let entry = state.caches.remove(at: index)
                state.caches.append(entry)
                return .ready(entry.cache)
            }
            // Another lane makes it: wait. If that lane fails, one of the waiting lanes tries again and reports the
            // failure.
            if state.inTheMaking.contains(key) { return nil }
            let memory = makeRoom(&state, size: size)
            state.inTheMaking.insert(key)
            return .make(memory)
        }
        guard case .make(let spare) = step else {
            guard case .ready(let cache) = step else { preconditionFailure("there are two cases") }
            return cache
        }
        let result = Result { () throws(MemoryError) in
            let memory =
                if let pages = spare.pages { pages } else {
                    try HugePages(size: size, best: pages, purpose: "a RandomX cache")
                }
            return SharedRandomXCache(parameters, seed: seed, memory: memory, compiles: compiles)
        }
        state.change { state in
            state.inTheMaking.remove(key)
            if case .success(let cache) = result {
                state.made += 1
                // Do not keep it when all lanes have gone meanwhile.
                if state.lanes > 0 { state.caches.append(StoredCache(key: key, cache: cache)) }
            }
        }
        switch result {
        case .success(let cache): return cache
        case .failure(let error): throw NightjarError(device: .cpu, reason: error.reason, code: .memory)
        }
    }

    private enum Step {
        case ready(SharedRandomXCache)
        case make(Spare)
    }

    /// The memory of a dropped cache. Unchecked: it has one owner at a time.
    private struct Spare: @unchecked Sendable { var pages: HugePages? }

    /// Drops a cache before a new one is made, so that there are never more than the limit, and more than ``kept`` only
    /// while there is memory for twice as much. Returns its memory if nothing else uses it.
    private func makeRoom(_ state: inout State, size: Int) -> Spare {
        var spare = Spare()
        let isShort = state.limit > Self.kept && available().map { $0 < 2 * size } ?? false
        let limit = isShort ? Self.kept : state.limit
        while state.caches.count + state.inTheMaking.count >= limit, !state.caches.isEmpty {
            // Prefer a cache that only the store holds.
            let index = state.caches.indices.first { isKnownUniquelyReferenced(&state.caches[$0].cache) }
            let entry = state.caches.remove(at: index ?? 0)
            let pages = entry.cache.memory
            if index != nil, HugePages.pages(size) * HugePages.pageSize == pages.bytes.count { spare.pages = pages }
        }
        return spare
    }
}
