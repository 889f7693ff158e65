import AllocationCounter
import Glibc
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization
import TestSupport
import Testing

/// `scan`, `checksum` and `digests` allocate, release and map nothing, on every lane that the CPU has.
///
/// Of each algorithm a first lane hashes before the one that is counted: the Swift runtime makes its types' metadata
/// once in a process, and that is not the lane's doing. The counted lane's own first scan counts.
@Suite(.serialized, .timeLimit(.minutes(15))) struct AllocationTests {
    /// What the compiler can't look through.
    @inline(never) @_optimize(none)
    private static func use(_ words: [UInt64]) -> Int { words.count }

    @Test func theCounterCounts() throws {
        nj_count_begin()
        let none = nj_count_end()
        #expect(none.allocations == 0 && none.releases == 0 && none.mappings == 0 && none.unmappings == 0)

        nj_count_begin()
        let used = Self.use([UInt64](repeating: 1, count: 1000))
        let array = nj_count_end()
        #expect(used == 1000)
        #expect(array.allocations >= 1 && array.releases >= 1)

        // Every way to allocate that Swift has.
        for alignment in [1, 16, 64, 4096] {
            nj_count_begin()
            let memory = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: alignment)
            memory.deallocate()
            let raw = nj_count_end()
            #expect(raw.allocations == 1 && raw.releases == 1, "alignment \(alignment)")
        }

        nj_count_begin()
        let pages = Result { () throws(MemoryError) in
            try HugePages(size: 1, best: .plain, purpose: "a test").bytes.count
        }
        let mapped = nj_count_end()
        #expect(try pages.get() == HugePages.pageSize)
        #expect(mapped.mappings >= 1 && mapped.unmappings >= 1)

        // Other threads' calls are theirs.
        let (allocated, stop) = (Flag(), Flag())
        let thread = try PinnedThread(name: "other") {
            while !stop.isSet.load(ordering: .acquiring) {
                if Self.use([1]) == 1 { allocated.isSet.store(true, ordering: .releasing) }
            }
        }
        nj_count_begin()
        while !allocated.isSet.load(ordering: .acquiring) { sched_yield() }
        let waited = nj_count_end()
        stop.isSet.store(true, ordering: .releasing)
        thread.join()
        #expect(waited.allocations == 0)
    }

    private final class Flag: Sendable { let isSet = Atomic(false) }

    @Test(arguments: Catalog.all.filter { $0.randomX == nil })
    func cryptonight(_ algorithm: Algorithm) throws { try check(algorithm, CPUBackend()) }

    /// One without a random program, and the one with it: plain code is too slow for more, and the same around it.
    @Test(arguments: [Algorithm.cn0, .cnR])
    func cryptonightPortable(_ algorithm: Algorithm) throws {
        try check(algorithm, CPUBackend(implementation: .portable))
    }

    /// Every variant, on a small cache: interpreted or compiled, computing its dataset's items.
    @Test(arguments: Catalog.all.filter { $0.randomX != nil }, Implementation.available)
    func randomXLight(_ algorithm: Algorithm, _ implementation: Implementation) throws {
        let remarks = try check(Self.small(algorithm), CPUBackend(implementation: implementation))
        let word = implementation == .native ? "compiled" : "interpreted"
        #expect(remarks.contains { $0.contains(word) })
    }

    /// Every variant on a dataset, which here is a small one.
    @Test(arguments: Catalog.all.filter { $0.randomX != nil })
    func randomXFull(_ algorithm: Algorithm) throws {
        let remarks = try check(Self.small(algorithm), CPUBackend(pages: .plain), settles: true)
        if Implementation.best == .native { #expect(remarks.contains { $0.contains("dataset is on") }) }
    }

    /// Hashes side by side, as many as there can be, and then some.
    @Test func randomXSideBySide() throws {
        let parameters = try #require(try Self.small(.rx2).randomX)
        let dataset = AlignedMemory(RandomXDataset.memorySize(parameters))
        let scratchpads = AlignedMemory(4 * parameters.scratchpadL3)
        let digests = UnsafeMutableBufferPointer<Digest>.allocate(capacity: 10)
        defer { digests.deallocate() }
        digests.initialize(repeating: Digest())
        let inputs = [UInt8](repeating: 1, count: 760)
        var calls = nj_memory_calls()
        // The first for the runtime's sake.
        for _ in 0..<2 {
            let hasher = try RandomXCompiledHasher(parameters, scratchpads: scratchpads.bytes, machines: 4)
            hasher.use(RandomXDataset(parameters, seed: [], memory: dataset.bytes))
            nj_count_begin()
            for width in 1...4 { inputs.withUnsafeBytes { hasher.hash($0, into: digests, width: width) } }
            calls = nj_count_end()
        }
        #expect(calls.allocations == 0 && calls.releases == 0 && calls.mappings == 0 && calls.unmappings == 0)
        #expect(digests[9].work != 0)
    }

    /// A real cache.
    @Test func randomXAsItIs() throws { try check(.rx0, CPUBackend()) }

    private static func small(_ algorithm: Algorithm) throws -> Algorithm {
        let parameters = try #require(algorithm.randomX).small(iterations: 64, cacheKiB: 256)
        return Algorithm(name: algorithm.name + ", small", parameters: parameters)
    }

    /// - Returns: what the counted lane has to say of itself.
    @discardableResult
    private func check(_ algorithm: Algorithm, _ backend: CPUBackend, settles: Bool = false) throws -> [String] {
        let plan = try backend.plan(algorithm, on: .cpu, threads: 2, settles: settles)
        let input = (0..<76).map { UInt8($0) }
        let work = try Work(algorithm: algorithm, input: input, nonceOffset: 39, height: 1, seed: [1, 2, 3])
        let result = Monitor<Result<[(nj_memory_calls, [String])], any Error>>(.success([]))
        // A planned lane pins the thread that makes it.
        let thread = try PinnedThread(name: "lane") {
            let counted = Result {
                try plan.lanes.map { make in
                    let lane = try make()
                    try lane.prepare(work)
                    if settles { _ = try lane.settle(Settling()) }
                    return (try Self.count(lane), lane.remarks)
                }
            }
            result.withLock { $0 = counted }
        }
        thread.join()
        let lanes = try result.withLock { $0 }.get()
        try #require(lanes.count == 2)
        let (calls, remarks) = lanes[1]
        #expect(calls.allocations == 0, "\(algorithm)")
        #expect(calls.releases == 0, "\(algorithm)")
        #expect(calls.mappings == 0, "\(algorithm)")
        #expect(calls.unmappings == 0, "\(algorithm)")
        return remarks
    }

    /// The memory calls of a scan with candidates, one without, one with an audit, of a checksum and of digests.
    private static func count(_ lane: any Lane) throws -> nj_memory_calls {
        let (batch, rounds) = (UInt64(lane.batch), 2 as UInt64)
        let hardest = try #require(Target(cryptonote: 1))
        var candidates: [Candidate] = []
        candidates.reserveCapacity(lane.mostCandidates)
        let digests = UnsafeMutableBufferPointer<Digest>.allocate(capacity: lane.mostCandidates)
        defer { digests.deallocate() }
        digests.initialize(repeating: Digest())
        var found = 0
        nj_count_begin()
        defer { nj_count_end() }
        for round in 0..<rounds {
            let nonces = round * batch..<(round + 1) * batch
            try lane.scan(nonces, target: round == 0 ? hardest : .easiest, audit: nil, into: &candidates)
            found += candidates.count
            candidates.removeAll(keepingCapacity: true)
        }
        try lane.scan(0..<batch, target: hardest, audit: 0..<batch, into: &candidates)
        let checksum = try lane.checksum(0..<batch)
        try lane.digests(0..<batch, into: digests)
        let calls = nj_count_end()
        #expect(found == batch && candidates.count == batch)
        #expect(candidates.reduce(0) { $0 ^ $1.proof.compared.work } == checksum)
        return calls
    }
}
