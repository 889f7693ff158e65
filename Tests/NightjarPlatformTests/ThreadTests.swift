import Glibc
import NightjarPlatform
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ThreadTests {
    @Test func bodyRunsAndJoinWaitsForIt() throws {
        let state = Monitor(0)
        let thread = try PinnedThread(name: "test") { state.change { $0 = 1 } }
        thread.join()
        #expect(state.withLock { $0 } == 1)
        thread.join()
    }

    @Test func joiningFromAsyncCodeMoreThanOnce() async throws {
        let gate = Monitor(false)
        let state = Monitor((joining: 0, hasEnded: false))
        let thread = try PinnedThread(name: "a name that is longer than systems show") {
            gate.wait { $0 ? () : nil }
            state.withLock { $0.hasEnded = true }
        }
        /// Joins, and says whether the thread's body had ended by then.
        @Sendable func join() async -> Bool {
            state.withLock { $0.joining += 1 }
            await thread.joined()
            return state.withLock { $0.hasEnded }
        }
        async let first = join()
        async let second = join()
        try await eventually("two that wait for the thread") { state.withLock { $0.joining } == 2 }
        #expect(!state.withLock { $0.hasEnded })
        gate.change { $0 = true }
        #expect(await first)
        #expect(await second)
        #expect(await join(), "one that has ended is joined at once")
    }

    @Test func monitorHandsOverUnderContention() throws {
        let slot = Monitor<Int?>(nil)
        let total = Monitor(0)
        let takers = try (0..<2).map { _ in
            try PinnedThread(name: "taker") {
                for _ in 0..<500 {
                    let value = slot.wait { state in
                        defer { state = nil }
                        return state
                    }
                    total.change { $0 += value }
                }
            }
        }
        let makers = try (0..<2).map { _ in
            try PinnedThread(name: "maker") {
                for value in 1...500 {
                    slot.wait { state -> Void? in
                        guard state == nil else { return nil }
                        state = value
                        return ()
                    }
                }
            }
        }
        for thread in makers + takers { thread.join() }
        #expect(total.withLock { $0 } == 500 * 501)
    }

    /// A change that comes with the end of the time, when nobody is told of it any more.
    @Test func aWaitLooksOnceMoreAtItsEnd() {
        let looks = Monitor(0)
        let found = looks.wait(milliseconds: 1) { looks -> Int? in
            looks += 1
            return looks >= 2 ? looks : nil
        }
        #expect(found == 2)
    }

    @Test func aThreadThatTheSystemRefusesIsAnErrorThatNamesTheLimit() throws {
        let runs = Monitor(0)
        try withRefusedThreads({ $0 == "refused" ? EAGAIN : 0 }) {
            #expect(throws: ThreadError(thread: "refused", code: EAGAIN)) {
                try PinnedThread(name: "refused") { runs.withLock { $0 += 1 } }
            }
            // On a thread that is started here, too.
            let inner = Monitor<ThreadError?>(nil)
            try PinnedThread(name: "granted") {
                do {
                    try PinnedThread(name: "refused") { runs.withLock { $0 += 1 } }.join()
                } catch { inner.withLock { $0 = error as? ThreadError } }
            }.join()
            #expect(inner.withLock { $0 }?.code == EAGAIN)
        }
        #expect(runs.withLock { $0 } == 0)
        let words = ThreadError(thread: "verifier", code: EAGAIN).description
        #expect(words.hasPrefix("the thread 'verifier' could not be started: ") && words.contains("ulimit -u"))
        #expect(!ThreadError(thread: "verifier", code: EPERM).description.contains("ulimit"))
    }

    @Test func niceThreadsStartNiceThreads() throws {
        let seen = Monitor<[Int32]>([])
        let which = __priority_which_t(PRIO_PROCESS.rawValue)
        let own = getpriority(which, 0)
        // This thread is one of libdispatch's, which may be less nice than the process.
        let plain = max(own, getpriority(which, id_t(getpid())))
        let nice = max(7, Int(plain))
        @Sendable func note() { seen.withLock { $0.append(getpriority(which, 0)) } }
        try PinnedThread(name: "plain", body: note).join()
        try PinnedThread(name: "nice", niceness: nice) {
            note()
            do { try PinnedThread(name: "child", body: note).join() } catch { Issue.record(error) }
        }.join()
        // How nice a thread is counts for it and those that it starts, and for no later one.
        try PinnedThread(name: "plain again", body: note).join()
        #expect(seen.withLock { $0 } == [plain, Int32(nice), Int32(nice), plain])
        #expect(getpriority(which, 0) == own)
    }

    @Test func aWaitHasAnEnd() throws {
        let state = Monitor(0)
        #expect(state.wait(milliseconds: 1) { $0 == 1 ? $0 : nil } == nil)
        #expect(state.wait(milliseconds: 1_000_000) { $0 == 0 ? $0 : nil } == 0)
        let thread = try PinnedThread(name: "test") { state.change { $0 = 1 } }
        #expect(state.wait(milliseconds: 1_000_000) { $0 == 1 ? $0 : nil } == 1)
        thread.join()
    }
}
