import NightjarNode
import Testing

@Suite(.timeLimit(.minutes(5))) struct PollPaceTests {
    private static let interval: Duration = .seconds(1)
    private static let spacing: Duration = .milliseconds(100)

    /// Runs a pace for ten seconds in steps of a millisecond, with an answer in no time.
    ///
    /// - Returns: the times of the polls.
    private static func polls(
        moving: Bool, notice: (_ millisecond: Int) -> Bool
    ) -> [Duration] {
        var pace = PollPace(interval: interval, templateSpacing: spacing)
        var polls: [Duration] = []
        pace.template(now: .zero)
        pace.begin(now: .zero)
        for millisecond in 1...10_000 {
            let now = Duration.milliseconds(millisecond)
            if notice(millisecond) { _ = pace.notice(more: true, now: now) }
            while pace.wait(now: now) == .zero {
                pace.poll(now: now)
                polls.append(now)
                if moving {
                    pace.moved()
                    pace.template(now: now)
                }
                pace.begin(now: now)
            }
        }
        return polls
    }

    @Test func withoutNoticesTheIntervalDecides() {
        #expect(Self.polls(moving: true) { _ in false } == (1...10).map { .seconds($0) })
        #expect(Self.polls(moving: false) { _ in false } == (1...10).map { .seconds($0) })
    }

    /// A notice each millisecond, and a new height with each answer.
    @Test func noticesWithoutEndAreFourPollsASecond() {
        let polls = Self.polls(moving: true) { _ in true }
        #expect(polls.first == Self.spacing)
        #expect(polls.count <= 41, "\(polls.count)")
        #expect(zip(polls, polls.dropFirst()).allSatisfy { $1 - $0 >= PollPace.noticeSpacing })
    }

    /// Notices without a new block bring the early polls, too.
    @Test func noticesThatAreNotTrueAreAFewPollsASecond() {
        #expect(Self.polls(moving: false) { _ in true }.count <= 121)
    }

    @Test func oneNoticeIsActedOnAtOnce() {
        let polls = Self.polls(moving: false) { $0 == 5500 }.filter { $0 > .seconds(5) }
        #expect(
            Array(polls[..<5]) == [5500, 5520, 5620, 6020, 6820].map { .milliseconds($0) },
            "at once, and then less often")
        let moving = Self.polls(moving: true) { $0 == 5500 }.filter { $0 > .seconds(5) }
        #expect(Array(moving[..<2]) == [5500, 6500].map { .milliseconds($0) })
    }

    /// A notice that comes soon after another is not forgotten.
    @Test func aSecondNoticeIsActedOnALittleLater() {
        let polls = Self.polls(moving: true) { $0 == 5500 || $0 == 5501 || $0 == 5502 }.filter { $0 > .seconds(5) }
        #expect(Array(polls[..<3]) == [5500, 5750, 6750].map { .milliseconds($0) })
    }

    @Test func afterATemplateTheNodeHasAWhile() {
        var pace = PollPace(interval: .milliseconds(1), templateSpacing: Self.spacing)
        pace.begin(now: .seconds(3))
        pace.template(now: .seconds(3))
        #expect(pace.wait(now: .seconds(3)) == Self.spacing)
        #expect(pace.wait(now: .milliseconds(3040)) == .milliseconds(60))
        #expect(pace.wait(now: .milliseconds(3100)) == .zero)
        // Only the first notice since the last poll may end a wait that has begun.
        let wakes = (0..<3).map { _ in pace.notice(more: false, now: .seconds(4)) }
        #expect(wakes == [true, false, false])
    }
}
