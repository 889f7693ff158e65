import NightjarCore
import NightjarWire

/// A pool language of the tests, unlike Monero's where Bitcoin's is: two requests go out at login without waiting, the
/// pool asks back, target and extra nonce come by themselves and count for later jobs, and a job is work that rolls over.
///
/// Lines are words: `hello N AGENT` `user N NAME` `share N JOB EXTRA ROLL NONCE` `say N AGENT` from the miner;
/// `ok N` `no N TEXT` `difficulty D` `target HEX` `extra HEX` `job ID HEAD BITS` `ask N` from the pool.
package struct ToyDialect: Dialect {
    private let user: String
    /// `nil` when the devices do not run it.
    private let algorithm: Algorithm?
    /// Requests of the login that are not answered yet.
    private var logins: Set<UInt64> = []
    private var lastRequest: UInt64 = 2
    private var target = Target.easiest
    private var extra: [UInt8] = [0]
    private var jobs: [(id: JobID, name: String, extra: [UInt8])] = []

    package init(user: String, algorithm: Algorithm?) {
        self.user = user
        self.algorithm = algorithm
    }

    package mutating func begin() -> [DialectEffect] {
        self = ToyDialect(user: user, algorithm: algorithm)
        logins = [1, 2]
        return [
            .ask(1, line("hello 1 toy"), within: .seconds(30)), .ask(2, line("user 2 \(user)"), within: .seconds(30)),
        ]
    }

    package mutating func unanswered(_ request: UInt64) -> [DialectEffect] { [.end(reason: "no answer to \(request)")] }

    package mutating func take(_ line: [UInt8]) -> [DialectEffect] {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        let number = words.dropFirst().first.flatMap { UInt64($0) }
        switch (words.first, number) {
        case ("ok", let number?):
            guard logins.remove(number) != nil else { return [.answer(to: number, .accepted)] }
            return [.answer(to: number, .accepted)] + (logins.isEmpty ? [.connected] : [])
        case ("no", let number?):
            let text = words.dropFirst(2).joined(separator: " ")
            if logins.contains(number) { return [.end(reason: "login refused: \(theirs: text)")] }
            let reason = OutsideText(theirs: text)
            return [.answer(to: number, text == "late" ? .stale(reason: reason) : .rejected(reason: reason))]
        case ("ask", let number?): return [.send(self.line("say \(number) toy"))]
        case ("difficulty", let value?): target = Target(difficulty: Difficulty(value) ?? .one)
        case ("target", _):
            guard let bytes = Hex.decode(words.last ?? ""), let wanted = Target(littleEndian: bytes) else {
                return [.refused(reason: "no target")]
            }
            target = wanted
        case ("extra", _): extra = words.dropFirst().first.flatMap { Hex.decode($0) } ?? []
        case ("job", _) where words.count == 4: return job(words[1], words[2], Int(words[3]) ?? -1)
        default: return [.refused(reason: "unknown words: \(theirs: words.joined(separator: " "))")]
        }
        return []
    }

    private mutating func job(_ name: String, _ hex: String, _ bits: Int) -> [DialectEffect] {
        guard let algorithm else { return [.refused(reason: "job \(theirs: name): no device runs it")] }
        guard let head = Hex.decode(hex) else { return [.refused(reason: "job \(theirs: name): no hex")] }
        guard let work = ToyWork(algorithm, head: head, extra: extra, bits: bits) else {
            return [.refused(reason: "job \(theirs: name): too short")]
        }
        let job = Job(id: JobID(""), algorithm: algorithm, source: work, target: target)
        jobs = jobs.suffix(63) + [(job.id, name, extra)]
        let difficulty = PoolDifficulty(hashes: target.difficulty.value)
        return [.job(DialectJob(job: job, name: "\(theirs: name)", height: nil, difficulty: difficulty))]
    }

    package mutating func handedOn(_ job: JobID) {}

    package mutating func submit(_ share: Share) -> Submission {
        guard let entry = jobs.last(where: { $0.id == share.jobID }) else {
            return .over(.expired(reason: "unknown job"))
        }
        lastRequest += 1
        let words = "\(entry.name) \(Hex.encode(entry.extra)) \(Hex.encode(share.unit.token)) \(share.nonce)"
        return .request(lastRequest, line("share \(lastRequest) \(words)"))
    }

    private func line(_ text: String) -> [UInt8] { Array((text + "\n").utf8) }
}
