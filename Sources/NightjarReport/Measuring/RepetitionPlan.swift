/// Decides which subject (an algorithm on a device) is measured next, and when enough was measured.
///
/// Subjects take turns, so that what changes while the benchmark runs, such as the temperature, meets all of them. Each is
/// measured ``Limits/repetitions`` times; those whose interval is still wide go on while there is time.
package struct RepetitionPlan: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Samples that each subject gets.
        package var repetitions: Int
        /// The most samples of a subject.
        package var mostRepetitions: Int
        /// Seconds of samples of all subjects together, beyond which only ``repetitions`` count.
        package var budget: Double

        package init(repetitions: Int, mostRepetitions: Int, budget: Double) {
            self.repetitions = repetitions
            self.mostRepetitions = max(repetitions, mostRepetitions)
            self.budget = budget
        }
    }

    /// An interval of this half width, as a part of the median, is narrow enough.
    package static let narrow = 0.01

    private struct Subject {
        var rates: [Double] = []
        var lastSeconds = 0.0
        /// Nothing more is measured: it failed, or its nonces are used up.
        var isOver = false
        var isNarrow = false
    }

    private let limits: Limits
    private var subjects: [Subject]
    private var spent = 0.0
    private var last: Int?

    package init(subjects: Int, limits: Limits) {
        self.limits = limits
        self.subjects = [Subject](repeating: Subject(), count: subjects)
    }

    /// Takes a sample in.
    package mutating func note(_ subject: Int, rate: Double, seconds: Double) {
        subjects[subject].rates.append(rate)
        subjects[subject].lastSeconds = seconds
        spent += seconds
        last = subject
        guard subjects[subject].rates.count >= limits.repetitions else { return }
        let rates = subjects[subject].rates
        let half = RateSummary(rates, interval: Bootstrap.medianInterval(rates))?.halfWidth
        subjects[subject].isNarrow = half.map { $0 <= Self.narrow } ?? false
    }

    /// Measures a subject no more.
    package mutating func stop(_ subject: Int) { subjects[subject].isOver = true }

    /// The subject to measure next; `nil` when all is measured.
    package var next: Int? {
        let waiting = subjects.indices.filter(isWanted)
        guard let fewest = waiting.map({ subjects[$0].rates.count }).min() else { return nil }
        // In turn: of those with the fewest samples, the first after the last one.
        let turn = waiting.filter { subjects[$0].rates.count == fewest }
        return turn.first { $0 > last ?? -1 } ?? turn.first
    }

    /// About how many seconds of samples are left, if intervals stay as wide as they are.
    package var secondsLeft: Double {
        let typical = subjects.map(\.lastSeconds).max() ?? 0
        let due = subjects.filter { !$0.isOver }.reduce(0.0) { sum, subject in
            let missing = Double(max(0, limits.repetitions - subject.rates.count))
            return sum + missing * (subject.lastSeconds > 0 ? subject.lastSeconds : typical)
        }
        let goesOn = subjects.contains { !$0.isOver && !$0.isNarrow && $0.rates.count >= limits.repetitions }
        return goesOn ? max(due, limits.budget - spent) : due
    }

    private func isWanted(_ index: Int) -> Bool {
        let subject = subjects[index]
        if subject.isOver { return false }
        if subject.rates.count < limits.repetitions { return true }
        // A sample that would end after the budget is not begun.
        return !subject.isNarrow && subject.rates.count < limits.mostRepetitions
            && spent + subject.lastSeconds <= limits.budget
    }
}
