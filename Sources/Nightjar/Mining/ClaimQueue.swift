import NightjarCore
import NightjarPlatform

/// What waits for the verifier.
package protocol WaitingClaim: Sendable {
    /// The job that it becomes worthless with; `nil` when it is worth something whatever its job is.
    var worthOf: JobID? { get }
}

/// The candidates that wait for the verifier's threads: the newest first, because a share that waits may become stale.
///
/// It is bounded: lanes that find faster than the CPU verifies wait for it, and no candidate is dropped. A candidate
/// whose job has become worthless is handed out to be reported, not to be hashed.
///
/// The CPU's lanes make room: see ``RestingLanes``.
package final class ClaimQueue<Claim: WaitingClaim>: Sendable {
    /// What a thread of the verifier does next.
    package enum Order: Sendable {
        case verify(Claim)
        /// The claim's job is worthless.
        case giveUp(Claim)
        /// No candidate waits: prepare for those of this work.
        case prepare(Work)
    }

    private struct State {
        /// The newest last.
        var waiting: [Claim] = []
        /// Those of `worthlessJobs`.
        var worthless: [Claim] = []
        var worthlessJobs: Set<JobID> = []
        /// What to prepare for; `nil` when that has been done.
        var work: Work?
        /// How many claims are hashed at present.
        var inHand = 0
        /// The verifier's threads.
        var threads = 0
        /// How many busy threads the lanes were told of.
        var told = 0
        var isClosed = false

        var count: Int { waiting.count + worthless.count }
    }

    private let state = Monitor(State())
    private let capacity: Int
    private let resting: RestingLanes

    /// - Parameter resting: shared with the other queues whose threads run on the same CPU.
    package init(capacity: Int, resting: RestingLanes) {
        self.capacity = capacity
        self.resting = resting
    }

    // MARK: Lanes

    /// Blocks while the queue is full. A call after ``close()`` is a programmer's error and traps.
    ///
    /// - Returns: whether the threads are so far behind that another one would help.
    package func put(_ claim: Claim) -> Bool {
        state.wait { state -> Bool? in
            precondition(!state.isClosed, "the queue outlives the lanes")
            guard state.count < capacity else { return nil }
            if isWorthless(claim, state.worthlessJobs) {
                state.worthless.append(claim)
            } else {
                state.waiting.append(claim)
            }
            note(&state)
            return state.waiting.count > 2 * state.threads
        }
    }

    /// See ``RestingLanes``.
    package func enter() { resting.enter() }
    package func leave() { resting.leave() }
    package func makeRoom(on unit: Int? = nil) { resting.makeRoom(on: unit) }

    /// Tells how many threads are busy.
    private func note(_ state: inout State) {
        let busy = state.isClosed ? 0 : min(state.threads, state.waiting.count + state.inHand)
        guard busy != state.told else { return }
        resting.change(busy: busy - state.told)
        state.told = busy
    }

    // MARK: The run

    /// Candidates of these jobs are not hashed from now on. Replaces the set of the last call.
    package func giveUp(_ jobs: Set<JobID>) {
        state.change { state in
            state.worthlessJobs = jobs
            state.worthless += state.waiting.filter { isWorthless($0, jobs) }
            state.waiting.removeAll { isWorthless($0, jobs) }
            note(&state)
        }
    }

    private func isWorthless(_ claim: Claim, _ jobs: Set<JobID>) -> Bool {
        claim.worthOf.map(jobs.contains) ?? false
    }

    /// Candidates of `work` may come soon.
    package func expect(_ work: Work) { state.change { $0.work = work } }

    // MARK: Threads of the verifier

    package func addThread() {
        state.change { state in
            state.threads += 1
            note(&state)
        }
    }

    /// Blocks until there is something to do; `nil` when the queue is closed and empty.
    package func take() -> Order? {
        state.wait { state -> Order?? in
            if let claim = state.worthless.popLast() { return .some(.giveUp(claim)) }
            if let claim = state.waiting.popLast() {
                state.inHand += 1
                return .some(.verify(claim))
            }
            if state.isClosed { return .some(nil) }
            guard let work = state.work else { return nil }
            state.work = nil
            return .some(.prepare(work))
        }
    }

    /// A claim that was taken has been hashed.
    package func done() {
        state.change { state in
            state.inHand -= 1
            note(&state)
        }
    }

    /// After this, ``take()`` returns `nil` as soon as the queue is empty.
    package func close() {
        state.change { state in
            state.isClosed = true
            note(&state)
        }
    }
}
