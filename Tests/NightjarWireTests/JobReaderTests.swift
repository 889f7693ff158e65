import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct JobReaderTests {
    private func read(
        _ text: String, algorithms: [Algorithm] = Catalog.all, preferred: Algorithm? = nil, niceHash: Bool = false
    ) throws -> UpstreamJob {
        let read = try JobReader(algorithms: algorithms, preferred: preferred, niceHash: niceHash).read(
            JSON(parsing: text.utf8))
        return read.job(JobID("")).shown(by: KnownSecrets())
    }

    @Test func aGoodJob() throws {
        let job = try read(jobText(changing: ["next_seed_hash": "\"\(String(repeating: "0f", count: 32))\""]))
        #expect(job.job.id.name == "J1")
        #expect(job.job.algorithm == .rx0)
        #expect(job.job.work.nonceOffset == 39)
        #expect(job.job.work.input == Hex.decode(sampleBlob))
        #expect(job.job.work.seed == [UInt8](repeating: 0x5A, count: 32))
        #expect(job.job.target == Target(poolHex: "b88d0600"))
        #expect(job.job.nonces == .full)
        #expect(job.height == 3_000_000)
        #expect(job.job.nextSeed == [UInt8](repeating: 0x0F, count: 32))
    }

    @Test func eightByteTargetsAndNumericIDs() throws {
        let job = try read(jobText(id: "77", target: "\"0100000000000080\""))
        #expect(job.job.id.name == "77")
        #expect(job.job.target.value == 0x8000_0000_0000_0001)
        let read = try JobReader(algorithms: Catalog.all).read(JSON(parsing: jobText(id: "77").utf8))
        #expect(read.wireID == .number("77"))
    }

    @Test(arguments: ["null", "\"\""]) func absentHashes(_ value: String) throws {
        let job = try read(jobText(changing: ["next_seed_hash": value, "seed_hash": value, "algo": "\"cn/2\""]))
        #expect(job.job.nextSeed == nil)
        #expect(job.job.work.seed == nil)
        let refusal = try #require(throws: JobError.self) { try read(jobText(changing: ["seed_hash": value])) }
        #expect(refusal.words.plain == "job J1: rx/0 needs a seed")
    }

    /// One bad member each: the job is refused, and the reason names the member.
    @Test(
        arguments: [
            ("job_id", nil, "no job_id"), ("job_id", "null", "no job_id"), ("job_id", "{}", "job_id is an object"),
            ("job_id", "\"\"", "job_id is empty"), ("job_id", "[1]", "job_id is an array"),
            ("job_id", "true", "job_id is a boolean"),
            ("blob", nil, "no blob"), ("blob", "5", "blob is the number 5"), ("blob", "\"zz\"", "blob is not hex"),
            ("blob", "\"\(sampleBlob)0\"", "blob is not hex"),
            ("blob", "\"\(String(repeating: "ff", count: 76))\"", "no block header"),
            ("target", nil, "no target"), ("target", "12", "target is the number 12"),
            ("target", "\"00000000\"", "target '00000000'"),
            ("target", "\"0000000000000000\"", "target '0000000000000000'"),
            ("target", "\"b88d060\"", "target 'b88d060'"),
            ("target", "\"b88d0600b88d\"", "target 'b88d0600b88d'"), ("target", "\"xyxyxyxy\"", "target 'xyxyxyxy'"),
            ("target", "\"\(String(repeating: "f", count: 64))\"", "target 'ff"),
            ("target", "[]", "target is an array"),
            ("algo", "1", "algo is the number 1"), ("algo", "\"cn/nope\"", "unknown algorithm 'cn/nope'"),
            ("algo", "\"scrypt\"", "jobs for scrypt have another form"),
            ("algo", "\"a\\u001b[2J\"", "unknown algorithm 'a\u{FFFD}[2J'"),
            ("height", "\"3\"", "height is a string"), ("height", "-1", "height is the number -1"),
            ("height", "1.5", "height is the number 1.5"),
            ("height", "99999999999999999999999", "height is the number 99999999999999999999999"),
            ("seed_hash", "7", "seed_hash is the number 7"), ("seed_hash", "\"5a\"", "seed_hash has 1 bytes"),
            ("seed_hash", "\"\(String(repeating: "5a", count: 33))\"", "seed_hash has 33 bytes"),
            ("seed_hash", "\"5\"", "seed_hash is not hex"),
            ("next_seed_hash", "\"00\"", "next_seed_hash has 1 bytes"),
            ("next_seed_hash", "false", "next_seed_hash is a boolean"),
        ] as [(String, String?, String)])
    func badMembersAreRefusedByName(_ member: String, _ value: String?, _ reason: String) throws {
        let text = jobText(changing: [member: value])
        let refusal = try #require(throws: JobError.self) { try read(text) }
        #expect(refusal.words.plain.contains(reason), "\(refusal.words.plain)")
    }

    @Test func heightIsNeededOnlyWhereItChoosesTheProgram() throws {
        #expect(try read(jobText(changing: ["height": nil])).height == nil)
        let refusal = try #require(throws: JobError.self) {
            try read(jobText(changing: ["height": nil, "algo": "\"cn/r\""]))
        }
        #expect(refusal.words.plain == "job J1: cn/r needs a block height")
    }

    @Test(arguments: ["null", "[]", "\"job\"", "1"]) func whatIsNoObject(_ text: String) throws {
        let refusal = try #require(throws: JobError.self) { try read(text) }
        #expect(refusal.words.plain.contains("instead of an object"))
    }

    @Test func boundsAreFaultsOfTheConnection() throws {
        func fault(_ text: String) throws -> WireFault { try #require(throws: WireFault.self) { try read(text) } }
        #expect(try read(jobText(id: "\"\(String(repeating: "é", count: 128))\"")).job.id.name.utf8.count == 256)
        #expect(
            try fault(jobText(id: "\"\(String(repeating: "é", count: 128))x\""))
                == .idTooLong(field: "job_id", bytes: 257))
        #expect(try read(jobText(blob: blobText(timestamp: "00", tail: 4))).job.work.input.count == 43)
        #expect(try fault(jobText(blob: blobText(timestamp: "00", tail: 3))) == .blobLength(42))
        #expect(try read(jobText(blob: blobText(tail: 364))).job.work.input.count == 407)
        #expect(try fault(jobText(blob: blobText(tail: 365))) == .blobLength(408))
        #expect(try fault(jobText(blob: "")) == .blobLength(0))
        #expect(try read(jobText(changing: ["height": "1099511627775"])).height == (1 << 40) - 1)
        #expect(try fault(jobText(changing: ["height": "1099511627776"])) == .heightTooHigh(1 << 40))
    }

    @Test(arguments: [
        ("01", Algorithm.cn0), ("06", .cn0), ("07", .cn1), ("08", .cn2), ("09", .cn2), ("0a", .cnR), ("0b", .cnR),
        ("0c", .rx0), ("10", .rx0), ("8c00", .rx0),
    ]) func algorithmsOfJobsThatNameNone(_ major: String, _ algorithm: Algorithm) throws {
        for absent in [nil, "null", "\"\""] {
            let text = jobText(blob: blobText(major: major), changing: ["algo": absent])
            #expect(try read(text).job.algorithm == algorithm)
            #expect(try read(text, preferred: .cn1).job.algorithm == .cn1)
        }
        #expect(try read(jobText(blob: blobText(major: major)), preferred: .cn1).job.algorithm == .rx0)
    }

    /// rx/yada's blobs are no CryptoNote headers: their nonce is at byte 147, whatever stands before.
    @Test func theAlgorithmSaysWhereTheNonceIs() throws {
        func job(_ blob: [UInt8]) -> String { jobText(blob: Hex.encode(blob), changing: ["algo": "\"rx/yada\""]) }
        let blob = [UInt8](repeating: 0xFF, count: 147) + [0, 0, 0, 0]
        let read = try read(job(blob)).job
        #expect(read.work.nonceOffset == 147 && read.nonces == .full)
        #expect(try self.read(job(blob.dropLast() + [9])).job.nonces == .niceHash(highByte: 9))
        let refusal = try #require(throws: JobError.self) { try self.read(job(blob.dropLast())) }
        #expect(refusal.words.plain == "job J1: blob has no nonce at byte 147")
    }

    @Test func algorithmsThatNoDeviceRuns() throws {
        let refusal = try #require(throws: JobError.self) { try read(jobText(), algorithms: [.cn0]) }
        #expect(refusal.words.plain == "job J1: no chosen device runs rx/0")
    }

    /// Monero's next version hashes with RandomX v2, and what its shares carry is not known: it must not be hashed with
    /// RandomX v1 in silence.
    @Test(arguments: ["11", "12", "ff01"]) func versionsBehindTheForkTableAreRefused(_ major: String) throws {
        func text(_ algorithm: String?) -> String {
            jobText(blob: blobText(major: major), changing: ["algo": algorithm, "height": "3"])
        }
        let refusal = try #require(throws: JobError.self) { try read(text(nil)) }
        #expect(refusal.words.plain.contains("names no algorithm, and block version"), "\(refusal.words.plain)")
        #expect(refusal.words.plain.contains("RandomX v2"))
        // Other chains have such versions, too.
        #expect(try read(text("\"rx/2\"")).job.algorithm == .rx2)
        #expect(try read(text(nil), preferred: .rxWow).job.algorithm == .rxWow)
    }

    @Test func niceHashLeavesTheHighestByteAlone() throws {
        #expect(try read(jobText(), niceHash: true).job.nonces == .niceHash(highByte: 0))
        #expect(try read(jobText(blob: blobText(nonce: "000000ab"))).job.nonces == .niceHash(highByte: 0xAB))
        #expect(try read(jobText(blob: blobText(nonce: "01000000"))).job.nonces == .niceHash(highByte: 0))
    }
}

