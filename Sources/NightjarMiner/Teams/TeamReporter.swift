import NightjarCore
import NightjarPlatform
import Synchronization

/// Passes on the events of a team's miner with the team's number. Pauses and the summary are the whole run's: ``Teams``
/// reports them.
struct TeamReporter: Reporter {
    let team: Int
    let roster: TeamRoster

    func report(_ event: MinerEvent) { report(event, from: EventSource()) }

    func report(_ event: MinerEvent, from source: EventSource) {
        switch event {
        case .summary, .paused, .resumed: return
        default: break
        }
        var source = source
        source.team = team
        roster.report(event, from: source)
    }
}

/// What the teams of a run share: the reporter, which takes one event at a time, and the count of answered shares.
final class TeamRoster: Sendable {
    private struct State {
        let reporter: any Reporter
        var teams = 0
        var answered = 0
        var isOver = false
    }

    private let state: Locked<State>
    /// How many answered shares end the run; `nil` for no limit.
    private let wanted: Int?
    /// Called once, when these have been answered.
    private let onEnough: AsyncStream<Void>.Continuation
    let enough: AsyncStream<Void>

    init(_ reporter: any Reporter, shares wanted: Int?) {
        state = Locked(State(reporter: reporter))
        self.wanted = wanted
        (enough, onEnough) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many teams mine.
    func set(teams: Int) { state.withLock { $0.teams = teams } }

    /// Reports an event. After the summary it does nothing.
    func report(_ event: MinerEvent, from source: EventSource = EventSource()) {
        let isEnough = state.withLock { state in
            guard !state.isOver else { return false }
            var source = source
            source.isOneOfSeveral = state.teams > 1
            state.reporter.report(event, from: source)
            switch event {
            case .summary: state.isOver = true
            case .share(let share) where share.state == .accepted || share.state == .rejected:
                state.answered += 1
                return state.answered == wanted
            default: break
            }
            return false
        }
        if isEnough { onEnough.yield() }
    }
}
