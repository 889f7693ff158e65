import NIOCore
import NightjarCore
import NightjarPlatform
import Synchronization

/// One connection to a pool, from login to loss, in any dialect. It watches deadlines, silence, floods of jobs and
/// clocks that jump, and it passes on what the pool says through the door for text from outside.
///
/// One task calls `receive`, line after line. Any task may call `submit`.
package final class LineSession: Sendable {
    private let channel: any Channel
    private let pool: String
    private let host: String
    private let options: UpstreamOptions
    private let events: @Sendable (UpstreamEvent) -> Void
    private let state: Locked<State>
    /// Held while effects are carried out, so that an older job that had to wait cannot overtake a newer one.
    private let handing = Locked(())

    /// The session ends after this many unanswered requests in a row.
    private static let mostUnanswered = 3

    private struct State {
        var dialect: any Dialect
        var isConnected = false
        var gate: JobGate
        var rhythm: JobRhythm
        var clocks: ClockWatch
        var refusals = RefusalLimit()
        /// When the unfinished line began; `nil` between lines.
        var halfLineSince: Duration?
        var nextPort: Int?
        /// Shares that wait for an answer, by request number.
        var shares: [UInt64: CheckedContinuation<ShareOutcome, Never>] = [:]
        var timers: [Timer: Scheduled<Void>] = [:]
        /// Lines received so far. A probe compares it to see whether any line came.
        var received: UInt64 = 0
        /// Unanswered shares in a row.
        var unanswered = 0
        /// Why the session ended.
        var ended: String?
    }

    private enum Timer: Hashable {
        case login
        case check
        case keepalive
        case probe
        case gate
        case request(UInt64)
    }

    /// - Parameters:
    ///   - pool: its name in events.
    ///   - host: the pool's host name, as the connection was made to it.
    init(
        channel: any Channel, pool: String, host: String, dialect: any Dialect, options: UpstreamOptions,
        events: @escaping @Sendable (UpstreamEvent) -> Void
    ) {
        self.channel = channel
        self.pool = pool
        self.host = host
        self.options = options
        self.events = events
        let reading = options.clocks()
        state = Locked(
            State(
                dialect: dialect, gate: JobGate(spacing: options.jobSpacing),
                rhythm: JobRhythm(options.idle, now: reading.monotonic),
                clocks: ClockWatch(reading, interval: options.checkInterval)))
    }

    /// The port to which the pool redirected its miners, on its own host.
    var nextPort: Int? { state.withLock { $0.nextPort } }

    /// Whether the login has succeeded.
    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// The dialect with what it has learnt so far.
    var dialect: any Dialect { state.withLock { $0.dialect } }

    private var now: Duration { options.clocks().monotonic }

    /// Logs in.
    func start() {
        later(.login, options.loginDeadline) { session in
            let isConnected = session.state.withLock { $0.isConnected }
            if !isConnected { session.fail("the login was not answered") }
        }
        scheduleCheck()
        perform { $0.begin() }
    }

    // MARK: Lines

    /// Notes whether the bytes so far end in the middle of a line.
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
        return carryOut { $0.take(line) }
    }

    /// Carries out what the dialect wants, from a timer.
    private func perform(_ step: (inout any Dialect) -> [DialectEffect]) {
        if let reason = carryOut(step) { fail(reason) }
    }

    /// - Returns: why the session is over; `nil` while it goes on.
    private func carryOut(_ step: (inout any Dialect) -> [DialectEffect]) -> String? {
        handing.withLock { _ in
            let effects = state.withLock { $0.ended == nil ? step(&$0.dialect) : [] }
            for effect in effects {
                if let reason = carryOut(effect) { return options.secrets(reason) }
            }
            return nil
        }
    }

    private func carryOut(_ effect: DialectEffect) -> OutsideText? {
        switch effect {
        case .send(let line):
            // Each line of the pool's may ask for an answer: what it does not read would wait in memory.
            guard channel.isWritable else { return "it does not read what it is sent" }
            send(line)
        case .ask(let number, let line, let deadline):
            later(.request(number), deadline) { session in session.perform { $0.unanswered(number) } }
            send(line)
        case .probe(let line): probe(line)
        case .connected:
            state.withLock { $0.isConnected = true }
            events(.connected(pool: pool))
            scheduleKeepalive()
        case .job(let job): offer(job.shown(by: options.secrets))
        case .answer(let number, let outcome): take(outcome, of: number)
        case .refused(let reason): refuse(reason)
        case .reconnect(let host, let port): return reconnect(host: host, port: port)
        case .end(let reason): return reason
        }
        return nil
    }

    /// A pool may move its miners to another of its ports. Another host is refused: an attacker in the middle could
    /// name one.
    private func reconnect(host: String?, port: Int?) -> OutsideText? {
        if let host, host.lowercased() != self.host.lowercased() {
            refuse("client.reconnect to \(theirs: host, 80) is ignored: it is another host")
            return nil
        }
        state.withLock { $0.nextPort = port }
        return "the pool asked for a new connection"
    }

    private func refuse(_ reason: OutsideText) {
        let now = now
        let text = state.withLock { $0.refusals.say(now: now) { options.secrets(reason) } }
        if let text { events(.refused(pool: pool, reason: text)) }
    }

    // MARK: Jobs

    private func offer(_ job: UpstreamJob) {
        let now = now
        let verdict = state.withLock { state in
            state.rhythm.job(now: now)
            let verdict = state.gate.offer(job, now: now)
            if case .pass = verdict { state.dialect.handedOn(job.job.id) }
            return verdict
        }
        switch verdict {
        case .pass: events(.job(job))
        case .wait(let delay, let number): later(.gate, delay) { $0.handOnHeldJob(number) }
        case .replaced: break
        }
    }

    private func handOnHeldJob(_ number: Int) {
        handing.withLock { _ in
            let now = now
            let job = state.withLock { state in
                let job = state.ended == nil ? state.gate.release(number, now: now) : nil
                if let job { state.dialect.handedOn(job.job.id) }
                return job
            }
            if let job { events(.job(job)) }
        }
    }

    // MARK: Shares

    func submit(_ share: Share) async -> ShareOutcome {
        await withCheckedContinuation { continuation in
            let submission = state.withLock { state -> Submission in
                if let reason = state.ended { return .over(.expired(reason: OutsideText(theirs: reason))) }
                let submission = state.dialect.submit(share)
                if case .request(let number, _) = submission { state.shares[number] = continuation }
                return submission
            }
            switch submission {
            case .over(let outcome): continuation.resume(returning: outcome.shown(by: options.secrets))
            case .request(let number, let line):
                later(.request(number), options.requestDeadline) { $0.expire(number) }
                send(line)
            }
        }
    }

    private func take(_ outcome: ShareEnd<OutsideText>, of number: UInt64?) {
        let now = now
        let share = state.withLock { state -> CheckedContinuation<ShareOutcome, Never>? in
            state.unanswered = 0
            guard let number else { return nil }
            state.timers.removeValue(forKey: .request(number))?.cancel()
            guard let share = state.shares.removeValue(forKey: number) else { return nil }
            if outcome == .accepted { state.rhythm.acceptedShare(now: now) }
            return share
        }
        share?.resume(returning: outcome.shown(by: options.secrets))
    }

    private func expire(_ number: UInt64) {
        let (share, giveUp) = state.withLock { state in
            let share = state.shares.removeValue(forKey: number)
            if share != nil { state.unanswered += 1 }
            return (share, state.unanswered >= Self.mostUnanswered)
        }
        share?.resume(returning: .expired(reason: "no answer within \(options.requestDeadline)"))
        if giveUp { fail("\(Self.mostUnanswered) requests in a row were not answered") }
    }

    // MARK: Silence

    /// Looks for faults that send no message: a silent pool, a line that never ends, a machine that was asleep.
    private func scheduleCheck() {
        later(.check, options.checkInterval) { session in
            let reading = session.options.clocks()
            let reason = session.state.withLock { state -> String? in
                if let jump = state.clocks.jump(reading) { return jump }
                if let since = state.halfLineSince, reading.monotonic - since > session.options.lineDeadline {
                    return "a line that does not end within \(session.options.lineDeadline)"
                }
                return state.isConnected ? state.rhythm.idle(now: reading.monotonic) : nil
            }
            if let reason { session.fail(reason) } else { session.scheduleCheck() }
        }
    }

    private func scheduleKeepalive() {
        later(.keepalive, options.keepaliveInterval) { session in
            session.perform { $0.keepalive() }
            session.scheduleKeepalive()
        }
    }

    /// Sends a line that the pool must answer with any line before the deadline.
    private func probe(_ line: [UInt8]) {
        let received = state.withLock { $0.received }
        later(.probe, options.requestDeadline) { session in
            let isSilent = session.state.withLock { $0.received == received }
            if isSilent { session.fail("no answer to keepalive") }
        }
        send(line)
    }

    // MARK: The end

    /// Ends the session from inside: it closes the connection, and the reader sees that.
    private func fail(_ reason: String) {
        state.withLock { if $0.ended == nil { $0.ended = reason } }
        channel.close(promise: nil)
    }

    /// The connection is gone: shares without an answer expire.
    ///
    /// - Returns: the reason that was given first.
    func end(_ reason: String) -> String {
        let (reason, shares, timers) = state.withLock { state in
            let reason = state.ended ?? reason
            state.ended = reason
            defer {
                state.shares = [:]
                state.timers = [:]
            }
            return (reason, state.shares.values, state.timers.values)
        }
        for timer in timers { timer.cancel() }
        for share in shares { share.resume(returning: .expired(reason: "the connection was lost: \(reason)")) }
        return reason
    }

    /// Ends the session when the pool does not read: what it is sent would wait in memory.
    private func send(_ line: [UInt8]) {
        guard channel.isWritable else { return fail("the pool does not read what it is sent") }
        channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil)
    }

    /// Sets a timer, which ``end(_:)`` stops.
    private func later(_ name: Timer, _ delay: Duration, _ action: @escaping @Sendable (LineSession) -> Void) {
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(delay)) { [weak self] in
            if let self { action(self) }
        }
        state.withLock { $0.timers[name] = timer }
    }
}
