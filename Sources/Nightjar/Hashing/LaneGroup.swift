import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// All lanes of one device for one algorithm, each on its thread.
///
/// Every lane is made on its own thread; known answers pass (on each lane of the CPU, on the first of any other device,
/// whose lanes run the same program); and no lane goes on before all have come so far and the owner has let them.
final class LaneGroup: Sendable {
    /// How the making came out.
    enum Preparation: Sendable, Hashable {
        /// All lanes are ready: what they have to say, one sentence each.
        case ready(remarks: [String])
        case failed(NightjarError)
        case cancelled
    }

    fileprivate struct State {
        var unprepared: Int
        var remarks: [String] = []
        var facts: LaneFacts
        var failure: NightjarError?
        /// Whether a lane was still comparing ways to hash when it was ready.
        var isComparing = false
        /// Why lanes are not as fast as they might be.
        var refusals: [String] = []
        var isCancelled = false
        var isReleased = false
        /// Lanes whose thread has not come to its end.
        var running: Int
    }

    let device: DeviceID
    let algorithm: Algorithm
    let plan: LanePlan
    private let state: Monitor<State>
    private let threads: [PinnedThread]

    /// Plans, and starts the threads.
    ///
    /// - Parameters:
    ///   - settles: whether the lanes are to settle: before they count as ready, where there is work to settle on, or
    ///     by `body`.
    ///   - work: prepared on every lane before it counts as ready; `nil` for none.
    ///   - settling: what settling before that asks and tells; the group's own end is asked beside it.
    ///   - isCancelled: asked by the lanes, between known answers and by ``Seat/isCancelled``: whether to end.
    ///   - body: what each lane does once released, with its index. An error that it throws is the group's failure.
    /// - Throws: ``NightjarError``, or ``ThreadError``.
    convenience init(
        _ backend: any Backend, device: DeviceID, algorithm: Algorithm, threads count: Int?, settles: Bool = false,
        work: Work? = nil, settling: Settling = Settling(), isCancelled: @escaping @Sendable () -> Bool = { false },
        body: @escaping @Sendable (LaneGroup.Seat, any Lane) throws -> Void
    ) throws {
        if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
            throw NightjarError.unsupported(algorithm: algorithm.name, device: device, reason: reason)
        }
        try self.init(
            try backend.plan(algorithm, on: device, threads: count, settles: settles), device: device,
            algorithm: algorithm, settles: settles, work: work, settling: settling, isCancelled: isCancelled, body: body
        )
    }

    /// As above, with a plan that there is already.
    ///
    /// - Parameter provesItself: whether known answers must pass before a lane counts as ready; if not, `body` sees to
    ///   it.
    init(
        _ plan: LanePlan, device: DeviceID, algorithm: Algorithm, settles: Bool = false, work: Work? = nil,
        settling: Settling = Settling(), provesItself: Bool = true,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        body: @escaping @Sendable (LaneGroup.Seat, any Lane) throws -> Void
    ) throws {
        guard !plan.lanes.isEmpty else {
            throw NightjarError(device: device, reason: "there is no lane for \(algorithm)")
        }
        let state = Monitor(
            State(
                unprepared: plan.lanes.count, facts: plan.facts, running: plan.lanes.count))
        self.device = device
        self.algorithm = algorithm
        self.plan = plan
        self.state = state
        let queue = LaneQueue(lanes: plan.lanes.count, atOnce: plan.madeAtOnce)
        var threads: [PinnedThread] = []
        for (index, make) in plan.lanes.enumerated() {
            do {
                threads.append(
                    try PinnedThread(name: "\(device) \(index)") {
                        // The lane goes before the thread counts as ended: its memory may be wanted by then.
                        Self.run(
                            Seat(index: index, state: state, isUnwanted: isCancelled), make, in: queue, device: device,
                            algorithm: algorithm, work: work,
                            settling: settles ? settling : nil, provesItself: provesItself, body)
                        state.change { $0.running -= 1 }
                    })
            } catch {
                state.change { $0.isCancelled = true }
                for thread in threads { thread.join() }
                throw error
            }
        }
        self.threads = threads
    }

    /// A lane's place in its group.
    struct Seat: Sendable {
        let index: Int
        fileprivate let state: Monitor<State>
        /// Asked from outside whether the group is to end.
        fileprivate let isUnwanted: @Sendable () -> Bool

        /// Whether the group is to end: between batches a lane must look.
        var isCancelled: Bool { isUnwanted() || state.withLock { $0.isCancelled || $0.failure != nil } }

        /// Notes what a lane tells of itself.
        fileprivate func note(_ facts: LaneFacts) { state.withLock { $0.facts.merge(facts) } }

        /// Notes whether a lane that is ready still compares ways to hash.
        fileprivate func note(isComparing: Bool) { if isComparing { state.withLock { $0.isComparing = true } } }

        /// Those of a lane's remarks that no lane of the group has made before.
        func news(_ remarks: [String]) -> [String] {
            state.withLock { state in
                let news = remarks.filter { !state.remarks.contains($0) }
                state.remarks += news
                return news
            }
        }

        /// Notes why lanes are slower than they might be, each reason once.
        /// - Returns: whether it is new.
        func isNewRefusal(_ reason: String) -> Bool {
            state.withLock { state in
                if state.refusals.contains(reason) { return false }
                state.refusals.append(reason)
                return true
            }
        }
    }

    /// Blocks the thread until all lanes are ready or one has failed.
    func waitUntilPrepared() -> Preparation {
        state.wait { Self.preparation($0) }
    }

    /// Blocks the thread until a lane has failed or all have ended.
    func waitUntilOver() { state.wait { $0.failure != nil || $0.running == 0 ? () : nil } }

    /// Lets the prepared lanes go on.
    func release() { state.change { $0.isReleased = true } }

    /// Tells the lanes to end between batches.
    func cancel() { state.change { $0.isCancelled = true } }

    /// What the lanes had to say, so far.
    var remarks: [String] { state.withLock(\.remarks) }

    /// What the plan says and what lanes told, as facts, so far.
    var facts: LaneFacts { state.withLock(\.facts) }

    /// Whether a lane was still comparing ways to hash when it was ready.
    var isComparing: Bool { state.withLock(\.isComparing) }

    /// Why lanes are not as fast as they might be, so far.
    var refusals: [String] { state.withLock(\.refusals) }

    /// The first failure so far.
    var failure: NightjarError? { state.withLock(\.failure) }

    /// Blocks the thread until every lane has ended and released what it had.
    func join() { for thread in threads { thread.join() } }

    private static func preparation(_ state: State) -> Preparation? {
        if let failure = state.failure { return .failed(failure) }
        if state.isCancelled { return .cancelled }
        return state.unprepared == 0 ? .ready(remarks: state.remarks) : nil
    }

    private static func settle(_ lane: any Lane, _ seat: Seat, _ settling: Settling) throws {
        let both = Settling(isCancelled: { seat.isCancelled || settling.isCancelled() }, progress: settling.progress)
        while true {
            switch try lane.settle(both) {
            case .settled, .cancelled: return
            case .refused(let reason):
                _ = seat.isNewRefusal(reason)
                return
            case .deferred:
                // Nothing else to do meanwhile; a change of the group's state ends the wait sooner.
                _ = seat.state.wait(milliseconds: 100) { $0.isCancelled || $0.failure != nil ? () : nil }
            }
        }
    }

    private static func run(
        _ seat: Seat, _ make: @Sendable () throws -> any Lane, in queue: LaneQueue, device: DeviceID,
        algorithm: Algorithm, work: Work?, settling: Settling?, provesItself: Bool,
        _ body: @Sendable (Seat, any Lane) throws -> Void
    ) {
        do {
            let lane = try queue.turn(of: seat.index) {
                guard !seat.isCancelled else { throw NightjarError.cancelled }
                let lane = try make()
                if provesItself, seat.index == 0 || device == .cpu {
                    _ = try lane.passKnownAnswers(of: algorithm, on: device) { seat.isCancelled }
                }
                return lane
            }
            if let work {
                try lane.prepare(work)
                if let settling { try settle(lane, seat, settling) }
            }
            _ = seat.news(lane.remarks)
            seat.note(lane.facts)
            seat.note(isComparing: lane.isComparing)
            seat.state.change { $0.unprepared -= 1 }
            let goes = seat.state.wait { state -> Bool? in
                if state.isCancelled || state.failure != nil { return false }
                return state.isReleased && state.unprepared == 0 ? true : nil
            }
            if goes { try body(seat, lane) }
            seat.note(lane.facts)
        } catch {
            let failure = NightjarError(error, on: device)
            seat.state.change { state in
                if failure == .cancelled {
                    state.isCancelled = true
                } else if state.failure == nil {
                    state.failure = failure
                }
            }
        }
    }
}
