import NightjarCore
import NightjarPlatform
import Synchronization

/// The job that all lanes work on, and the nonces of each Work that have been tried.
///
/// Lanes read ``generation`` after every batch, which costs them nothing, and look at the board only when it has moved.
/// Nonces belong to the Work and not to the job: pools send one blob under several names, after a reconnect for
/// example. No nonce is tried twice for the same Work.
package final class JobBoard: Sendable {
    /// The answer to a lane that asks for nonces.
    package enum Reservation: Hashable {
        /// Nonces for this lane alone, of the job's unit with this number.
        case nonces(Range<UInt64>, unit: UInt64)
        /// The job has been replaced: look at the board.
        case outdated
        /// Every nonce of every unit has been given out. `first` is true for the first lane that is told so of this
        /// job.
        case exhausted(first: Bool)
    }

    /// The content of the board.
    package struct Posting: Sendable {
        /// `nil`: nothing to do for now.
        package let job: Job?
        /// The unit whose nonces are given out at present; `nil` when the job's source has no unit left.
        package let unit: NumberedUnit?
        package let generation: UInt64
        /// Lanes are to end.
        package let isClosed: Bool
    }

    /// A unit of a job's work, with its number in the source.
    package struct NumberedUnit: Sendable, Hashable {
        package let number: UInt64
        package let unit: WorkUnit
    }

    private struct State {
        var job: Job?
        var current: NumberedUnit?
        /// The next unit. It is made when the current one is begun, so that no lane waits for it.
        var ahead: WorkUnit?
        var generation: UInt64 = 0
        var isClosed = false
        var exhaustedSaid = false
        /// In the order of use; the last one is the current unit's.
        var works: [(key: Work, tried: TriedNonces)] = []
        /// The units at which earlier jobs were left, the newest last. A job that comes again goes on there.
        var left: [(job: JobID, unit: UInt64)] = []
    }

    private let state = Monitor(State())
    private let published = Atomic<UInt64>(0)
    /// How many Works and jobs are remembered. A pool replaces its jobs within minutes, so that this covers hours.
    private let remembered: Int

    /// - Parameter earlier: boards that are closed, whose nonces are remembered here.
    package init(remembered: Int = 64, after earlier: [JobBoard] = []) {
        self.remembered = remembered
        let all = earlier.map { $0.state.withLock { ($0.works, $0.left) } }
        guard !all.isEmpty else { return }
        state.withLock { state in
            state.works = all.flatMap(\.0).suffix(remembered)
            state.left = all.flatMap(\.1).suffix(remembered)
        }
    }

    /// Moves with every change of the board.
    package var generation: UInt64 { published.load(ordering: .acquiring) }

    package var posting: Posting { state.withLock { Self.posting($0) } }

    /// Replaces the job; `nil` leaves the lanes idle. After ``close()`` it does nothing.
    package func post(_ job: Job?) {
        state.change { state in
            guard !state.isClosed else { return }
            leave(&state)
            state.job = job
            state.exhaustedSaid = false
            if let job {
                let number = state.left.last { $0.job == job.id }?.unit ?? 0
                if let unit = job.source.unit(number) { begin(unit, number, of: job, &state) }
            }
            move(&state)
        }
    }

    /// Ends the work of all lanes.
    package func close() {
        state.change { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            leave(&state)
            move(&state)
        }
    }

    /// Wakes all threads that wait here, so that they look at their own conditions again.
    package func wakeAll() { state.change { move(&$0) } }

    /// Blocks the thread until the board moves on from `generation`.
    package func wait(after generation: UInt64) -> Posting {
        state.wait { $0.generation == generation ? nil : Self.posting($0) }
    }

    /// Blocks the thread until the pause is over or the board is closed.
    ///
    /// - Returns: whether it is closed.
    package func closes(within pause: Duration) -> Bool {
        state.wait(milliseconds: pause.inMilliseconds) { $0.isClosed ? true : nil } ?? false
    }

    /// Gives out the next nonces of the current job.
    ///
    /// - Parameters:
    ///   - generation: of the posting that the lane works on.
    ///   - count: the most to give out, at least 1.
    package func reserve(_ count: Int, generation: UInt64) -> Reservation {
        state.withLock { state in
            guard state.generation == generation, let job = state.job else { return .outdated }
            while let current = state.current {
                let last = state.works.count - 1
                if let range = state.works[last].tried.take(UInt64(count), within: current.unit.nonces.range) {
                    return .nonces(range, unit: current.number)
                }
                guard let next = state.ahead else { break }
                begin(next, current.number + 1, of: job, &state)
            }
            defer { state.exhaustedSaid = true }
            return .exhausted(first: !state.exhaustedSaid)
        }
    }

    private func begin(_ unit: WorkUnit, _ number: UInt64, of job: Job, _ state: inout State) {
        state.current = NumberedUnit(number: number, unit: unit)
        state.ahead = job.source.unit(number + 1)
        let key = unit.work.withClearedNonce
        if let index = state.works.firstIndex(where: { $0.key == key }) {
            state.works.append(state.works.remove(at: index))
        } else {
            if state.works.count == remembered { state.works.removeFirst() }
            state.works.append((key, TriedNonces()))
        }
    }

    private func leave(_ state: inout State) {
        if let job = state.job, let number = state.current?.number {
            state.left.removeAll { $0.job == job.id }
            if state.left.count == remembered { state.left.removeFirst() }
            state.left.append((job.id, number))
        }
        (state.job, state.current, state.ahead) = (nil, nil, nil)
    }

    private func move(_ state: inout State) {
        state.generation += 1
        published.store(state.generation, ordering: .releasing)
    }

    private static func posting(_ state: State) -> Posting {
        Posting(job: state.job, unit: state.current, generation: state.generation, isClosed: state.isClosed)
    }
}
