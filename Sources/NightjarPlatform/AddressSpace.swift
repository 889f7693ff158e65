import Glibc

/// A limit on this process's address space, as `ulimit -v` sets it.
package enum AddressSpace {
    /// Saves addresses where they are limited. glibc reserves 64 MiB of them for each thread, up to eight for each core,
    /// and uses little of it. Call it before the first thread.
    package static func save() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < 64 << 30 else { return }
        // Swift's module of glibc does not have `mallopt`.
        guard let found = dlsym(nil, "mallopt") else { return }
        let mallopt = unsafeBitCast(found, to: (@convention(c) (Int32, Int32) -> Int32).self)
        let arenas: Int32 = -8  // M_ARENA_MAX
        _ = mallopt(arenas, 1)
    }

    /// Whether so many bytes of addresses can be had now.
    static func isThere(_ bytes: Int) -> Bool {
        guard let place = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
            place != MAP_FAILED
        else { return false }
        munmap(place, bytes)
        return true
    }
}
