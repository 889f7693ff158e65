import NightjarCore
import NightjarJSON

/// Monero-style Stratum, as `protocols` describes it: JSON-RPC, one object a line.
package struct MoneroDialect: Dialect {
    private let login: Login
    private let options: UpstreamOptions
    private var session = Session()
    private var jobs = JobBook<JobReader.Read>()

    private static let loginRequest: UInt64 = 1

    /// State that ends with the connection.
    private struct Session {
        /// The pool's name for the session; `nil` before the login's reply.
        var client: JSON?
        var extensions: Set<String> = []
        /// A job that came before the login's reply.
        var early: JSON?
        var lastRequest = MoneroDialect.loginRequest
        var isRefused = false
    }

    package init(login: Login, options: UpstreamOptions) {
        self.login = login
        self.options = options
    }

    package mutating func begin() -> [DialectEffect] {
        session = Session()
        jobs.begin()
        var algorithms = options.algorithms.filter { $0.dialect == .monero }
        if let wanted = options.algorithm { algorithms = [wanted] + algorithms.filter { $0 != wanted } }
        return [
            .send(
                StratumRequest.login(
                    id: Self.loginRequest, login, agent: options.agent, algorithms: algorithms,
                    measured: options.measured, algorithmTime: options.algorithmTime))
        ]
    }

    package mutating func take(_ line: [UInt8]) -> [DialectEffect] {
        let message: PoolMessage
        do { message = try PoolMessage(line: line) } catch { return [.end(reason: error.words)] }
        switch message {
        case .job(let params):
            guard session.client == nil else { return take(job: params) }
            session.early = params
            return []
        case .reply(let id, let result, let error):
            guard session.client == nil else { return takeReply(id: id, result: result, error: error) }
            return takeLogin(id: id, result: result, error: error)
        case .reconnect(let host, let port): return [.reconnect(host: host, port: port)]
        case .other(let method):
            guard session.client == nil, method.hasPrefix("mining.") else { return [] }
            return [
                .end(reason: "the pool speaks Bitcoin's Stratum (\(theirs: method, 40)): give -a sha256d or -a scrypt")
            ]
        }
    }

    private mutating func takeLogin(id: UInt64?, result: JSON, error: PoolError?) -> [DialectEffect] {
        guard id == Self.loginRequest || (id == nil && error != nil) else { return [] }
        func refused(_ reason: OutsideText) -> [DialectEffect] { [.end(reason: "login refused: \(reason)")] }

        if let error {
            session.isRefused = Login.isOfUser(error.words)
            return refused(login.refusal(error.words))
        }
        if let status = result["status"]?.string, status.uppercased() != "OK" { return refused("\(theirs: status)") }
        guard let client = result["id"] else { return refused("the reply has no id") }
        do { _ = try JobReader.identifier(client, field: "id") } catch let refusal as JobError {
            return refused(refusal.reason)
        } catch {
            return [.end(reason: Connecting.reason(error))]
        }
        session.client = client
        session.extensions = Set((result["extensions"]?.array ?? []).compactMap(\.string))
        // An early job is older than the job in this reply.
        guard let job = result["job"] ?? session.early else { return [.connected] }
        return [.connected] + take(job: job)
    }

    private mutating func take(job params: JSON) -> [DialectEffect] {
        let niceHash = options.niceHash || session.extensions.contains("nicehash")
        let reader = JobReader(algorithms: options.algorithms, preferred: options.algorithm, niceHash: niceHash)
        do {
            let read = try reader.read(params)
            return [.job(read.job(jobs.identity(of: read)))]
        } catch let refusal as JobError {
            return [.refused(reason: refusal.words)]
        } catch {
            return [.end(reason: Connecting.reason(error))]
        }
    }

    private func takeReply(id: UInt64?, result: JSON, error: PoolError?) -> [DialectEffect] {
        var effects: [DialectEffect] = [.answer(to: id, Self.outcome(result: result, error: error))]
        if let error {
            if error.meaning == .session {
                effects.append(.end(reason: error.words))
            } else if id == nil {
                effects.append(.refused(reason: error.words))
            }
        }
        return effects
    }

    /// How a reply to `submit` ends the share.
    package static func outcome(result: JSON, error: PoolError?) -> ShareEnd<OutsideText> {
        if let error {
            return error.meaning == .stale ? .stale(reason: error.words) : .rejected(reason: error.words)
        }
        switch result {
        case .bool(true): return .accepted
        case .object:
            guard let status = result["status"]?.string, status.uppercased() != "OK" else { return .accepted }
            return outcome(result: .null, error: PoolError(text: status))
        case .string(let text) where text.uppercased() == "OK": return .accepted
        case .string(let text): return outcome(result: .null, error: PoolError(.string(text)))
        default: return .rejected(reason: "the reply's result is \(theirs: result.text, 80)")
        }
    }

    package var isRefused: Bool { session.isRefused }

    package mutating func handedOn(_ job: JobID) { jobs.handOn(job) }

    package mutating func submit(_ share: Share) -> Submission {
        switch jobs.find(share.jobID) {
        case .gone(let outcome): return .over(outcome)
        case .current(let job):
            session.lastRequest += 1
            let line = StratumRequest.submit(
                id: session.lastRequest, client: session.client ?? .null, job: job.wireID, nonce: share.nonce,
                proof: share.proof, algorithm: session.extensions.contains("algo") ? share.algorithm : nil)
            return .request(session.lastRequest, line)
        }
    }

    /// Silence counts against a pool only if it announced `keepalive`: some pools never answer.
    package mutating func keepalive() -> [DialectEffect] {
        let isAnnounced = session.extensions.contains("keepalive")
        guard let client = session.client, isAnnounced || options.keepalive else { return [] }
        session.lastRequest += 1
        let line = StratumRequest.keepalive(id: session.lastRequest, client: client)
        return [isAnnounced ? .probe(line) : .send(line)]
    }
}
