import NightjarJSON
import NightjarPlatform
import NightjarReport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MeasuringTests {
    private func limits(_ repetitions: Int, most: Int = 50, budget: Double = 0) -> RepetitionPlan.Limits {
        RepetitionPlan.Limits(repetitions: repetitions, mostRepetitions: most, budget: budget)
    }

    /// Measures what `rate` says until the plan ends.
    private func run(_ plan: inout RepetitionPlan, _ rate: (Int, Int) -> Double) -> [Int] {
        var order: [Int] = []
        while let next = plan.next, order.count < 1000 {
            plan.note(next, rate: rate(next, order.filter { $0 == next }.count), seconds: 2)
            order.append(next)
        }
        return order
    }

    @Test func subjectsTakeTurns() {
        var plan = RepetitionPlan(subjects: 3, limits: limits(4))
        #expect(plan.secondsLeft == 0)
        #expect(run(&plan, { _, _ in 100 }) == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
    }

    /// Only those whose interval is wide go on, and no longer than the budget.
    @Test func wideIntervalsGoOnWhileThereIsTime() {
        var generator = SplitMix64(seed: 1)
        func noisy(_ subject: Int, _ count: Int) -> Double {
            subject == 0 ? 100 : Double.random(in: 80...120, using: &generator)
        }
        var plan = RepetitionPlan(subjects: 2, limits: limits(5, budget: 61))
        let order = run(&plan, noisy)
        #expect(order.filter { $0 == 0 }.count == 5 && order.count == 30)
        var short = RepetitionPlan(subjects: 2, limits: limits(5, budget: 10))
        #expect(run(&short, noisy).count == 10)
        var few = RepetitionPlan(subjects: 1, limits: limits(5, most: 7, budget: 1e9))
        #expect(run(&few, { _, _ in Double.random(in: 80...120, using: &generator) }).count == 7)
    }

    @Test func aSubjectThatFailedIsLeftOut() {
        var plan = RepetitionPlan(subjects: 2, limits: limits(3))
        plan.note(0, rate: 1, seconds: 1)
        plan.stop(0)
        #expect(run(&plan, { _, _ in 1 }) == [1, 1, 1])
        #expect(plan.next == nil && plan.secondsLeft == 0)
    }

    @Test func theTimeLeftIsThatOfTheSamplesThatAreDue() {
        var plan = RepetitionPlan(subjects: 2, limits: limits(5, budget: 100))
        plan.note(0, rate: 100, seconds: 2)
        plan.note(1, rate: 100, seconds: 3)
        #expect(plan.secondsLeft == 4 * 2 + 4 * 3)
    }

    @Test func theWholesTimeComesFromThePairsThatAreDone() {
        var time = TimeLeft(pairs: 6, typical: 10)
        #expect(time.seconds(group: 2) == 60 && time.seconds(group: 2, left: 5) == 45)
        time.note(done: 2, elapsed: 50)
        #expect(time.seconds(group: 2) == 100 && time.words(group: 2, left: 75) == ", about 2 min 5 s left")
        time.note(done: 4, elapsed: 100)
        #expect(time.seconds(group: 0) == 0 && time.words(group: 0).isEmpty)
    }

    @Test func twoSteadyWindowsAreWarm() {
        var warm = WarmUp(most: 10)
        for (rate, isWarm) in [(50.0, false), (90, false), (97, false), (98, true)] {
            warm.note(rate: rate, seconds: 1)
            #expect(warm.isWarm == isWarm && warm.seconds > 0)
        }
        var comparing = WarmUp(most: 10)
        for (isComparing, isWarm) in [(true, false), (true, false), (false, true)] {
            comparing.note(rate: 50, seconds: 1, isComparing: isComparing)
            #expect(comparing.isWarm == isWarm)
        }
        var cold = WarmUp(most: 3)
        for (rate, isWarm) in [(50.0, false), (90, false), (150, true)] {
            cold.note(rate: rate, seconds: 1)
            #expect(cold.isWarm == isWarm)
        }
    }

    /// The samples of a simulated benchmark whose true speed is known, as many as its plan wants.
    private func samples(_ speed: Double, budget: Double, _ generator: inout SplitMix64) -> [Double] {
        var plan = RepetitionPlan(subjects: 1, limits: limits(5, budget: budget))
        var rates: [Double] = []
        while plan.next != nil {
            // Noise as of a shared machine: mostly small, sometimes a disturbance either way.
            let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
            let disturbance = Double.random(in: 0..<1, using: &generator) < 0.1
            let rate = speed * (1 + 0.006 * normal * (disturbance ? 5 : 1))
            rates.append(rate)
            plan.note(0, rate: rate, seconds: 2)
        }
        return rates
    }

    /// The interval holds the truth in nine of ten cases at least.
    @Test func intervalsHoldTheTruth() {
        var generator = SplitMix64(seed: 1919)
        let held = (0..<200).count { _ in
            let rates = samples(1000, budget: 40, &generator)
            return Bootstrap.medianInterval(rates)?.contains(1000) == true
        }
        #expect(held >= 180, "\(held) of 200")
    }

    /// Two runs of the same speed are the same, and one slowed by 3 % is slower, in nine of ten cases at least, with bench's
    /// default budget. `Tests/Report/verdicts.py` does it with the program.
    @Test(arguments: [(1.0, SpeedRatio.Verdict.same), (0.97, .slower)])
    func verdictsAreRight(_ speed: Double, _ verdict: SpeedRatio.Verdict) {
        var generator = SplitMix64(seed: 97)
        let right = (0..<200).count { _ in
            let before = samples(1000, budget: 30, &generator)
            let after = samples(1000 * speed, budget: 30, &generator)
            return SpeedRatio(after, to: before, isPaired: false)?.verdict == verdict
        }
        #expect(right >= 180, "\(right) of 200")
    }

    /// The same with the noise of a real machine, samples of which `noise.json` has as parts of their median. They are drawn
    /// one by one: what changes over minutes is no matter of an interval, and bench warns of it.
    @Test func intervalsHoldTheTruthUnderRecordedNoise() throws {
        let json = try JSON(parsing: Fixture.bytes("report/noise.json"))
        for recording in try #require(json["recordings"]?.array) {
            let noise = try #require(recording["rates"]?.array).compactMap(\.double)
            let truth = try #require(SampleStatistics.median(noise))
            #expect(noise.count >= 100 && abs(truth - 1) < 1e-3)
            var generator = SplitMix64(seed: 2611)
            var held = 0
            for _ in 0..<200 {
                // bench's own limits: five samples of two seconds, and up to 30 seconds while the interval is wide.
                var plan = RepetitionPlan(subjects: 1, limits: limits(5, budget: 30))
                var rates: [Double] = []
                while plan.next != nil {
                    let rate = noise[Int.random(in: 0..<noise.count, using: &generator)]
                    rates.append(rate)
                    plan.note(0, rate: rate, seconds: 2)
                }
                if Bootstrap.medianInterval(rates)?.contains(truth) == true { held += 1 }
            }
            #expect(held >= 180, "\(held) of 200: \(recording["about"]?.string ?? "")")
        }
    }
}
