import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Good messages of Stratum v1, changed at random, through Bitcoin's dialect: no trap, no hang, and nothing past the
/// bounds.
@Suite(.timeLimit(.minutes(5))) struct BitcoinFuzzTests {
    static let stratum: [String] =
        bitcoinWelcome().split(separator: "\n").map(String.init)
        + [
            notify(), notify(id: "7", changing: [8: "false"]), notify(changing: [4: "[]", 5: "\"20002004\""]),
            setDifficulty("0.00015"), setDifficulty("\"65536\""), setDifficulty("1e15"),
            "{\"id\":null,\"method\":\"mining.set_extranonce\",\"params\":[\"aabbcc\",3]}",
            "{\"id\":null,\"method\":\"mining.set_version_mask\",\"params\":[\"0000e000\"]}",
            "{\"id\":9,\"method\":\"client.get_version\",\"params\":[]}", "{\"id\":\"x\",\"method\":\"mining.ping\"}",
            "{\"id\":null,\"method\":\"client.show_message\",\"params\":[\"hello\"]}",
            "{\"id\":null,\"method\":\"client.reconnect\",\"params\":[\"127.0.0.1\",\"3333\",5]}",
            "{\"id\":8,\"method\":\"mining.get_transactions\",\"params\":[\"J1\"]}",
            "{\"id\":5,\"error\":[21,\"Job not found\",null],\"result\":null}",
            "{\"id\":6,\"error\":{\"code\":23,\"message\":\"low difficulty share of 0.1\"}}",
            "{\"id\":7,\"result\":false,\"error\":null}", "{\"id\":8,\"result\":true,\"error\":null}",
            "{\"id\":null,\"error\":[24,\"Unauthorized worker\",null]}",
        ].map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }

    private static func hold(_ condition: Bool, _ location: SourceLocation = #_sourceLocation) {
        if !condition { Issue.record("it does not hold", sourceLocation: location) }
    }

    @Test func stratumLines() throws {
        let settings = PoolSettings(url: try PoolURL("h:1"), user: "u")
        let options = UpstreamOptions(algorithms: [.sha256d, .scrypt])
        var dialect = BitcoinDialect(settings, options: options)
        var outcomes: [String: Int] = [:]
        var messages = FuzzMessages(Self.stratum.map { Array($0.utf8) }, seed: FuzzTests.seed &+ 7)
        var left = 0
        while let bytes = messages.next() {
            // A new connection now and then; half of them are logged in.
            if left == 0 {
                left = messages.mutator.number(1...40)
                _ = dialect.begin()
                if messages.mutator.number(0...1) == 0 {
                    for line in bitcoinWelcome().split(separator: "\n") { _ = dialect.take(Array(line.utf8)) }
                }
            }
            left -= 1
            var splitter = LineSplitter()
            for line in splitter.push(bytes + [10]) {
                for effect in dialect.take(line) { outcomes[try Self.look(at: effect, &dialect), default: 0] += 1 }
            }
            if messages.mutator.number(0...99) == 0 { _ = dialect.unanswered(1) }
            if messages.mutator.number(0...99) == 0 { _ = dialect.keepalive() }
        }
        #expect(messages.slow.isEmpty)
        // Each kind is met: a corpus that is refused at the door tests nothing behind it.
        for kind in ["job", "refused", "answer", "send", "end", "reconnect", "connected"] {
            #expect(outcomes[kind, default: 0] > 0, "\(outcomes)")
        }
    }

    /// What the session would do with it, and a share of each job.
    private static func look(at effect: DialectEffect, _ dialect: inout BitcoinDialect) throws -> String {
        switch effect {
        case .send(let line), .probe(let line), .ask(_, let line, _):
            hold(line.last == 10 && line.count { $0 == 10 } == 1)
            _ = try JSON(parsing: line)
            return "send"
        case .connected: return "connected"
        case .answer: return "answer"
        case .reconnect: return "reconnect"
        case .refused(let reason):
            hold(reason.plain.utf8.count < 2000)
            return "refused"
        case .end(let reason):
            hold(!reason.plain.contains("\n"))
            return "end"
        case .job(let read):
            let job = read.shown(by: KnownSecrets())
            hold(job.job.id.name.utf8.count <= JobReader.maximumIDLength && job.height ?? 0 < JobReader.heightLimit)
            dialect.handedOn(job.job.id)
            for index in [0, 1, 1 << 20, .max] as [UInt64] {
                guard let unit = job.job.source.unit(index) else { continue }
                hold(unit.work.input.count == 80 && unit.work.nonceOffset == 76)
                let share = Share(
                    jobID: job.job.id, unit: unit, target: job.job.target, nonce: 1, proof: Proof(digest: Digest()),
                    device: .cpu)
                if case .request(_, let line) = dialect.submit(share) { _ = try JSON(parsing: line) }
            }
            hold(job.job.source.unit(0) != nil)
            return "job"
        }
    }
}
