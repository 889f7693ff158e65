import NightjarCore
import NightjarJSON

/// Bitcoin's Stratum v1: JSON-RPC, one object a line; jobs are parts of a coinbase transaction and of a block header.
package struct BitcoinDialect: Dialect {
    private let settings: PoolSettings
    private let options: UpstreamOptions
    /// `nil` when the devices run none that these pools have.
    private let algorithm: Algorithm?
    private let unit: BitcoinDifficulty.Unit
    private var session: BitcoinSession
    private var jobs = JobBook<BitcoinJob>(kept: Self.keptJobs)
    /// What the pool has shown of itself. It outlives a connection.
    private var habits = BitcoinHabits()

    /// Pools keep about as many of their jobs.
    private static let keptJobs = 8
    /// The longest quiet before the pool is sent something.
    private static let longestQuiet: Duration = .seconds(300)
    /// A longer expected time to a share is worth a word.
    private static let slow: Duration = .seconds(600)
    /// A header's time may be this far ahead of the present, by the rules of the network.
    private static let mostAhead: Duration = .seconds(7200)

    package init(_ settings: PoolSettings, options: UpstreamOptions) {
        self.settings = settings
        self.options = options
        let wanted = options.algorithm.map { [$0] } ?? options.algorithms
        algorithm = wanted.first { $0.dialect == .bitcoin && options.algorithms.contains($0) }
        unit = BitcoinDifficulty.Unit(algorithm ?? .sha256d, factor: settings.difficultyFactor)
        session = BitcoinSession(difficulty: unit.one)
    }

    // MARK: Login

    package mutating func begin() -> [DialectEffect] {
        habits.begin(after: session)
        session = BitcoinSession(difficulty: unit.one)
        session.asksForRolling = !habits.closesAtConfigure
        jobs.begin()
        var effects: [DialectEffect] = []
        if session.asksForRolling {
            session.open.insert(.configure)
            let id = BitcoinSession.Step.configure.rawValue
            effects.append(.ask(id, BitcoinRequest.configure(id: id), within: options.configureDeadline))
        }
        session.open.formUnion([.subscribe, .authorize])
        return effects + [
            .send(BitcoinRequest.subscribe(id: BitcoinSession.Step.subscribe.rawValue, agent: options.agent)),
            .send(
                BitcoinRequest.authorize(
                    id: BitcoinSession.Step.authorize.rawValue, user: worker, password: settings.password)),
        ]
    }

    /// The pool closed the connection where it was asked for version rolling: it may not do so without that question.
    package var triesAgain: Bool { session.isAtConfigure }

    package var isRefused: Bool { session.isRefused }

    /// The user, with this machine's name behind a dot as these pools have it, unless the user has a name there.
    private var worker: String {
        guard let rig = settings.rigID, !settings.user.contains(".") else { return settings.user }
        return "\(settings.user).\(rig)"
    }

    package mutating func unanswered(_ request: UInt64) -> [DialectEffect] {
        guard request == BitcoinSession.Step.configure.rawValue else { return [] }
        return closed(.configure)
    }

    private mutating func takeLogin(_ step: BitcoinSession.Step, _ reply: BitcoinReply) -> [DialectEffect] {
        func refused(_ reason: OutsideText) -> [DialectEffect] { [.end(reason: "login refused: \(reason)")] }
        let answered = DialectEffect.answer(to: step.rawValue, .accepted)
        switch step {
        case .configure:
            session.isConfigured = true
            session.mask = reply.refusal == nil ? Self.grantedMask(reply.result) : nil
        case .subscribe:
            if let refusal = reply.refusal { return refused(refusal.words) }
            do throws(JobError) {
                session.extranonce = try NotifyReader.Extranonce(subscription: reply.result)
            } catch { return refused("the subscription has \(error.reason)") }
        case .authorize:
            if let refusal = reply.refusal {
                session.isRefused = Login.isOfUser(refusal.words)
                return refused(Login(user: settings.user).refusal(refusal.words))
            }
            return [answered] + greetings() + closed(.authorize)
        }
        return [answered] + closed(step)
    }

    /// What goes out once the user is known. Answers to it do not matter: a pool that does not know the methods says so.
    private mutating func greetings() -> [DialectEffect] {
        var effects: [DialectEffect] = [.send(BitcoinRequest.subscribeExtranonce(id: session.nextAside()))]
        if let wish { effects.append(suggestion(wish)) }
        return effects
    }

    /// The difficulty that is asked for: the user's, or else one for a share every ten seconds where the hash rate is
    /// known.
    private var wish: BitcoinDifficulty? {
        if let wanted = settings.suggestedDifficulty { return unit.difficulty(value: wanted) }
        return rate.flatMap { unit.difficulty(value: 10 * $0 / unit.hashes) }
    }

    /// Hashes per second, where they were measured.
    private var rate: Double? { algorithm.flatMap { options.rate[$0] } }

    private mutating func suggestion(_ difficulty: BitcoinDifficulty) -> DialectEffect {
        .send(BitcoinRequest.suggest(id: session.nextAside(), difficulty: difficulty.shown))
    }

    /// The mask in an answer to `mining.configure`; `nil` when the pool does not let versions roll.
    private static func grantedMask(_ result: JSON) -> UInt32? {
        guard result["version-rolling"]?.bool == true else { return nil }
        return NotifyReader.mask(result["version-rolling.mask"])
    }

    /// A step of the login is over. With the last one, work begins.
    private mutating func closed(_ step: BitcoinSession.Step) -> [DialectEffect] {
        guard session.open.remove(step) != nil, session.open.isEmpty else { return [] }
        session.isConnected = true
        guard let early = session.early else { return [.connected] }
        session.early = nil
        return [.connected] + take(job: early)
    }

    // MARK: Lines

    package mutating func take(_ line: [UInt8]) -> [DialectEffect] {
        session.hasHeard = true
        let effects: [DialectEffect]
        do { effects = take(try BitcoinMessage(line: line)) } catch { effects = [.end(reason: error.words)] }
        session.isOver = effects.contains { if case .end = $0 { true } else { false } }
        return effects
    }

    private mutating func take(_ message: BitcoinMessage) -> [DialectEffect] {
        switch message {
        case .reply(let id, let reply): return take(id, reply)
        case .notify(let params):
            guard !session.isConnected else { return take(job: params) }
            session.early = params
        case .difficulty(let params):
            let written = params.array?.first
            guard let difficulty = written.flatMap({ unit.difficulty($0) }) else {
                return [.refused(reason: "difficulty is \(NotifyReader.wrong(written)): a number above zero is needed")]
            }
            session.difficulty = difficulty
        case .extranonce(let params):
            do throws(JobError) {
                session.extranonce = try NotifyReader.Extranonce(
                    params.array?.first, size: params.array?.dropFirst().first)
            } catch { return [.refused(reason: "mining.set_extranonce: \(error.reason)")] }
        case .versionMask(let params): return take(mask: params.array?.first)
        case .reconnect(let host, let port): return [.reconnect(host: host, port: port)]
        case .monero:
            guard !session.isConnected else { return [] }
            return [.end(reason: "the pool speaks Monero's Stratum: give the algorithm that it is for after -a")]
        case .words(let text): return [.refused(reason: "it says: \(theirs: text)")]
        case .question("client.get_version", let id): return [.send(BitcoinRequest.answer(id, options.agent))]
        case .question("mining.ping", let id): return [.send(BitcoinRequest.answer(id, "pong"))]
        case .question(_, let id): return [.send(BitcoinRequest.unknownMethod(id))]
        case .other: break
        }
        return []
    }

    private mutating func take(_ id: UInt64?, _ reply: BitcoinReply) -> [DialectEffect] {
        if let step = id.flatMap(BitcoinSession.Step.init), session.open.contains(step) {
            return takeLogin(step, reply)
        }
        if id == BitcoinSession.Step.configure.rawValue, session.asksForRolling, !session.isConfigured {
            // It comes too late to wait for, and counts from now on.
            session.isConfigured = true
            return reply.refusal == nil ? roll(Self.grantedMask(reply.result)) : []
        }
        if let id, session.asides.remove(id) != nil { return [.answer(to: id, .accepted)] }
        if !session.isConnected, id == nil {
            return reply.refusal.map { [.end(reason: "login refused: \($0.words)")] } ?? []
        }
        let sent = id.flatMap { session.sent.removeValue(forKey: $0) }
        var effects: [DialectEffect] = [.answer(to: id, Self.end(reply))]
        if let hint = habits.answered(sent, reply) { effects.append(.refused(reason: hint)) }
        guard let refusal = reply.refusal else { return effects }
        if refusal.meaning == .session {
            effects.append(.end(reason: refusal.words))
        } else if id == nil {
            effects.append(.refused(reason: refusal.words))
        }
        return effects
    }

    /// How a reply to `mining.submit` ends the share.
    package static func end(_ reply: BitcoinReply) -> ShareEnd<OutsideText> {
        guard let refusal = reply.refusal else { return MoneroDialect.outcome(result: reply.result, error: nil) }
        return refusal.meaning == .stale ? .stale(reason: refusal.words) : .rejected(reason: refusal.words)
    }

    // MARK: Jobs

    private mutating func take(job params: JSON) -> [DialectEffect] {
        guard let extranonce = session.extranonce else { return [] }
        let reader = NotifyReader(extranonce: extranonce, mask: session.mask, difficulty: session.difficulty)
        do { return try hand(on: reader.read(params), isClean: NotifyReader.isClean(params)) } catch let refusal
            as JobError
        {
            return [.refused(reason: refusal.words)]
        } catch {
            return [.end(reason: Connecting.reason(error))]
        }
    }

    private mutating func hand(on job: BitcoinJob, isClean: Bool) throws -> [DialectEffect] {
        guard let algorithm else {
            throw JobError(job: job.name, reason: "no chosen device runs sha256d or scrypt")
        }
        let latest = options.clocks().real + Self.mostAhead
        do {
            let read = try job.job(
                jobs.identity(of: job), algorithm, latest: UInt32(clamping: latest.components.seconds),
                endsEarlierJobs: isClean)
            session.job = job
            return [.job(read)] + slowness()
        } catch { throw JobError(job: job.name, reason: OutsideText(ours: "\(error)")) }
    }

    private mutating func take(mask params: JSON?) -> [DialectEffect] {
        guard let mask = NotifyReader.mask(params) else {
            return [.refused(reason: "mining.set_version_mask: the mask is \(NotifyReader.wrong(params))")]
        }
        // A pool that was not asked for rolling may say this all the same; it would take no version then.
        guard session.asksForRolling else { return [] }
        return roll(mask)
    }

    /// A mask counts at once, for the present job too.
    private mutating func roll(_ mask: UInt32?) -> [DialectEffect] {
        guard mask != session.mask else { return [] }
        session.mask = mask
        guard session.isConnected, let job = session.job else { return [] }
        return (try? hand(on: job.rolling(mask), isClean: false)) ?? []
    }

    package mutating func handedOn(_ job: JobID) { jobs.handOn(job) }

    // MARK: Shares

    package mutating func submit(_ share: Share) -> Submission {
        let job: BitcoinJob
        switch jobs.find(share.jobID) {
        case .gone(let outcome): return .over(outcome)
        case .current(let found): job = found
        }
        guard let parts = HeaderParts(token: share.unit.token) else {
            return .over(.expired(reason: "its work is not of this dialect"))
        }
        // The pool makes the version of its job's and these bits.
        let mask = session.mask ?? 0
        guard (parts.version ^ job.template.version) & ~mask == 0 else {
            return .over(.stale(reason: "its version bits are outside the pool's new mask"))
        }
        let meetsNew = session.difficulty.target.isMet(by: share.proof)
        guard meetsNew || !habits.raisesAtOnce || !session.difficulty.isHarder(than: job.difficulty) else {
            return .over(.stale(reason: "the pool has raised its difficulty since"))
        }
        session.quiet = .zero
        let id = session.nextRequest()
        session.sent[id] = BitcoinSession.Sent(missesRaise: !meetsNew)
        return .request(
            id,
            BitcoinRequest.submit(
                id: id, user: worker, job: job.wireName, parts, nonce: share.nonce,
                bits: session.mask.map { parts.version & $0 }))
    }

    // MARK: Quiet

    /// Pools drop miners that are quiet for long. Stratum v1 has no keepalive; a suggestion that changes nothing stands
    /// in.
    package mutating func keepalive() -> [DialectEffect] {
        session.quiet += options.keepaliveInterval
        guard options.keepalive || session.quiet >= Self.longestQuiet else { return slowness() }
        session.quiet = .zero
        return [suggestion(wish ?? session.difficulty)] + slowness()
    }

    /// Tells once a connection when the difficulty is far too high for this machine.
    private mutating func slowness() -> [DialectEffect] {
        guard !session.saidSlow, let rate, rate > 0, let job = session.job else {
            return []
        }
        let seconds = job.difficulty.shown.value * unit.hashes / rate
        guard seconds > Self.slow / .seconds(1) else { return [] }
        session.saidSlow = true
        let time = seconds < 48 * 3600 ? "\(Int(seconds / 60)) minutes" : "\(Int(min(seconds / 86400, 1e9))) days"
        return [
            .refused(
                reason: """
                    at its difficulty of \(ours: job.difficulty.shown) this machine finds a share every \(ours: time); ask \
                    for less with --suggest-difficulty
                    """)
        ]
    }
}