@Suite(.timeLimit(.minutes(5))) struct MessageTests {
    private func message(_ text: String) throws -> PoolMessage { try PoolMessage(line: Array(text.utf8)) }

    private func fault(_ line: some Sequence<UInt8>) throws -> String {
        try #require(throws: WireFault.self) { try PoolMessage(line: Array(line)) }.description
    }

    @Test(arguments: ["5", "\"5\""]) func idsComeAsNumbersAndStrings(_ id: String) throws {
        let reply = PoolMessage.reply(id: 5, result: .object(["status": .string("OK")]), error: nil)
        #expect(try message("{\"id\":\(id),\"error\":null,\"result\":{\"status\":\"OK\"}}") == reply)
        #expect(try message("{\"id\":\(id),\"result\":{\"status\":\"OK\"}}") == reply)
    }

    @Test(arguments: ["null", "\"x\"", "-1", "1.5", "{}"]) func otherIDs(_ id: String) throws {
        #expect(try message("{\"id\":\(id),\"result\":true}") == .reply(id: nil, result: .bool(true), error: nil))
    }

    @Test(arguments: [
        ("{\"code\":-1,\"message\":\"Low difficulty share\"}", "Low difficulty share"), ("{\"message\":\"m\"}", "m"),
        ("{\"code\":-3}", "error -3"), ("\"plain\"", "plain"), ("{}", "error without a text"),
        ("7", "error without a text"),
        ("[21,\"Job not found\",null]", "Job not found"), ("{\"code\":{},\"message\":5}", "error {}"),
        ("{\"message\":\"a\\u001b[1mb\\u202e\"}", "a\u{FFFD}[1mb\u{FFFD}"),
    ]) func errorsHaveWords(_ error: String, _ text: String) throws {
        #expect(
            try message("{\"id\":1,\"error\":\(error)}") == .reply(id: 1, result: .null, error: PoolError(text: text)))
    }

    @Test func aReplyWithNeitherResultNorErrorIsOneStill() throws {
        #expect(try message("{\"id\":1,\"jsonrpc\":\"2.0\"}") == .reply(id: 1, result: .null, error: nil))
        #expect(MoneroDialect.outcome(result: .null, error: nil) == .rejected(reason: "the reply's result is null"))
    }

    @Test func whatIsNoMessage() throws {
        for text in ["[]", "1", "null", "{}", "{\"id\":null}", "{\"id\":\"x\"}", "{\"method\":5}"] {
            #expect(throws: WireFault.self) { try message(text) }
        }
        #expect(try fault("hello".utf8) == "not JSON at byte 0")
        #expect(try fault([0x22, 0xFF, 0x22]) == "invalid UTF-8")
        #expect(throws: WireFault.idTooLong(field: "id", bytes: 257)) {
            try message("{\"id\":\"\(String(repeating: "1", count: 257))\",\"result\":true}")
        }
    }

    @Test func notifications() throws {
        #expect(try message("{\"method\":\"job\",\"params\":{}}") == .job(.object([:])))
        #expect(try message("{\"method\":\"job\"}") == .job(.null))
        #expect(try message("{\"method\":\"client.reconnect\",\"params\":[]}") == .reconnect(host: nil, port: nil))
    }

    @Test(arguments: [
        ("Invalid job id", PoolError.Meaning.stale), ("invalid job ID: 5", .stale), ("Block expired", .stale),
        ("Stale share", .stale),
        ("Low difficulty share", .bad), ("Low diff share", .bad), ("Invalid share", .bad), ("Invalid PoW", .bad),
        ("Duplicate share", .bad), ("whatever", .bad), ("Unauthenticated", .session),
        ("IP Address currently banned", .session),
    ]) func textsAreClassified(_ text: String, _ meaning: PoolError.Meaning) {
        #expect(PoolError(text: text).meaning == meaning)
    }

    @Test func outcomesOfReplies() throws {
        func outcome(_ text: String) throws -> ShareEnd<OutsideText> {
            guard case .reply(_, let result, let error) = try message(text) else {
                throw WaitedInVain(description: text)
            }
            return MoneroDialect.outcome(result: result, error: error)
        }
        for good in ["{\"status\":\"OK\"}", "{\"status\":\"ok\"}", "{}", "true", "\"OK\""] {
            #expect(try outcome("{\"id\":2,\"result\":\(good),\"error\":null}") == .accepted)
        }
        #expect(try outcome("{\"id\":2,\"result\":false}") == .rejected(reason: "the reply's result is false"))
        #expect(try outcome("{\"id\":2,\"result\":null}") == .rejected(reason: "the reply's result is null"))
        #expect(try outcome("{\"id\":2,\"result\":{\"status\":\"Stale share\"}}") == .stale(reason: "Stale share"))
        #expect(
            try outcome("{\"id\":2,\"error\":{\"code\":-1,\"message\":\"Block expired\"}}")
                == .stale(reason: "Block expired"))
        // An error is one, whatever the result says.
        #expect(
            try outcome("{\"id\":2,\"result\":true,\"error\":\"Invalid share\"}") == .rejected(reason: "Invalid share"))
    }

    @Test func requestsAreWhatPoolsExpect() throws {
        let login = StratumRequest.login(
            id: 1, Login(user: "A\"", password: "p", rigID: "r1"), agent: "nightjar/0.1", algorithms: [.rx0, .cnR])
        #expect(login.last == UInt8(ascii: "\n"))
        let params = try #require(try JSON(parsing: login)["params"])
        #expect(params["login"] == .string("A\""))
        #expect(params["pass"] == .string("p"))
        #expect(params["rigid"] == .string("r1"))
        #expect(params["agent"] == .string("nightjar/0.1"))
        #expect(params["algo"] == .array([.string("rx/0"), .string("cn/r")]))

        let digest = Digest(words: (0x0102, 0, 0, 1 << 63))
        let submit = try JSON(
            parsing: StratumRequest.submit(
                id: 9, client: .string("c"), job: .number("5"), nonce: 0x0403_0201, proof: Proof(digest: digest),
                algorithm: nil))
        #expect(submit["method"] == .string("submit"))
        #expect(submit["id"]?.uint64 == 9)
        #expect(
            submit["params"]?.object == [
                "id": .string("c"), "job_id": .number("5"), "nonce": .string("01020304"),
                "result": .string(digest.description),
            ])

        let commitment = Digest(words: (5, 6, 7, 8))
        let committed = try JSON(
            parsing: StratumRequest.submit(
                id: 9, client: .string("c"), job: .number("5"), nonce: 1,
                proof: Proof(digest: digest, commitment: commitment), algorithm: .rx2))
        // As xmrig 6.26 does, and as xmrig-proxy, which holds `result` against the target, needs it.
        #expect(committed["params"]?["result"] == .string(commitment.description))
        #expect(committed["params"]?["commitment"] == .string(digest.description))
        #expect(committed["params"]?["algo"] == .string("rx/2"))
    }
}
