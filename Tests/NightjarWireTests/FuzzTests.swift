import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Good messages, changed at random, through everything that reads bytes from outside. What they come to does not
/// matter, but that it is one of the outcomes that there are: no trap, no hang, and nothing past the bounds.
@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
    static let seed: UInt64 = {
        var generator = SeededGenerator(of: "FuzzTests")
        return generator.next()
    }()

    static let stratum: [String] = [
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":\"c1\",\"job\":\(jobText()),\"extensions\":[\"algo\",\"nicehash\"],\"status\":\"OK\"}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":\(jobText(id: "7"))}",
        "{\"method\":\"job\",\"params\":\(jobText(target: "\"ffffffffffffff00\"", changing: ["next_seed_hash": "\"\"", "algo": "\"cn/r\""]))}",
        "{\"method\":\"job\",\"params\":\(jobText(blob: blobText(major: "0a", nonce: "00000005"), changing: ["algo": nil]))}",
        "{\"id\":2,\"error\":{\"code\":-1,\"message\":\"Low difficulty share\"}}",
        "{\"id\":\"3\",\"result\":{\"status\":\"OK\"}}",
        "{\"id\":null,\"error\":\"Unauthenticated\",\"result\":null}", "{\"id\":4,\"result\":true}",
        "{\"method\":\"client.reconnect\",\"params\":[\"127.0.0.1\",\"3333\",5]}",
        "{\"error\":[21,\"Job not found\",null],\"id\":5}",
        "{\"id\":1,\"error\":null,\"result\":{\"status\":\"KEEPALIVED\"}}",
    ]

    /// What `#expect` does, for millions of times.
    private static func hold(_ condition: Bool, _ location: SourceLocation = #_sourceLocation) {
        if !condition { Issue.record("it does not hold", sourceLocation: location) }
    }

    @Test func stratumLines() throws {
        let readers = [
            JobReader(algorithms: Catalog.all), JobReader(algorithms: [.rx0], preferred: .rx0, niceHash: true),
        ]
        var outcomes: [String: Int] = [:]
        var messages = FuzzMessages(Self.stratum.map { Array($0.utf8) }, seed: Self.seed &+ 1)
        while let bytes = messages.next() {
            var splitter = LineSplitter()
            var lines: [[UInt8]] = []
            var rest = (bytes + [10])[...]
            while !rest.isEmpty {
                let count = messages.mutator.number(1...4) == 1 ? messages.mutator.number(1...rest.count) : rest.count
                lines += splitter.push(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            for line in lines {
                Self.hold(line.count <= LineSplitter.maximumLength + 1)
                let outcome = try Self.read(line, readers[line.count % 2])
                outcomes[outcome, default: 0] += 1
            }
        }
        #expect(messages.slow.isEmpty)
        // Each kind is met: a corpus that is refused at the door tests nothing behind it.
        for kind in ["job", "refused job", "reply", "fault", "other", "reconnect"] {
            #expect(outcomes[kind, default: 0] > 0, "\(outcomes)")
        }
    }

    private static func read(_ line: [UInt8], _ reader: JobReader) throws -> String {
        if let json = try? JSON(parsing: line) {
            let again = try JSON(parsing: json.text.utf8)
            Self.hold(again == json)
        }
        let message: PoolMessage
        do { message = try PoolMessage(line: line) } catch {
            Self.hold(!error.description.contains("\n"))
            return "fault"
        }
        switch message {
        case .job(let params): return try read(job: params, reader)
        case .reply(_, let result, let error):
            _ = MoneroDialect.outcome(result: result, error: error)
            if let job = result["job"] { return try read(job: job, reader) }
            return "reply"
        case .reconnect: return "reconnect"
        case .other: return "other"
        }
    }

    private static func read(job params: JSON, _ reader: JobReader) throws -> String {
        do {
            let job = try reader.read(params).job(JobID("fuzz")).shown(by: KnownSecrets())
            let work = job.job.work
            Self.hold(JobReader.blobLengths.contains(work.input.count))
            Self.hold((work.nonceOffset ?? .max) <= work.input.count - 4)
            Self.hold(job.height ?? 0 < JobReader.heightLimit)
            Self.hold(job.job.id.name.utf8.count <= JobReader.maximumIDLength)
            Self.hold(reader.algorithms.contains(work.algorithm))
            _ = job.job.target.difficulty
            return "job"
        } catch let refusal as JobError {
            Self.hold(refusal.words.plain.utf8.count < 2000)
            return "refused job"
        } catch is WireFault {
            return "fault"
        }
    }

    @Test func whatUsersType() {
        let corpus = [
            "stratum+tls://pool.example:3333", "daemon+http://[::1]:18081", "h:1", "tcp://127.0.0.1:18083",
            "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
        ]
        var messages = FuzzMessages(corpus.map { Array($0.utf8) }, seed: Self.seed &+ 5, share: 0.1)
        while let bytes = messages.next() {
            let text = String(decoding: bytes, as: UTF8.self)
            if let url = try? PoolURL(text) {
                Self.hold(!url.path.isEmpty || (try? PoolURL(url.description)) == url)
                _ = try? PoolSettings.zmq(text, of: url)
            }
            if let pin = CertificatePin(text) { #expect(CertificatePin(pin.description) == pin) }
        }
        #expect(messages.slow.isEmpty)
    }
}
