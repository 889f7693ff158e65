import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// A suite that looks at Bitcoin's dialect alone: lines in, effects out, without a socket.
protocol AtABitcoinDialect {}

extension AtABitcoinDialect {
    func dialect(
        _ algorithm: Algorithm = .sha256d, _ change: (inout PoolSettings, inout UpstreamOptions) -> Void = { _, _ in }
    ) throws -> BitcoinDialect {
        var settings = PoolSettings(url: try PoolURL("h:1"), user: "addr", password: "p")
        var options = UpstreamOptions(algorithms: [algorithm], agent: "nightjar/test")
        change(&settings, &options)
        return BitcoinDialect(settings, options: options)
    }

    func take(_ text: String, _ dialect: inout BitcoinDialect) -> [DialectEffect] {
        text.split(separator: "\n").flatMap { dialect.take(Array($0.utf8)) }
    }

    func loggedIn(_ dialect: inout BitcoinDialect, mask: String? = "1fffe000") -> [DialectEffect] {
        _ = dialect.begin()
        return take(bitcoinWelcome(mask: mask), &dialect)
    }

    func jobs(_ effects: [DialectEffect]) -> [DialectJob] {
        effects.compactMap { if case .job(let job) = $0 { job } else { nil } }
    }

    func job(_ text: String, _ dialect: inout BitcoinDialect) throws -> DialectJob {
        let job = try #require(jobs(take(text, &dialect)).first)
        dialect.handedOn(job.job.id)
        return job
    }

    func sent(_ effects: [DialectEffect]) throws -> [JSON] {
        try effects.compactMap { effect in
            switch effect {
            case .send(let line), .ask(_, let line, _), .probe(let line): try JSON(parsing: line)
            default: nil
            }
        }
    }

    /// - Parameter version: of the versions that are rolled first, counted from 0.
    func share(
        _ job: DialectJob, unit: UInt64 = 0, version: Int = 0, nonce: UInt32 = 1, digest: Digest = Digest()
    ) throws -> Share {
        Share(
            jobID: job.job.id, unit: try #require(job.job.source.unit(unit)).alone(version), target: job.job.target,
            nonce: nonce, proof: Proof(digest: digest), device: .cpu)
    }

    func request(_ submission: Submission) throws -> (number: UInt64, line: JSON) {
        guard case .request(let number, let line) = submission else {
            Issue.record("\(submission)")
            return (0, .null)
        }
        return (number, try JSON(parsing: line))
    }
}
