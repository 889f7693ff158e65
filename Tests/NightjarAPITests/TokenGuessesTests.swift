import NightjarAPI
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Wrong tokens in a row, in a time of their own.
@Suite(.timeLimit(.minutes(5))) struct TokenGuessesTests {
    private let time = FakeTime()
    private let guesses: TokenGuesses
    private let compared = Counter()

    private final class Counter: Sendable {
        private let state = Locked(0)
        var count: Int { state.withLock { $0 } }
        func add() { state.withLock { $0 += 1 } }
    }

    init() { guesses = TokenGuesses(time: time.backoff) }

    private func guess(
        _ address: String = "192.0.2.1", right: Bool = false, wait: ((Duration) async -> Bool)? = nil
    ) async -> TokenGuesses.Verdict {
        await guesses.judge(from: ClientAddress(address), wait: wait ?? { await self.sleep($0) }) {
            [compared] in
            compared.add()
            return right
        }
    }

    private func sleep(_ duration: Duration) async -> Bool {
        try? await time.backoff.sleep(duration)
        return true
    }

    @Test func theDelayGrows() async {
        for _ in 0..<10 { #expect(await guess() == .wrong) }
        #expect(time.sleeps == [100, 200, 400, 800, 1600, 3200, 3200, 3200].map(Duration.milliseconds))
        // A right one waits as long: who learned sooner would know that all others are wrong.
        #expect(await guess(right: true) == .right)
        #expect(time.sleeps.last == .milliseconds(3200) && time.sleeps.count == 9)
        for _ in 0..<3 { #expect(await guess(right: true) == .right) }
        #expect(time.sleeps.count == 9)
    }

    /// The owner of the token may come through the same proxy as a client that guesses.
    @Test func aRightTokenEndsTheDelayOnlyAfterAWhile() async {
        for _ in 0..<10 { _ = await guess() }
        for round in 0..<20 {
            time.pass(.milliseconds(3200))
            #expect(await guess(right: true) == .right)
            #expect(await guess() == .wrong && time.sleeps.count == 8 + round)
            #expect(await guess() == .wrong && time.sleeps.last == .milliseconds(3200))
        }
        let count = time.sleeps.count
        time.pass(.seconds(3 + 61))
        #expect(await guess(right: true) == .right)
        for _ in 0..<2 { #expect(await guess() == .wrong) }
        #expect(time.sleeps.count == count)
    }

    @Test func othersDoNotWait() async {
        for _ in 0..<10 { _ = await guess() }
        let sleeps = time.sleeps.count
        for address in ["192.0.2.2", "127.0.0.1", "2001:db8::1"] {
            #expect(await guess(address, right: true) == .right)
            #expect(await guess(address) == .wrong)
        }
        #expect(time.sleeps.count == sleeps)
    }

    @Test func aNetworkOfIPv6IsOneAddress() async {
        for i in 1...5 { _ = await guess("2001:db8:1:2::\(i)") }
        #expect(time.sleeps.count == 3)
        for i in 1...5 { _ = await guess("127.0.0.\(i)") }
        #expect(time.sleeps.count == 6)
    }

    @Test func aWhileIsForgiven() async {
        for _ in 0..<5 { _ = await guess() }
        time.pass(.seconds(299))
        _ = await guess()
        #expect(time.sleeps.count == 3, "it is over, and not forgotten")
        _ = await guess()
        #expect(time.sleeps.last == .milliseconds(1600))
        time.pass(.seconds(304))
        for _ in 0..<2 { _ = await guess() }
        #expect(time.sleeps.count == 4)
    }

    @Test func onlySoManyAreRemembered() async {
        for i in 0..<5000 { #expect(await guess("10.0.\(i / 256).\(i % 256)") == .wrong) }
        #expect(guesses.addresses == TokenGuesses.mostAddresses)
        for i in 0..<5000 {
            _ = await guess("2001:db8:0:\(String(i, radix: 16))::1")
            #expect(guesses.addresses <= TokenGuesses.mostAddresses)
        }
        // Right ones leave no trace.
        for i in 0..<5000 { _ = await guess("10.1.\(i / 256).\(i % 256)", right: true) }
        #expect(guesses.addresses == TokenGuesses.mostAddresses)
    }

    @Test func ofManyThatWaitOneIsLookedAt() async throws {
        for _ in 0..<4 { _ = await guess() }
        #expect(compared.count == 4)
        // Four wait at the same moment: the time goes on only when all of them do.
        let gate = Gate()
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    await self.guess {
                        await gate.pass($0)
                        return true
                    }
                }
            }
            try await eventually("four that wait") { gate.waiting == 4 }
            #expect(await guess(right: true) == .tooMany(retryAfter: .milliseconds(400)))
            #expect(compared.count == 4)
            for round in 1...4 {
                time.pass(.milliseconds(100 << (round + 1)))
                gate.open()
                try await eventually("round \(round)") {
                    self.compared.count == 4 + round && gate.waiting == 4 - round
                }
            }
            for try await verdict in group { #expect(verdict == .wrong) }
        }
    }

    @Test func whoLeavesIsNotLookedAt() async {
        for _ in 0..<4 { _ = await guess() }
        // More than may wait, one after the other: each gives its place back.
        for _ in 0..<10 { #expect(await guess(right: true, wait: { _ in false }) == .gone) }
        #expect(compared.count == 4)
        #expect(await guess(right: true) == .right)
    }

    /// Where tasks wait until they are let through together.
    private final class Gate: Sendable {
        private let state = Locked([CheckedContinuation<Void, Never>]())

        var waiting: Int { state.withLock { $0.count } }

        func pass(_: Duration) async { await withCheckedContinuation { next in state.withLock { $0.append(next) } } }

        func open() {
            let all = state.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for next in all { next.resume() }
        }
    }
}
