import NightjarCore
import Synchronization

/// The state of a running ``PoolGroup``: its tries, its waits, and the connections that it leaves.
///
/// One task takes the signals one after the other. Links and timers are tasks that only send signals.
struct PoolGroupRun {
    enum Signal: Sendable {
        case event(UpstreamEvent, of: Int, at: Duration)
        case ended(String, of: Int, at: Duration)
        /// The wait after failures is over.
        case waited(Int)
        /// It is time to look at the preferred links.
        case scoutDue(Int)
        /// The links have been replaced.
        case replaced
        /// The same links have another order.
        case reordered
    }

    /// One connection, or the try to make one.
    private struct Try {
        let number: Int
        let link: any UpstreamLink
        let task: Task<Void, Never>
        /// When it logged in.
        var connectedAt: Duration?
        /// Why its last job or message was refused, while it is a scout.
        var refusal: String?
    }

    private let group: PoolGroup
    private let sink: AsyncStream<Signal>.Continuation
    private let emit: @Sendable (UpstreamEvent) -> Void
    private let backoff: Backoff
    private let returning: Backoff

    /// The link in use, or the try that will become it.
    private var active: Try?
    /// The try of a preferred link beside the active one.
    private var scout: Try?
    /// The wait before the list is tried again.
    private var wait: (number: Int, task: Task<Void, Never>)?
    /// The wait before the next scout.
    private var scoutWait: (number: Int, task: Task<Void, Never>)?
    /// Connections that were left and may still answer shares.
    private var leaving: [Int: Task<Void, Never>] = [:]
    private var lastNumber = 0
    /// Passes over the list in a row without a good connection.
    private var failures = 0
    /// When the present outage began.
    private var awaySince: Duration
    /// Scouting passes in a row that failed.
    private var scoutings = 0
    private var outageSaid = false
    /// The links whose settings cannot work.
    private var leftOut: Set<ObjectIdentifier> = []
    /// Why links cannot be mined at, as far as it was told since they had work.
    private var told: [ObjectIdentifier: Set<String>] = [:]

    /// How much longer than its farewell a left connection is kept when shares still wait for its answer.
    private static let answerGrace: Duration = .seconds(30)
    /// No more reasons are told of one outage of a link. A pool may word each refusal anew.
    private static let mostTold = 4

    init(group: PoolGroup, sink: AsyncStream<Signal>.Continuation, emit: @escaping @Sendable (UpstreamEvent) -> Void) {
        self.group = group
        self.sink = sink
        self.emit = emit
        backoff = group.timing.backoff
        returning = group.timing.returning
        awaySince = backoff.now()
    }

    mutating func start() { activate(0) }

    mutating func take(_ signal: Signal) {
        switch signal {
        case .event(let event, let number, let time):
            if number == active?.number {
                takeActive(event, time)
            } else if number == scout?.number {
                takeScout(event, time)
            }
        case .ended(let reason, let number, let time):
            if number == active?.number {
                activeEnded(reason, time)
            } else if number == scout?.number {
                scoutEnded(reason)
            }
            leaving[number] = nil
        case .waited(let number):
            guard number == wait?.number else { return }
            wait = nil
            activate(usable(from: 0) ?? 0)
        case .scoutDue(let number):
            guard number == scoutWait?.number else { return }
            scoutWait = nil
            sendScout(0)
        case .replaced: replaced()
        case .reordered: reordered()
        }
    }

