import NIOCore
import NightjarCore
import NightjarJSON
import Synchronization

/// One connection to a pool, from login to loss.
///
/// `receive` is called by one task, in order; `submit` by anybody.
package final class StratumSession: Sendable {
    private let channel: any Channel
    private let host: String
    private let login: Login
    private let redact: Redactor
    private let options: UpstreamOptions
    private let events: @Sendable (UpstreamEvent) -> Void
    private let state: Mutex<State>
    /// Held while a job is handed on, so that a later one cannot be overtaken by one that had to wait.
    private let handing = Mutex(())

    /// As many of the newest jobs as shares may still come for.
    private static let keptJobs = 64
    /// As many before these are remembered by a hash, to tell an old share from a foreign one.
    private static let keptOverJobs = 1024
    /// Between two refused jobs that are said.
    private static let refusalInterval: Duration = .seconds(1)
    /// Requests that went unanswered in a row before the session is given up.
    private static let patience = 3
    private static let loginRequest: UInt64 = 1

    private struct State {
        /// The pool's name for this session; `nil` before the login's reply.
        var client: JSON?
        var extensions: Set<String> = []
        var jobs: [JobReader.Read] = []
        /// Hash values of earlier jobs.
        var overJobs: [Int] = []
        var gate: JobGate
        var rhythm: JobRhythm
        var clocks: ClockWatch
        /// When a line began that has not ended.
        var halfLineSince: Duration?
        var lastRefusal: Duration?
        var unsaidRefusals = 0
        var nextPort: Int?
        /// A job that came before the login's reply.
        var early: JSON?
        var nextRequest: UInt64 = StratumSession.loginRequest + 1
        var pending: [UInt64: Pending] = [:]
        var timers: [Scheduled<Void>] = []
        var keepaliveTimer: Scheduled<Void>?
        var checkTimer: Scheduled<Void>?
        /// Lines received so far: tells whether anything came since.
        var received: UInt64 = 0
        var unanswered = 0
        var gateTimer: Scheduled<Void>?
        /// Why the session ended.
        var ended: String?

        /// Remembers a job that shares may come for.
        mutating func keep(_ read: JobReader.Read) {
            let over = jobs.filter { $0.job.job.id == read.job.job.id }
            jobs.removeAll { $0.job.job.id == read.job.job.id }
            jobs.append(read)
            let dropped = over.filter { $0 != read } + (jobs.count > keptJobs ? [jobs.removeFirst()] : [])
            overJobs = (overJobs + dropped.map(\.job.job.hashValue)).suffix(keptOverJobs)
        }
    }

    private struct Pending {
        let continuation: CheckedContinuation<ShareOutcome, Never>
        let deadline: Scheduled<Void>
    }

    init(
        channel: any Channel, host: String, login: Login, options: UpstreamOptions,
        events: @escaping @Sendable (UpstreamEvent) -> Void
    ) {
        self.channel = channel
        self.host = host
        self.login = login
        self.options = options
        self.events = events
        redact = Redactor([login.password])
        let reading = options.clocks()
        state = Mutex(
            State(
                gate: JobGate(spacing: options.jobSpacing), rhythm: JobRhythm(options.idle, now: reading.monotonic),
                clocks: ClockWatch(reading, interval: options.checkInterval)))
    }

    /// The port of its own host at which the pool asked to be connected to.
    var nextPort: Int? { state.withLock { $0.nextPort } }

    private var now: Duration { options.clocks().monotonic }

    /// Sends the login.
    func start() {
        var algorithms = options.algorithms
        if let wanted = options.algorithm { algorithms = [wanted] + algorithms.filter { $0 != wanted } }
        send(StratumRequest.login(id: Self.loginRequest, login, agent: options.agent, algorithms: algorithms))
        let timer = later(options.loginDeadline) { session in
            let loggedIn = session.state.withLock { $0.client != nil }
            if !loggedIn { session.fail("the login was not answered") }
        }
        state.withLock { $0.timers.append(timer) }
        scheduleCheck()
    }

    /// Looks after what no message would tell: a pool that has fallen silent, and a machine that was asleep.
    private func scheduleCheck() {
        let timer = later(options.checkInterval) { session in
            let reading = session.options.clocks()
            let reason = session.state.withLock { state -> String? in
                if let jump = state.clocks.jump(reading) { return jump }
                if let since = state.halfLineSince, reading.monotonic - since > session.options.lineDeadline {
                    return "a line that does not end within \(session.options.lineDeadline)"
                }
                return state.client == nil ? nil : state.rhythm.idle(now: reading.monotonic)
            }
            if let reason { session.fail(reason) } else { session.scheduleCheck() }
        }
        state.withLock { $0.checkTimer = timer }
    }

    /// Whether the bytes so far end within a line.
    func note(halfLine: Bool) {
        let now = halfLine ? now : nil
        state.withLock { state in state.halfLineSince = now.map { state.halfLineSince ?? $0 } }
    }

    /// Takes one line.
    ///
    /// - Returns: why the session is over; `nil` while it goes on.
    func receive(_ line: [UInt8]) -> String? {
        state.withLock {
            $0.received += 1
            $0.halfLineSince = nil
        }
        do {
            switch try PoolMessage(line: line) {
            case .job(let params):
                let waits = state.withLock { state in
                    if state.client == nil { state.early = params }
                    return state.client == nil
                }
                if !waits { try take(job: params) }
            case .reply(let id, let result, let error):
                let loggedIn = state.withLock { $0.client != nil }
                if !loggedIn { return try takeLogin(id: id, result: result, error: error) }
                return takeReply(id: id, result: result, error: error)
            case .reconnect(let host, let port): return reconnect(host: host, port: port)
            case .other: break
            }
            return nil
        } catch {
            return redact("\(error)")
        }
    }

    /// A pool may send its miners from one of its ports to another; a stranger between us and it would send them away.
    private func reconnect(host: String?, port: Int?) -> String? {
        if let host, host.lowercased() != self.host.lowercased() {
            refuse("client.reconnect to \(printable(host.prefix(80))) is ignored: it is another host")
            return nil
        }
        state.withLock { $0.nextPort = port }
        return "the pool asked for a new connection"
    }

    /// Says what was refused, but no more than once a second: a pool may well send nothing else.
    private func refuse(_ reason: String) {
        let now = now
        let text = state.withLock { state -> String? in
            if let last = state.lastRefusal, now - last < Self.refusalInterval {
                state.unsaidRefusals += 1
                return nil
            }
            defer { state.unsaidRefusals = 0 }
            state.lastRefusal = now
            return redact(reason) + (state.unsaidRefusals > 0 ? " (and \(state.unsaidRefusals) refused before it)" : "")
        }
        if let text { events(.refused(reason: text)) }
    }

    private func takeLogin(id: UInt64?, result: JSON, error: PoolError?) throws -> String? {
        guard id == Self.loginRequest || (id == nil && error != nil) else { return nil }
        if let error { return redact("login refused: \(error.text)") }
        if let status = result["status"]?.string, status.uppercased() != "OK" {
            return redact("login refused: \(printable(status))")
        }
        guard let client = result["id"] else { return "login refused: the reply has no id" }
        do { _ = try JobReader.identifier(client, field: "id") } catch let refusal as JobReader.Refusal {
            return "login refused: \(refusal.reason)"
        }
        let extensions = Set((result["extensions"]?.array ?? []).compactMap(\.string))
        let early = state.withLock { state in
            state.client = client
            state.extensions = extensions
            return state.early
        }
        events(.connected)
        // One that came before is older than the one that comes with this.
        if let job = result["job"] ?? early { try take(job: job) }
        if options.keepalive || extensions.contains("keepalive") { scheduleKeepalive() }
        return nil
    }

    private func take(job params: JSON) throws {
        let niceHash = options.niceHash || state.withLock { $0.extensions.contains("nicehash") }
        let reader = JobReader(algorithms: options.algorithms, preferred: options.algorithm, niceHash: niceHash)
        do {
            let read = try reader.read(params)
            handing.withLock { _ in
                let verdict = state.withLock { state in
                    let now = now
                    state.rhythm.job(now: now)
                    let verdict = state.gate.offer(read, now: now)
                    if case .pass = verdict { state.keep(read) }
                    return verdict
                }
                switch verdict {
                case .pass: events(.job(read.job))
                case .wait(let delay):
                    let timer = later(delay) { $0.handOnHeldJob() }
                    state.withLock { $0.gateTimer = timer }
                case .replaced: break
                }
            }
        } catch let refusal as JobReader.Refusal {
            refuse(refusal.description)
        }
    }

    private func handOnHeldJob() {
        handing.withLock { _ in
            let read = state.withLock { state in
                let read = state.ended == nil ? state.gate.release(now: now) : nil
                if let read { state.keep(read) }
                return read
            }
            if let read { events(.job(read.job)) }
        }
    }

    private func takeReply(id: UInt64?, result: JSON, error: PoolError?) -> String? {
        let pending = state.withLock { state in
            state.unanswered = 0
            return id.flatMap { state.pending.removeValue(forKey: $0) }
        }
        if let pending {
            pending.deadline.cancel()
            let outcome = Self.outcome(result: result, error: error)
            if outcome == .accepted { state.withLock { $0.rhythm.acceptedShare(now: now) } }
            pending.continuation.resume(returning: outcome.redacted(redact))
        } else if let error, error.meaning != .session, id == nil {
            refuse(error.text)
        }
        if let error, error.meaning == .session { return redact(error.text) }
        return nil
    }

    /// What a reply to `submit` says.
    package static func outcome(result: JSON, error: PoolError?) -> ShareOutcome {
        if let error {
            return error.meaning == .stale ? .stale(reason: error.text) : .rejected(reason: error.text)
        }
        switch result {
        case .bool(true): return .accepted
        case .object:
            guard let status = result["status"]?.string, status.uppercased() != "OK" else { return .accepted }
            let words = PoolError(text: printable(status))
            return words.meaning == .stale ? .stale(reason: words.text) : .rejected(reason: words.text)
        case .string(let text) where text.uppercased() == "OK": return .accepted
        case .string(let text): return outcome(result: .null, error: PoolError(.string(text)))
        default: return .rejected(reason: "the reply's result is \(printable(result.text.prefix(80)))")
        }
    }

    func submit(_ share: Share) async -> ShareOutcome {
        await withCheckedContinuation { continuation in
            var line: [UInt8] = []
            let refusal: ShareOutcome? = state.withLock { state in
                if let reason = state.ended { return .expired(reason: reason) }
                guard let client = state.client,
                    let read = state.jobs.last(where: { $0.job.job.id == share.job.id }), read.job.job == share.job
                else {
                    return state.overJobs.contains(share.job.hashValue)
                        ? .stale(reason: "its job was replaced too long ago")
                        : .expired(reason: "its job is not of this connection")
                }
                let id = state.nextRequest
                state.nextRequest += 1
                let deadline = later(options.requestDeadline) { $0.expire(id) }
                state.pending[id] = Pending(continuation: continuation, deadline: deadline)
                line = StratumRequest.submit(
                    id: id, client: client, job: read.wireID, nonce: share.nonce, proof: share.proof,
                    algorithm: state.extensions.contains("algo") ? share.job.algorithm : nil)
                return nil
            }
            if let refusal { continuation.resume(returning: refusal) } else { send(line) }
        }
    }

    private func expire(_ id: UInt64) {
        let (pending, giveUp) = state.withLock { state in
            let pending = state.pending.removeValue(forKey: id)
            if pending != nil { state.unanswered += 1 }
            return (pending, state.unanswered >= Self.patience)
        }
        pending?.continuation.resume(returning: .expired(reason: "no answer within \(options.requestDeadline)"))
        if giveUp { fail("\(Self.patience) requests in a row were not answered") }
    }

    private func scheduleKeepalive() {
        let timer = later(options.keepaliveInterval) { $0.keepalive() }
        state.withLock { $0.keepaliveTimer = timer }
    }

    /// Silence counts against a pool only if it announced the extension: some never answer.
    private func keepalive() {
        let (request, announced, received) = state.withLock { state -> ((UInt64, JSON)?, Bool, UInt64) in
            guard state.ended == nil, let client = state.client else { return (nil, false, 0) }
            let id = state.nextRequest
            state.nextRequest += 1
            return ((id, client), state.extensions.contains("keepalive"), state.received)
        }
        guard let (id, client) = request else { return }
        send(StratumRequest.keepalive(id: id, client: client))
        if announced {
            let timer = later(options.requestDeadline) { session in
                let silent = session.state.withLock { $0.received == received }
                if silent { session.fail("no answer to keepalive") }
            }
            // Only the newest check is kept for cancelling; the older ones are over, or harmless.
            state.withLock { $0.timers = Array($0.timers.suffix(1)) + [timer] }
        }
        scheduleKeepalive()
    }

    /// Ends the session from inside: its reader sees the connection close.
    private func fail(_ reason: String) {
        state.withLock { if $0.ended == nil { $0.ended = reason } }
        channel.close(promise: nil)
    }

    /// The connection is gone: what was in flight expires.
    ///
    /// - Returns: the first reason that was given.
    func end(_ reason: String) -> String {
        let (reason, pending, timers) = state.withLock { state in
            let reason = state.ended ?? reason
            state.ended = reason
            defer { state.pending = [:] }
            return (
                reason, state.pending.values,
                state.timers + [state.keepaliveTimer, state.checkTimer, state.gateTimer].compactMap { $0 }
            )
        }
        for timer in timers { timer.cancel() }
        for share in pending {
            share.deadline.cancel()
            share.continuation.resume(returning: .expired(reason: "the connection was lost: \(reason)"))
        }
        return reason
    }

    private func send(_ line: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil) }

    private func later(_ delay: Duration, _ action: @escaping @Sendable (StratumSession) -> Void) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: TimeAmount(delay)) { [weak self] in
            if let self { action(self) }
        }
    }
}
