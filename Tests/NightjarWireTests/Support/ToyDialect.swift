import NightjarCore
import NightjarJSON
import NightjarWire

/// A pool language of the tests, unlike Monero's where Bitcoin's is: two requests go out at login without waiting, the
/// pool asks back, and difficulty and extra nonce come by themselves and count for later jobs.
///
/// Lines are words: `hello N AGENT` `user N NAME` `share N JOB EXTRA NONCE` `say N AGENT` from the miner;
/// `ok N` `no N TEXT` `difficulty D` `extra HEX` `job ID HEX` `ask N` from the pool.
struct ToyDialect: Dialect {
    let user: String
    /// Requests of the login that are not answered yet.
    private var logins: Set<UInt64> = []
    private var lastRequest: UInt64 = 2
    private var difficulty = Difficulty.one
    private var extra: [UInt8] = []
    private var jobs: [(id: JobID, extra: [UInt8])] = []

    init(user: String) { self.user = user }

    mutating func begin() -> [DialectEffect] {
        self = ToyDialect(user: user)
        logins = [1, 2]
        return [
            .ask(1, line("hello 1 toy"), within: .seconds(30)), .ask(2, line("user 2 \(user)"), within: .seconds(30)),
        ]
    }

    mutating func unanswered(_ request: UInt64) -> [DialectEffect] { [.end(reason: "no answer to \(request)")] }

    mutating func take(_ line: [UInt8]) -> [DialectEffect] {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        let number = words.dropFirst().first.flatMap { UInt64($0) }
        switch (words.first, number) {
        case ("ok", let number?):
            guard logins.remove(number) != nil else { return [.answer(to: number, .accepted)] }
            return [.answer(to: number, .accepted)] + (logins.isEmpty ? [.connected] : [])
        case ("no", let number?):
            let text = words.dropFirst(2).joined(separator: " ")
            if logins.contains(number) { return [.end(reason: "login refused: \(text)")] }
            return [.answer(to: number, text == "late" ? .stale(reason: text) : .rejected(reason: text))]
        case ("ask", let number?): return [.send(self.line("say \(number) toy"))]
        case ("difficulty", let value?): difficulty = Difficulty(value) ?? .one
        case ("extra", _): extra = words.dropFirst().first.flatMap { Hex.decode($0) } ?? []
        case ("job", _) where words.count == 3: return job(words[1], words[2])
        default: return [.refused(reason: "unknown words: \(words.joined(separator: " "))")]
        }
        return []
    }

    private mutating func job(_ name: String, _ hex: String) -> [DialectEffect] {
        guard let input = Hex.decode(hex) else { return [.refused(reason: "job \(name): no hex")] }
        let bytes = input + extra
        guard let work = try? Work(algorithm: .cn0, input: bytes, nonceOffset: 0) else {
            return [.refused(reason: "job \(name): too short")]
        }
        let job = Job(name: name, work: work, target: Target(difficulty: difficulty))
        jobs.append((job.id, extra))
        return [.job(UpstreamJob(job: job, height: nil, difficulty: PoolDifficulty(hashes: difficulty.value)))]
    }

    mutating func handedOn(_ job: JobID) {}

    mutating func submit(_ share: Share) -> Submission {
        guard let entry = jobs.last(where: { $0.id == share.jobID }) else {
            return .over(.expired(reason: "unknown job"))
        }
        lastRequest += 1
        return .request(
            lastRequest,
            line("share \(lastRequest) \(entry.id) \(Hex.encode(entry.extra)) \(share.nonce)"))
    }

    private func line(_ text: String) -> [UInt8] { Array((text + "\n").utf8) }
}

/// The pool's side.
struct ToySandbox: SandboxDialect {
    let extra: [UInt8]

    init(number: Int) { extra = [UInt8(truncatingIfNeeded: number)] }

    mutating func take(_ line: [UInt8]) -> SandboxRequest {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count >= 2 else { return .nonsense }
        switch words[0] {
        case "hello": return .answered("ok \(words[1])\nask 77\nextra \(Hex.encode(extra))\n")
        case "user": return .login(.string(words[1]))
        case "say": return .answered("")
        case "share" where words.count == 5:
            return .submit(
                .string(words[1]),
                SandboxShare(
                    job: words[2], isAuthorized: true, nonce: UInt32(words[4]), token: Hex.decode(words[3]) ?? [],
                    params: .null))
        default: return .nonsense
        }
    }

    mutating func job(_ order: SandboxOrder) -> SandboxJob? {
        let input = [UInt8](repeating: 0, count: 4) + order.previousID + order.previousID + Array(order.id.utf8) + extra
        guard let work = try? Work(algorithm: .cn0, input: input, nonceOffset: 0) else { return nil }
        return SandboxJob(order, work: work, target: Target(difficulty: order.difficulty), nonces: .full)
    }

    mutating func welcome(_ request: JSON, _ job: SandboxJob) -> String {
        "ok \(request.string ?? "")\n" + notification(job)
    }

    func notification(_ job: SandboxJob) -> String {
        "difficulty \(job.difficulty)\njob \(job.id) \(Hex.encode(Array(job.work.input.dropLast(extra.count))))\n"
    }

    func acceptance(_ request: JSON) -> String { "ok \(request.string ?? "")\n" }

    func refusal(_ request: JSON, _ text: String) -> String {
        "no \(request.string ?? "") \(text == "Block expired" ? "late" : text)\n"
    }

    func work(of share: SandboxShare, in job: SandboxJob) -> Work? { share.token == extra ? job.work : nil }

    /// This language's shares do not say what their hash is.
    func claim(of share: SandboxShare, in job: SandboxJob) -> SandboxClaim { .nothing }
}