    /// Ends all connections and waits, and returns when they have ended.
    mutating func end() async {
        wait?.task.cancel()
        scoutWait?.task.cancel()
        let tasks = [active?.task, scout?.task].compactMap { $0 } + leaving.values
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    // MARK: The link in use

    private mutating func activate(_ index: Int) {
        let link = group.links[index]
        group.use(link)
        active = attempt(link)
    }

    private mutating func attempt(_ link: any UpstreamLink) -> Try {
        let number = nextNumber()
        let task = Task { [sink, backoff] in
            let reason = await link.attempt { sink.yield(.event($0, of: number, at: backoff.now())) }
            sink.yield(.ended(reason, of: number, at: backoff.now()))
        }
        return Try(number: number, link: link, task: task)
    }

    private mutating func takeActive(_ event: UpstreamEvent, _ time: Duration) {
        guard let active else { return }
        switch event {
        case .connected:
            self.active?.connectedAt = time
            outageSaid = false
            told[ObjectIdentifier(active.link)] = nil
            scoutings = 0
            waitToScout()
        case .job(let job): group.remember(job.job.id, from: active.link)
        default: break
        }
        emit(event)
    }

    private mutating func activeEnded(_ reason: String, _ time: Duration) {
        guard let ended = active else { return }
        active = nil
        scoutWait?.task.cancel()
        scoutWait = nil
        if ended.connectedAt != nil { awaySince = time }
        if ended.link.cannotWork { leaveOut(ended.link, reason) }
        let scout = scout
        let outage = goOn(after: ended, time)
        if !ended.link.cannotWork { say(outage, ended.link, reason) }
        if let scout { followed(scout) }
    }

    /// Uses or tries the next link, or begins to wait.
    private mutating func goOn(after ended: Try, _ time: Duration) -> Outage {
        var outage = Outage(wasConnected: ended.connectedAt != nil, attempt: failures + 1)
        // A preferred link is being tried already, so wait for that try.
        if let scout {
            follow(scout)
            return outage
        }
        if let since = ended.connectedAt, time - since >= backoff.stable {
            failures = 0
            outage.attempt = 1
        } else {
            if let index = place(of: ended.link), let next = usable(from: index + 1) {
                activate(next)
                return outage
            }
        }
        // When nothing can be tried, only a new list ends the wait.
        guard usable(from: 0) != nil else { return outage }
        let number = nextNumber()
        let delay = isRefusedEverywhere ? backoff.longest : backoff.delay(after: failures, away: time - awaySince)
        outage.nextTry = delay / .seconds(1)
        wait = (number, sleeping(backoff, delay, then: .waited(number)))
        failures += 1
        return outage
    }

    private mutating func say(_ outage: Outage, _ link: any UpstreamLink, _ reason: String) {
        if outage.wasConnected || !outageSaid {
            _ = isNews(reason, of: link)
            emit(.disconnected(pool: link.name, reason: "\(link.name): \(reason)", outage))
        } else {
            emit(.waiting(outage))
        }
        outageSaid = true
    }

    /// Notes that a link's reason is told. One that was told before is no news.
    private mutating func isNews(_ reason: String, of link: any UpstreamLink) -> Bool {
        let known = told[ObjectIdentifier(link), default: []]
        guard known.count < Self.mostTold, !known.contains(reason) else { return false }
        told[ObjectIdentifier(link), default: []].insert(reason)
        return true
    }

    /// Whether each pool that may be tried has refused the user. Asking again soon would only look like an attack.
    private var isRefusedEverywhere: Bool {
        group.links.allSatisfy { leftOut.contains(ObjectIdentifier($0)) || $0.isRefused }
    }

    // MARK: The way back to a preferred one

    private mutating func waitToScout() {
        scoutWait?.task.cancel()
        scoutWait = nil
        guard scout == nil, let active, let place = place(of: active.link), usable(from: 0) ?? place < place else {
            return
        }
        let number = nextNumber()
        scoutWait = (number, sleeping(returning, returning.delay(after: scoutings), then: .scoutDue(number)))
        scoutings += 1
    }

    private mutating func sendScout(_ index: Int) {
        guard scout == nil, let active, let place = place(of: active.link) else { return }
        guard let index = usable(from: index), index < place else { return waitToScout() }
        scout = attempt(group.links[index])
    }

    private mutating func takeScout(_ event: UpstreamEvent, _ time: Duration) {
        switch event {
        case .connected: scout?.connectedAt = time
        case .refused(_, let reason): scout?.refusal = reason
        case .job(let job):
            guard let scout, scout.connectedAt != nil else { return }
            // Only a preferred link that has work is better than the one in use.
            let left = active
            follow(scout)
            group.remember(job.job.id, from: scout.link)
            failures = 0
            followed(scout)
            emit(.job(job))
            if let left { leave(left) }
        case .warning: emit(event)
        default: break
        }
    }

    /// Lets the scout be the link in use.
    private mutating func follow(_ scout: Try) {
        self.scout = nil
        active = scout
        group.use(scout.link)
    }

    /// Tells of a scout that is the link in use now, if it has logged in already.
    private mutating func followed(_ scout: Try) {
        if let time = scout.connectedAt { takeActive(.connected(pool: scout.link.name), time) }
    }

    private mutating func scoutEnded(_ reason: String) {
        guard let ended = scout else { return }
        scout = nil
        if ended.link.cannotWork {
            leaveOut(ended.link, reason)
        } else if let active, isNews(reason, of: ended.link) {
            let refusal = ended.refusal.map { " (\($0))" } ?? ""
            emit(.warning("cannot mine at \(ended.link.name): \(reason)\(refusal); \(active.link.name) goes on"))
        }
        sendScout((place(of: ended.link) ?? group.links.count) + 1)
    }

    /// Keeps a connection until it has answered its shares, among them those that lanes found before they had the new
    /// job; then ends it.
    private mutating func leave(_ left: Try) {
        let farewell = group.timing.farewell
        let deadline = ContinuousClock.now + farewell + Self.answerGrace
        leaving[left.number] = left.task
        // This task needs no owner: it only cancels the left connection's task, and `end` also cancels that one.
        Task { [group] in
            try? await Task.sleep(for: farewell)
            while group.isAnswering(left.link), ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(100))
            }
            left.task.cancel()
        }
    }

    // MARK: A list that changed

    private mutating func replaced() {
        dropScout()
        leftOut = []
        told = [:]
        failures = 0
        scoutings = 0
        awaySince = backoff.now()
        guard let active else {
            wait?.task.cancel()
            wait = nil
            return activate(0)
        }
        if let place = place(of: active.link) {
            // The new list may have a preferred link.
            if place > 0, active.connectedAt != nil { sendScout(0) }
            return
        }
        if active.connectedAt != nil {
            let name = active.link.name
            emit(.disconnected(pool: name, reason: "\(name): it is no longer in the configuration"))
            leave(active)
        } else {
            active.task.cancel()
            leaving[active.number] = active.task
        }
        if let scout {
            follow(scout)
            followed(scout)
        } else {
            self.active = nil
            activate(0)
        }
    }

    /// What is known of the links stays true: only the way to a preferred one begins anew.
    private mutating func reordered() {
        dropScout()
        scoutings = 0
        if active?.connectedAt != nil { sendScout(0) }
    }

    /// Ends the wait for the next scout, and the scout itself when its link is not preferred in the new list.
    private mutating func dropScout() {
        scoutWait?.task.cancel()
        scoutWait = nil
        guard let scout else { return }
        let last = active.flatMap { place(of: $0.link) } ?? group.links.count
        if let place = place(of: scout.link), place < last { return }
        scout.task.cancel()
        leaving[scout.number] = scout.task
        self.scout = nil
    }

    // MARK: Helpers

    private mutating func leaveOut(_ link: any UpstreamLink, _ reason: String) {
        leftOut.insert(ObjectIdentifier(link))
        emit(.unusable(reason: "\(link.name): \(reason)", isLast: usable(from: 0) == nil))
    }

    /// The first link at or after `index` that may be tried.
    private func usable(from index: Int) -> Int? {
        group.links.indices.dropFirst(index).first { !leftOut.contains(ObjectIdentifier(group.links[$0])) }
    }

    private func place(of link: any UpstreamLink) -> Int? { group.links.firstIndex { $0 === link } }

    private mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    private func sleeping(_ time: Backoff, _ delay: Duration, then signal: Signal) -> Task<Void, Never> {
        Task { [sink] in
            if (try? await time.sleep(delay)) != nil { sink.yield(signal) }
        }
    }
}
