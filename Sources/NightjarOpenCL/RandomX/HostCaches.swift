import NightjarAlgorithms
import NightjarCore
import NightjarPlatform
import Synchronization

/// RandomX caches in the host's memory, each for as long as it takes to copy it to devices. Devices that need the same
/// cache at the same time share it.
package final class HostCaches: Sendable {
    private struct CacheInUse {
        let parameters: RandomXParameters
        let seed: [UInt8]
        var users = 0
        let place = CachePlace()
    }

    /// `nil` before the cache is filled. The lock is held while a thread fills it.
    private final class CachePlace: Sendable {
        let cache = Locked<HostCache?>(nil)
    }

    /// `@unchecked Sendable`: it is filled in `init`, and only read afterwards.
    private final class HostCache: @unchecked Sendable {
        let cache: RandomXCache
        let memory: UnsafeMutableRawBufferPointer

        init(_ parameters: RandomXParameters, seed: [UInt8]) {
            memory = .allocate(byteCount: parameters.cacheSize, alignment: 64)
            cache = RandomXCache(parameters, seed: seed, memory: memory)
        }

        deinit { memory.deallocate() }
    }

    private let entries = Locked<[CacheInUse]>([])
    private let fillings = Atomic<Int>(0)

    package init() {}

    /// The number of caches that were filled so far.
    package var filled: Int { fillings.load(ordering: .relaxed) }

    /// Calls `body` with the seed's cache and its memory. Both are valid until `body` returns.
    package func withCache<Result>(
        _ parameters: RandomXParameters, seed: [UInt8],
        _ body: (RandomXCache, UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let place = enter(parameters, seed: seed)
        defer { leave(place) }
        let filled = place.cache.withLock { cache in
            if let cache { return cache }
            let made = HostCache(parameters, seed: seed)
            fillings.add(1, ordering: .relaxed)
            cache = made
            return made
        }
        return try body(filled.cache, UnsafeRawBufferPointer(filled.memory))
    }

    private func enter(_ parameters: RandomXParameters, seed: [UInt8]) -> CachePlace {
        entries.withLock { entries in
            let index =
                entries.firstIndex { $0.seed == seed && $0.parameters == parameters }
                ?? {
                    entries.append(CacheInUse(parameters: parameters, seed: seed))
                    return entries.count - 1
                }()
            entries[index].users += 1
            return entries[index].place
        }
    }

    /// The last user frees the memory.
    private func leave(_ place: CachePlace) {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.place === place }) else { return }
            entries[index].users -= 1
            if entries[index].users == 0 { entries.remove(at: index) }
        }
    }
}
