import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// The core as a C caller uses it: from plain threads, without a task anywhere.
@Suite(.timeLimit(.minutes(10))) struct BlockingCoreTests {
    private let cpu = CPUBackend()

    private func core(_ backends: [any Backend]) throws -> EngineCore {
        try EngineCore(
            devices: nil, threads: 1, randomX: .automatic, niceness: 0, backends: backends, verifier: cpu)
    }

    /// What `body` gives on a thread of its own.
    private func onAThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let result = Monitor<Result<Value, any Error>?>(nil)
        let thread = try PinnedThread(name: "caller") {
            let value = Result { try body() }
            result.withLock { $0 = value }
        }
        thread.join()
        return try #require(result.withLock { $0 }).get()
    }

    private func work(_ byte: UInt8) throws -> Work {
        try Work(algorithm: .cn0, input: [UInt8](repeating: byte, count: 76), nonceOffset: 39)
    }

    @Test func aHashBlocksUntilItIsThere() async throws {
        let core = try core([cpu])
        let vector = try #require(try Vectors.hashes("cn/0").first)
        let work = try Work(algorithm: .cn0, input: vector.input.bytes)
        #expect(try onAThread { try core.digest(of: work, on: nil) }.bytes == vector.hash.bytes)
        #expect(try onAThread { try core.portableDigest(of: work) }.bytes == vector.hash.bytes)
        let error = try onAThread {
            do { return try core.digest(of: work, on: FakeBackend.id).description } catch { return "\(error)" }
        }
        #expect(error == NightjarError.noSuchDevice(FakeBackend.id.description, present: [.cpu]).description)
    }

    @Test func aSearchBlocksForEachShareAndEnds() throws {
        let core = try core([cpu])
        let job = Job(name: "a", work: try work(3), target: .easiest, nonces: NonceSpace(first: 5, last: 12))
        let nonces = try onAThread {
            let search = ShareSearch(core, job: job)
            var nonces: [UInt32] = []
            while let share = try search.waitForNext() { nonces.append(share.nonce) }
            return nonces
        }
        #expect(nonces.sorted() == Array(5...12))
    }

    /// One thread waits for a share that never comes, another ends the search.
    @Test func aSearchIsStoppedFromAnotherThread() throws {
        let core = try core([FakeBackend(.none, cpu: cpu)])
        let hardest = try #require(Target(littleEndian: [UInt8](repeating: 0, count: 32)))
        let search = ShareSearch(core, job: Job(name: "a", work: try work(3), target: hardest))
        let waits = Monitor(false)
        let outcome = Monitor<Result<Share?, any Error>?>(nil)
        let waiting = try PinnedThread(name: "waiting") {
            waits.change { $0 = true }
            let result = Result<Share?, any Error> { try search.waitForNext() }
            outcome.withLock { $0 = result }
        }
        waits.wait { $0 ? () : nil }
        // Before it has begun there is nothing to stop: again until it has ended.
        let ended = Monitor(false)
        let joining = try PinnedThread(name: "joining") {
            waiting.join()
            ended.change { $0 = true }
        }
        while ended.wait(milliseconds: 10, { $0 ? true : nil }) == nil { search.stop() }
        joining.join()
        #expect(try #require(outcome.withLock { $0 }).get() == nil)
    }

    @Test func aSelftestThatIsNotWantedEnds() throws {
        let core = try core([cpu])
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: NightjarError.cancelled) {
            try core.selftest(.cn0, on: .cpu, cancellation: cancellation)
        }
        #expect(try core.selftest(.cn0, on: .cpu, cancellation: Cancellation()) > 0)
    }

    @Test func aCancelledTaskGetsNoHash() async throws {
        let engine = try Engine(threads: 1, backends: [cpu], verifier: cpu)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await engine.hash([UInt8](repeating: 0, count: 76), algorithm: .cn0)
        }
        await #expect(throws: NightjarError.cancelled) { try await task.value }
        // The lane that was made meanwhile serves the next call.
        let vector = try #require(try Vectors.hashes("cn/0").first)
        #expect(try await engine.hash(vector.input.bytes, algorithm: .cn0).bytes == vector.hash.bytes)
        await engine.releaseLanes()
    }

    @Test func aPromiseIsKeptOnce() async throws {
        let promised = Promised<Int>()
        #expect(!promised.isOver)
        async let first = promised.value()
        async let second = promised.value()
        promised.fulfil(.success(7))
        promised.fulfil(.success(8))
        #expect(try await first == 7)
        #expect(try await second == 7)
        #expect(try promised.wait() == 7 && promised.isOver)
    }
}
