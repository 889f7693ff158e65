import NIOCore
import NightjarCore
import NightjarJSON

/// A pool on loopback that hands out real jobs and checks every share by hashing it in full.
///
/// It has no accounts and pays nothing. It runs the whole path from a job to an accepted share without a network, and
/// the tests use it with ``Faults``. A ``SandboxDialect`` reads and writes its messages.
package actor SandboxPool {
    private let configuration: SandboxConfiguration
    private let prove: @Sendable (Work) async throws -> Proof
    private let onVerdict: @Sendable (SandboxVerdict) -> Void

    private var faults: Faults
    private var counts = SandboxStats()
    private var peers: [Int: SandboxPeer] = [:]
    private var server: LoopbackServer?
    private var timers: [Task<Void, Never>] = []

    private var height: UInt64
    private var previousID: [UInt8] = SandboxPool.randomID()
    private var jobsAtHeight = 0
    private var blocks = 0
    private var jobNumber = 0

    /// - Parameters:
    ///   - prove: hashes a work with a given nonce, independently of the devices under test.
    ///   - onVerdict: gets the verdict on each share.
    package init(
        _ configuration: SandboxConfiguration, prove: @escaping @Sendable (Work) async throws -> Proof,
        onVerdict: @escaping @Sendable (SandboxVerdict) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.prove = prove
        self.onVerdict = onVerdict
        faults = configuration.faults
        height = configuration.height
    }

    /// Listens on 127.0.0.1.
    ///
    /// - Parameter port: 0 takes any free one.
    /// - Returns: the port.
    @discardableResult
    package func start(port: Int = 0) async throws -> Int { try await start(port: port, secure: nil) }

    /// Listens on 127.0.0.1.
    ///
    /// - Parameter secure: puts TLS into a new connection's pipeline.
    /// - Returns: the port.
    package func start(port: Int, secure: (@Sendable (any Channel) throws -> Void)?) async throws -> Int {
        precondition(server == nil, "a sandbox pool is started once at a time")
        let server = try await LoopbackServer.start(port: port, secure: secure) { channel, received in
            await self.serve(channel, received)
        }
        self.server = server
        timers = [
            Task { [interval = configuration.jobInterval] in
                while (try? await Task.sleep(for: interval)) != nil { self.renewJob() }
            },
            Task { while (try? await Task.sleep(for: .seconds(1))) != nil { self.lowerDifficulties() } },
        ]
        return server.port
    }

    /// Closes the listener and every connection, and waits for them. The pool can be started again.
    package func stop() async {
        for timer in timers { timer.cancel() }
        let server = server
        self.server = nil
        await server?.stop()
    }

    /// The counts so far.
    package var stats: SandboxStats { counts }

    /// The number of present connections.
    package var peerCount: Int { peers.count }

    /// Sets the faults to make from now on.
    package func setFaults(_ faults: Faults) { self.faults = faults }

    /// Closes every connection, and accepts new ones.
    package func dropConnections() { server?.drop() }

    /// Breaks every present connection, and accepts new ones.
    package func breakConnections(_ how: ConnectionBreak) {
        for (number, peer) in peers {
            how.happen(to: peer.channel)
            if how == .stall { peers[number]?.isStalled = true }
        }
    }

    /// Ends this height: all miners get new jobs, and the old jobs are stale.
    package func nextBlock() {
        height += 1
        blocks += 1
        jobsAtHeight = 0
        previousID = Self.randomID()
        for number in peers.keys { peers[number]?.endJobs(butLast: 0) }
        nextJob()
    }

    /// Gives all miners a new job of this height. The jobs before it stay valid.
    package func nextJob() {
        jobsAtHeight += 1
        for number in peers.keys { notify(number) }
    }

    private func renewJob() {
        if jobsAtHeight + 1 >= configuration.jobsPerBlock { nextBlock() } else { nextJob() }
    }

    private func lowerDifficulties() {
        let now = Backoff.uptime()
        // Shares that wait for their proofs are no silence.
        for number in peers.keys where peers[number]?.waiting.isEmpty == true {
            if peers[number]?.difficulties[algorithm.name]?.tick(now: now) != nil { notify(number) }
        }
    }

    private var algorithm: Algorithm { configuration.algorithms[blocks % configuration.algorithms.count] }

    // MARK: Connections

    private func serve(_ channel: any Channel, _ received: LoopbackServer.Received) async {
        counts.connections += 1
        let number = counts.connections
        let (turns, turn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        peers[number] = SandboxPeer(
            number: number, channel: channel, dialect: configuration.dialect(number), turn: turn)
        // Lines are read while shares are proven, so that their times are known.
        async let proving: Void = proveShares(turns, from: number, channel)
        var splitter = LineSplitter()
        for await buffer in received {
            let now = Backoff.uptime()
            for line in splitter.push(buffer.readableBytesView) { await receive(line, at: now, from: number) }
            if splitter.fault != nil { break }
        }
        turn.finish()
        await proving
        peers[number] = nil
    }

    private func receive(_ line: [UInt8], at time: Duration, from number: Int) async {
        guard peers[number]?.isStalled == false, let request = peers[number]?.dialect.take(line) else { return }
        switch request {
        case .login(let id): login(id, from: number)
        case .submit(let id, let share):
            peers[number]?.wait(id, share, at: time)
            while let peer = peers[number], peer.channel.isActive, peer.waiting.count >= SandboxPeer.mostWaiting {
                guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
            }
        case .answered(let line): peers[number]?.send(line)
        case .nonsense: peers[number]?.channel.close(promise: nil)
        }
    }

    private func login(_ id: JSON, from number: Int) {
        guard !faults.ignoreLogin else { return }
        if let text = faults.refuseLogin { return refuse(id, text, to: number) }
        counts.logins += 1
        guard let job = makeJob(for: number) else { return refuse(id, "No job", to: number) }
        peers[number]?.isLoggedIn = true
        if let welcome = peers[number]?.dialect.welcome(id, job) { peers[number]?.send(welcome) }
        if let garbage = faults.garbage { peers[number]?.send(garbage) }
    }

    private func notify(_ number: Int) {
        guard peers[number]?.isLoggedIn == true, let job = makeJob(for: number), let peer = peers[number] else {
            return
        }
        peer.send(peer.dialect.notification(job))
    }

    private func makeJob(for number: Int) -> SandboxJob? {
        guard peers[number] != nil else { return nil }
        let difficulty = difficulty(for: number)
        jobNumber += 1
        let order = SandboxOrder(
            id: String(jobNumber, radix: 16), algorithm: algorithm, previousID: previousID, height: height,
            seed: configuration.seed, difficulty: difficulty)
        let job = peers[number]?.dialect.job(order)
        if let job {
            counts.jobs += 1
            peers[number]?.keep(job)
        }
        return job
    }

    private func difficulty(for number: Int) -> Difficulty {
        guard let interval = configuration.shareInterval else { return configuration.startDifficulty }
        let now = Backoff.uptime()
        var vardiff =
            peers[number]?.difficulties[algorithm.name]
            ?? Vardiff(start: configuration.startDifficulty, interval: interval, now: now)
        if jobsAtHeight <= 1 && configuration.algorithms.count > 1 { vardiff.restart(now: now) }
        peers[number]?.difficulties[algorithm.name] = vardiff
        return vardiff.difficulty
    }

    // MARK: Shares

    /// Proves a connection's shares one after the other, until it has ended. What waits then gets no answer.
    private func proveShares(_ turns: AsyncStream<Void>, from number: Int, _ channel: any Channel) async {
        for await _ in turns {
            while channel.isActive, let next = peers[number]?.nextShare() {
                await submit(next.request, next.share, arrived: next.arrived, from: number)
            }
        }
    }

    private func submit(_ id: JSON, _ share: SandboxShare, arrived: Duration, from number: Int) async {
        counts.submitted += 1
        peers[number]?.submits += 1
        if let n = faults.dropOnSubmit, peers[number]?.submits == n {
            peers[number]?.channel.close(promise: nil)
            return
        }
        guard !faults.ignoreSubmits else { return }
        let error: String?
        if let text = faults.submitError {
            error = text
        } else {
            error = await judge(share, arrived: arrived, from: number)
        }
        if let delay = faults.replyDelay { try? await Task.sleep(for: delay) }
        if let error {
            refuse(id, error, to: number)
        } else if let peer = peers[number] {
            peer.send(peer.dialect.acceptance(id))
        }
    }

    /// Checks a share and counts it. Returns the error's text; `nil` for a good share.
    private func judge(_ share: SandboxShare, arrived: Duration, from number: Int) async -> String? {
        let job = peers[number]?.jobs.first { $0.id == share.job }
        let error = await check(share, job: job, from: number)
        onVerdict(
            SandboxVerdict(
                job: share.job, algorithm: job?.work.algorithm, difficulty: job?.difficulty, error: error))
        if let error {
            counts.refused[error, default: 0] += 1
        } else if let job {
            let name = job.work.algorithm.name
            counts.accepted += 1
            counts.acceptedPerAlgorithm[name, default: 0] += 1
            counts.work += UInt64(clamping: job.difficulty.value)
            let changed = peers[number]?.difficulties[name]?.share(
                job.difficulty, arrived: arrived, now: Backoff.uptime())
            // A device that is far too fast needs its higher difficulty now, not with the next job.
            if changed != nil, name == algorithm.name { notify(number) }
        }
        return error
    }

    private func check(_ share: SandboxShare, job: SandboxJob?, from number: Int) async -> String? {
        guard let peer = peers[number], share.isAuthorized else { return "Unauthenticated" }
        guard let job, let index = peer.jobs.firstIndex(where: { $0.id == job.id }) else {
            return peer.overJobs.contains(share.job) ? "Block expired" : "Invalid job id"
        }
        guard let nonce = share.nonce, job.nonces.range.contains(UInt64(nonce)),
            let work = peer.dialect.work(of: share, in: job)
        else { return "Invalid nonce" }
        let submitted = SandboxJob.Submitted(nonce: nonce, token: share.token)
        guard peers[number]?.jobs[index].submitted.insert(submitted).inserted == true else { return "Duplicate share" }
        let claim = peer.dialect.claim(of: share, in: job)
        switch claim {
        case .invalid: return "Invalid share"
        case .proof(let proof): if !job.target.isMet(by: proof) { return "Low difficulty share" }
        case .nothing: break
        }
        do {
            let start = Backoff.uptime()
            let proof = try await prove(work.fixed(nonce: nonce))
            peers[number]?.difficulties[work.algorithm.name]?.proved(in: Backoff.uptime() - start)
            if case .proof(let claimed) = claim, claimed != proof { return "Invalid share" }
            return job.target.isMet(by: proof) ? nil : "Low difficulty share"
        } catch {
            return "Cannot verify: \(error)"
        }
    }

    private func refuse(_ id: JSON, _ text: String, to number: Int) {
        if let peer = peers[number] { peer.send(peer.dialect.refusal(id, text)) }
    }

    private static func randomID() -> [UInt8] { (0..<32).map { _ in UInt8.random(in: 0...255) } }
}
