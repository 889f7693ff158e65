import NIOCore
import NightjarCore
import NightjarJSON

/// A pool on loopback that hands out real jobs and checks every share by hashing it in full.
///
/// It speaks Monero-style Stratum, keeps no accounts and pays nobody: the whole path from a job to an accepted share
/// without a network, and the tests' pool, with ``Faults``.
package actor SandboxPool {
    private let configuration: SandboxConfiguration
    private let prove: @Sendable (Work) async throws -> Proof
    private let onVerdict: @Sendable (SandboxVerdict) -> Void

    var faults: Faults
    private var counts = SandboxStats()
    var peers: [Int: Peer] = [:]
    private var server: LoopbackServer?
    private var ticking: Task<Void, Never>?

    private var height: UInt64
    private var previousID: [UInt8] = SandboxPool.randomID()
    private var jobsAtHeight = 0
    private var blocks = 0
    private var jobNumber = 0

    /// One connection. Its job ids stay known for a while after they are over, to tell stale from unknown.
    struct Peer {
        let number: Int
        let channel: any Channel
        /// Its lines are not read any more, and nothing is sent to it.
        var isStalled = false
        var client: String?
        var jobs: [SandboxJob] = []
        var overJobs: [String] = []
        var difficulties: [String: Vardiff] = [:]
        var submits = 0

        private static let keptOverJobs = 256

        /// Ends the oldest jobs, so that `count` are left.
        mutating func keepJobs(_ count: Int) {
            let over = jobs.dropLast(count)
            overJobs = (overJobs + over.map(\.id)).suffix(Self.keptOverJobs)
            jobs.removeFirst(over.count)
        }
    }

    private static let keptJobs = 64

    /// - Parameters:
    ///   - prove: hashes work with a fixed nonce in full, independently of what is tested.
    ///   - onVerdict: is told of each share that was judged.
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
        ticking = Task { [interval = configuration.jobInterval] in
            while (try? await Task.sleep(for: interval)) != nil { self.tick() }
        }
        return server.port
    }

    /// Closes the listener and every connection, and waits for them. The pool can be started again.
    package func stop() async {
        ticking?.cancel()
        let server = server
        self.server = nil
        await server?.stop()
    }

    /// The counts so far.
    package var stats: SandboxStats { counts }

    /// Connections there are now.
    package var peerCount: Int { peers.count }

    /// What goes wrong from now on.
    package func setFaults(_ faults: Faults) { self.faults = faults }

    /// Closes every connection; new ones are welcome.
    package func dropConnections() { server?.drop() }

    /// Ends this height: new jobs for all, and the old ones are stale.
    package func nextBlock() {
        height += 1
        blocks += 1
        jobsAtHeight = 0
        previousID = Self.randomID()
        for number in peers.keys {
            peers[number]?.keepJobs(0)
        }
        nextJob()
    }

    /// A new job of this height for all; those before it stay good.
    package func nextJob() {
        jobsAtHeight += 1
        for number in peers.keys { notify(number) }
    }

    private func tick() {
        let now = Backoff.uptime()
        for number in peers.keys { _ = peers[number]?.difficulties[algorithm.name]?.tick(now: now) }
        if jobsAtHeight + 1 >= configuration.jobsPerBlock { nextBlock() } else { nextJob() }
    }

    private var algorithm: Algorithm { configuration.algorithms[blocks % configuration.algorithms.count] }

    // MARK: Connections

    private func serve(_ channel: any Channel, _ received: LoopbackServer.Received) async {
        counts.connections += 1
        let number = counts.connections
        peers[number] = Peer(number: number, channel: channel)
        var splitter = LineSplitter()
        for await buffer in received {
            for line in splitter.push(buffer.readableBytesView) { await receive(line, from: number) }
            if splitter.fault != nil { break }
        }
        peers[number] = nil
    }

    private func receive(_ line: [UInt8], from number: Int) async {
        guard peers[number]?.isStalled == false else { return }
        guard let message = try? JSON(parsing: line), let method = message["method"]?.string else {
            peers[number]?.channel.close(promise: nil)
            return
        }
        let id = message["id"] ?? .null
        let params = message["params"] ?? .null
        switch method {
        case "login": login(id: id, params, from: number)
        case "submit": await submit(id: id, params, from: number)
        case "keepalived": reply(id, to: number, result: .object(["status": .string("KEEPALIVED")]))
        default: reply(id, to: number, error: "Unknown method")
        }
    }

    private func login(id: JSON, _ params: JSON, from number: Int) {
        guard !faults.ignoreLogin else { return }
        if let text = faults.refuseLogin { return reply(id, to: number, error: text) }
        guard params["login"]?.string != nil else { return reply(id, to: number, error: "Missing login") }
        counts.logins += 1
        let client = "sandbox-\(number)"
        peers[number]?.client = client
        var extensions = ["algo", "keepalive"]
        if configuration.niceHash { extensions.append("nicehash") }
        guard let job = makeJob(for: number) else { return reply(id, to: number, error: "No job") }
        reply(
            id, to: number,
            result: .object([
                "id": .string(client), "status": .string("OK"), "extensions": .array(extensions.map { .string($0) }),
                "job": job.json(client: client, namesAlgorithm: configuration.namesAlgorithm),
            ]))
        if let garbage = faults.garbage { write(garbage, to: number) }
    }

    private func notify(_ number: Int) {
        guard let client = peers[number]?.client, let job = makeJob(for: number) else { return }
        let params = job.json(client: client, namesAlgorithm: configuration.namesAlgorithm)
        send(.object(["jsonrpc": .string("2.0"), "method": .string("job"), "params": params]), to: number)
    }

    private func makeJob(for number: Int) -> SandboxJob? {
        guard peers[number] != nil else { return nil }
        let algorithm = algorithm
        var difficulty = configuration.startDifficulty
        if let interval = configuration.shareInterval {
            let now = Backoff.uptime()
            var vardiff =
                peers[number]?.difficulties[algorithm.name]
                ?? Vardiff(start: configuration.startDifficulty, interval: interval, now: now)
            if jobsAtHeight <= 1 && configuration.algorithms.count > 1 { vardiff.restart(now: now) }
            difficulty = vardiff.difficulty
            peers[number]?.difficulties[algorithm.name] = vardiff
        }
        jobNumber += 1
        let job = SandboxJob(
            id: String(jobNumber, radix: 16), algorithm: algorithm, previousID: previousID, height: height,
            seed: configuration.seed, difficulty: difficulty,
            highByte: configuration.niceHash ? UInt8(truncatingIfNeeded: number) : nil)
        if let job {
            counts.jobs += 1
            peers[number]?.jobs.append(job)
            peers[number]?.keepJobs(Self.keptJobs)
        }
        return job
    }

    // MARK: Shares

    private func submit(id: JSON, _ params: JSON, from number: Int) async {
        counts.submitted += 1
        peers[number]?.submits += 1
        if let n = faults.dropOnSubmit, peers[number]?.submits == n {
            peers[number]?.channel.close(promise: nil)
            return
        }
        guard !faults.ignoreSubmits else { return }
        let error: String?
        if let text = faults.submitError { error = text } else { error = await judge(params, from: number) }
        if let delay = faults.replyDelay { try? await Task.sleep(for: delay) }
        if let error {
            reply(id, to: number, error: error)
        } else {
            reply(id, to: number, result: .object(["status": .string("OK")]))
        }
    }

    /// Judges a share and counts it. Returns the error's text; `nil` for a good one.
    private func judge(_ params: JSON, from number: Int) async -> String? {
        let id = params["job_id"]?.string ?? ""
        let job = peers[number]?.jobs.first { $0.id == id }
        let error = await check(params, job: job, id: id, from: number)
        onVerdict(SandboxVerdict(job: id, algorithm: job?.work.algorithm, difficulty: job?.difficulty, error: error))
        if let error {
            counts.refused[error, default: 0] += 1
        } else if let job {
            counts.accepted += 1
            counts.acceptedPerAlgorithm[job.work.algorithm.name, default: 0] += 1
            counts.work += job.difficulty.value
            let name = job.work.algorithm.name
            if peers[number]?.difficulties[name]?.share(job.difficulty, now: Backoff.uptime()) != nil,
                name == algorithm.name
            {
                // A device that is far too fast must not wait for the next job to be slowed.
                notify(number)
            }
        }
        return error
    }

    private func check(_ params: JSON, job: SandboxJob?, id: String, from number: Int) async -> String? {
        guard let peer = peers[number], let client = peer.client, params["id"]?.string == client else {
            return "Unauthenticated"
        }
        guard let job else { return peer.overJobs.contains(id) ? "Block expired" : "Invalid job id" }
        guard let nonceText = params["nonce"]?.string, nonceText.utf8.count == 8, let bytes = Hex.decode(nonceText)
        else {
            return "Invalid nonce"
        }
        let nonce = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard job.nonces.range.contains(UInt64(nonce)) else { return "Invalid nonce" }
        guard let index = peer.jobs.firstIndex(where: { $0.id == id }) else { return "Invalid job id" }
        guard peers[number]?.jobs[index].submitted.insert(nonce).inserted == true else { return "Duplicate share" }
        guard let result = params["result"]?.string.flatMap({ Digest(hex: $0) }) else { return "Invalid share" }
        if let name = params["algo"]?.string, name != job.work.algorithm.name { return "Invalid share" }
        var claimed = Proof(digest: result, commitment: nil)
        if job.work.algorithm.hasCommitment {
            // The field of that name has the raw hash: see StratumRequest.submit.
            guard let digest = params["commitment"]?.string.flatMap({ Digest(hex: $0) }) else { return "Invalid share" }
            claimed = Proof(digest: digest, commitment: result)
        }
        guard job.target.isMet(by: claimed) else { return "Low difficulty share" }
        do {
            return try await prove(job.work.fixed(nonce: nonce)) == claimed ? nil : "Invalid share"
        } catch {
            return "Cannot verify: \(error)"
        }
    }

    // MARK: Writing

    private func reply(_ id: JSON, to number: Int, result: JSON) {
        send(.object(["id": id, "jsonrpc": .string("2.0"), "error": .null, "result": result]), to: number)
    }

    private func reply(_ id: JSON, to number: Int, error: String) {
        let error: JSON = .object(["code": .number("-1"), "message": .string(error)])
        send(.object(["id": id, "jsonrpc": .string("2.0"), "error": error, "result": .null]), to: number)
    }

    private func send(_ message: JSON, to number: Int) { write(message.text + "\n", to: number) }

    private func write(_ text: String, to number: Int) {
        guard peers[number]?.isStalled == false else { return }
        peers[number]?.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private static func randomID() -> [UInt8] { (0..<32).map { _ in UInt8.random(in: 0...255) } }
}
