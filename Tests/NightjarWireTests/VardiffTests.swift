import Glibc
import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// Difficulties steered by simulated devices, in a time that no test waits for.
@Suite(.timeLimit(.minutes(5))) struct VardiffTests {
    /// A minute of shares that come as regularly as they can.
    private func settle(hashrate: Double, start: UInt64) throws -> (Double, Vardiff) {
        let start = try #require(Difficulty(start))
        var now = Duration.seconds(100)
        var vardiff = Vardiff(start: start, interval: .milliseconds(2500), now: .zero)
        while now < .seconds(160) {
            now += .seconds(Double(vardiff.difficulty.value) / hashrate)
            _ = vardiff.share(vardiff.difficulty, now: now)
        }
        return (Double(vardiff.difficulty.value) / hashrate, vardiff)
    }

    @Test(arguments: [10, 60, 2000, 1_000_000] as [Double]) func settlesAtTheInterval(_ hashrate: Double) throws {
        let (seconds, _) = try settle(hashrate: hashrate, start: 16)
        #expect((1.5...4).contains(seconds), "a share every \(seconds) s")
    }

    /// About a share a second from the start, for devices of a usual speed.
    @Test func beginsWithWhatTheDevicesAreExpectedToDo() {
        func device(_ id: DeviceID, _ kind: Device.Kind, units: Int) -> Device {
            Device(
                id: id, kind: kind, name: "", platform: "", driver: "", computeUnits: units, memory: 1 << 30, fp64: true
            )
        }
        func first(_ algorithm: Algorithm, _ devices: Device..., threads: Int = 2) -> UInt64 {
            UInt64(SandboxConfiguration.firstDifficulty(of: algorithm, on: devices, threads: threads).value)
        }
        let (cpu, card) = (device(.cpu, .cpu, units: 16), device(.opencl(platform: 0, device: 0), .gpu, units: 100))
        #expect(first(.cn2, cpu) == 120 && first(.cn2, cpu, threads: 16) == 960)
        #expect(first(.cn2, card) == 1500 && first(.cn2, cpu, card) == 1620)
        #expect(first(.rx0, cpu) == 120 && first(.rxArq, cpu) == 480)
        #expect(first(.sha256d, cpu) == 40_000_000 && first(.sha256d, card) == 4_000_000_000)
        for algorithm in Catalog.all {
            #expect(first(algorithm, cpu, threads: 1) >= algorithm.parameters.firstDifficulty, "\(algorithm)")
        }
    }

    @Test func fallsWhenSharesStopButNotBeforeTheFirst() throws {
        var idle = Vardiff(start: try #require(Difficulty(16)), interval: .seconds(2), now: .zero)
        #expect(idle.tick(now: .seconds(1000)) == nil)
        var (_, vardiff) = try settle(hashrate: 1000, start: 16)
        let before = vardiff.difficulty
        #expect(vardiff.tick(now: .seconds(10_000)) != nil)
        #expect(vardiff.difficulty < before)
        for i in 2...40 { _ = vardiff.tick(now: .seconds(10_000 * i)) }
        #expect(vardiff.difficulty == .one)
    }

    /// What the field saw: shares of easier jobs keep coming from a queue after each change, faster than they were
    /// found. The difficulty rose eightfold for every few of them.
    @Test func sharesOfEarlierJobsDoNotRaiseIt() throws {
        let easy = try #require(Difficulty(8))
        var vardiff = Vardiff(start: easy, interval: .milliseconds(2500), now: .zero)
        var now = Duration.seconds(1)
        // A hundred hashes a second: 12.5 shares a second.
        while vardiff.difficulty == easy {
            now += .milliseconds(80)
            _ = vardiff.share(easy, now: now)
        }
        let first = vardiff.difficulty
        #expect((20...400).contains(Double(first.value)))
        for _ in 0..<1000 {
            now += .milliseconds(1)
            #expect(vardiff.share(easy, now: now) == nil)
        }
        #expect(vardiff.difficulty == first)
    }

    /// A device that reports its finds in batches: many shares in a moment prove no more than the batch's work.
    @Test func batchesAreNoFloods() throws {
        var vardiff = Vardiff(start: try #require(Difficulty(8)), interval: .milliseconds(2500), now: .zero)
        var random = SeededGenerator(seed: 5)
        // 4000 H/s in batches of two seconds.
        for batch in 1...30 {
            let difficulty = vardiff.difficulty
            let expected = 8000 / Double(difficulty.value)
            for i in 0..<Self.poisson(expected, &random) {
                _ = vardiff.share(difficulty, now: .seconds(2 * batch) + .microseconds(100 * i))
            }
            #expect(Double(vardiff.difficulty.value) < 4000 * 2.5 * 8, "batch \(batch)")
        }
        #expect((0.8...8).contains(Double(vardiff.difficulty.value) / 4000))
    }

    /// Hash rates, each with how many shares a second a pool proves for algorithms that are so fast: RandomX, a small
    /// CryptoNight, and SHA-256d.
    private static let rates: [(rate: Double, proofs: Double)] =
        [1, 3, 10, 60].map { ($0, 5) } + [1, 10, 60, 500, 2000, 1e4].map { ($0, 26) }
        + [1, 3, 10, 60, 500, 4000, 3e4, 1e6, 2e7, 1e9, 1e10].map { ($0, 2000) }

    /// Within fifteen seconds of the first hash, and from then on, there is a share every few seconds.
    @Test(arguments: rates) func aShareEveryFewSeconds(_ rate: Double, _ proofs: Double) {
        for seed in 1...20 as ClosedRange<UInt64> {
            var rig = Rig(rate: rate, proofs: proofs, seed: seed)
            rig.run(until: 15)
            let early = rig.judged
            #expect(early >= (rate > 1 ? 2 : 1), "seed \(seed): \(early) shares in 15 s")
            rig.run(until: 75)
            let perShare = 60 / Double(max(rig.judged - early, 1))
            #expect((1...7).contains(perShare), "seed \(seed): a share every \(perShare) s")
            #expect(
                (0.25...15).contains(rig.secondsPerShare), "seed \(seed): \(rig.secondsPerShare) s a share at the end")
        }
    }

    /// What a user of the sandbox sees from ten seconds after the start on: about a share a second, and no long silence.
    /// Devices are slower or faster than expected; RandomX and slow CryptoNights are proven slowly.
    @Test(arguments: [0.5, 1, 3, 20], [5, 26, 2000] as [Double])
    func aShareASecondToTheEnd(_ ratio: Double, _ proofs: Double) {
        let shares = (1...40 as ClosedRange<UInt64>).map { seed in
            var rig = Rig(
                rate: 1000 * ratio, proofs: proofs, start: 1000, interval: SandboxConfiguration.watchedInterval,
                seed: seed)
            rig.run(until: 10)
            let early = rig.judged
            rig.longestSilence = 0
            rig.run(until: 30)
            #expect(rig.longestSilence < 9, "seed \(seed): \(rig.longestSilence) s without a share")
            return rig.judged - early
        }
        let perSecond = Double(shares.reduce(0, +)) / 20 / 40
        #expect((0.8...1.6).contains(perSecond), "\(perSecond) shares a second")
    }

    /// A machine that does much else, so that a proof takes most of a second, or more than one: shares come less often, and
    /// few wait. They came faster than they were proven, until most of them had no answer in time.
    @Test(arguments: [0.5, 1, 2, 5]) func sharesDoNotOutrunTheirProofs(_ proofs: Double) {
        for seed in 1...20 as ClosedRange<UInt64> {
            var rig = Rig(
                rate: 20, proofs: proofs, start: 64, interval: SandboxConfiguration.watchedInterval, seed: seed)
            for second in 1...300 {
                rig.run(until: Double(second))
                #expect(second < 30 || rig.waiting < 24, "seed \(seed), \(second) s: \(rig.waiting) wait")
            }
            #expect(Double(rig.judged) > 300 * min(1, proofs) / 6, "seed \(seed): \(rig.judged) shares")
        }
    }

    /// A device that joins or leaves.
    @Test(arguments: [(100, 1e6), (1e6, 100), (1, 1e10), (1e10, 1), (3000, 9000), (9000, 3000)] as [(Double, Double)])
    func stepsAreFollowed(_ before: Double, _ after: Double) {
        for seed in 1...10 as ClosedRange<UInt64> {
            var rig = Rig(rate: before, seed: seed)
            rig.run(until: 60)
            rig.rate = after
            // Down takes a while for each power of four that must be found out.
            rig.run(until: 150)
            let settled = rig.judged
            rig.run(until: 210)
            let perShare = 60 / Double(max(rig.judged - settled, 1))
            #expect((1...7).contains(perShare), "seed \(seed): a share every \(perShare) s")
        }
    }

    /// Numbers at both ends: nothing overflows, and nothing falls below one hash.
    @Test func hugeAndTinyNumbers() throws {
        let huge = try #require(Difficulty(UInt64.max))
        var vardiff = Vardiff(start: huge, interval: .seconds(2), now: .zero)
        for i in 1...200 { _ = vardiff.share(vardiff.difficulty, now: .milliseconds(i * 100)) }
        #expect(vardiff.difficulty.value > UInt64.max / 4)
        for i in 1...100 { _ = vardiff.tick(now: .seconds(100 * i)) }
        #expect(vardiff.difficulty == .one)
        for i in 1...100 { _ = vardiff.share(.one, now: .seconds(20_000 + 10 * i)) }
        #expect(vardiff.difficulty == .one)
    }

    /// A device of a hash rate, the queue of its finds, and a pool that proves so many a second at most.
    private struct Rig {
        var rate: Double
        private let proofs: Double
        private(set) var judged = 0
        /// The longest time between two judged shares, or between the last one and now.
        var longestSilence = 0.0
        private var lastJudged = 0.0
        private var vardiff: Vardiff
        private var random: SeededGenerator
        private var queue: [(difficulty: Difficulty, count: Int, arrived: Double)] = []
        private var now = 0.0
        /// The part of the next proof that is done.
        private var done = 0.0

        /// What a device's own check finds good a second, for each share that the pool proves; it uses faster code.
        private static let own = 10.0
        /// And in all.
        private static let mostOwn = 2000.0
        private static let step = 0.01

        /// - Parameter start: the first difficulty.
        init(
            rate: Double, proofs: Double = 2000, start: UInt64 = 4, interval: Duration = .milliseconds(2500),
            seed: UInt64
        ) {
            self.rate = rate
            self.proofs = proofs
            random = SeededGenerator(seed: seed)
            vardiff = Vardiff(start: Difficulty(start) ?? .one, interval: interval, now: .zero)
        }

        var waiting: Int { queue.reduce(0) { $0 + $1.count } }
        var secondsPerShare: Double { Double(vardiff.difficulty.value) / rate }

        mutating func run(until end: Double) {
            var ticked = now
            while now < end {
                now += Self.step
                longestSilence = max(longestSilence, now - lastJudged)
                let own = min(proofs * Self.own, Self.mostOwn)
                let expected = min(rate / Double(vardiff.difficulty.value), own) * Self.step
                let found = VardiffTests.poisson(expected, &random)
                if found > 0 { queue.append((vardiff.difficulty, found, now)) }
                done = min(done + proofs * Self.step, max(1, proofs * Self.step))
                while done >= 1, !queue.isEmpty {
                    judged += 1
                    lastJudged = now
                    done -= 1
                    // The pool's order.
                    let index = queue.firstIndex { $0.difficulty == vardiff.difficulty } ?? 0
                    queue[index].count -= 1
                    let next = queue[index]
                    if next.count == 0 { queue.remove(at: index) }
                    vardiff.proved(in: .seconds(1 / proofs))
                    _ = vardiff.share(next.difficulty, arrived: .seconds(next.arrived), now: .seconds(now))
                }
                if now - ticked >= 1 {
                    ticked = now
                    if queue.isEmpty { _ = vardiff.tick(now: .seconds(now)) }
                }
            }
        }
    }

    /// How often something happens that is expected so often.
    private static func poisson(_ expected: Double, _ random: inout SeededGenerator) -> Int {
        guard expected < 30 else { return Int(expected) }
        var product = 1.0
        var count = -1
        let limit = exp(-expected)
        repeat {
            product *= Double.random(in: 0..<1, using: &random)
            count += 1
        } while product > limit
        return count
    }
}
