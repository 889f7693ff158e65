import NightjarCore
import NightjarNode
import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PoolURLTests {
    @Test(arguments: [
        ("pool.example:3333", "stratum+tcp://pool.example:3333"),
        ("stratum+tcp://pool.example:3333/", "stratum+tcp://pool.example:3333"),
        ("STRATUM+TCP://10.0.0.1:1", "stratum+tcp://10.0.0.1:1"),
        ("stratum+tls://p:65535", "stratum+tls://p:65535"),
        ("stratum+ssl://p:443", "stratum+tls://p:443"),
        ("daemon+http://[::1]:18081", "daemon+http://[::1]:18081"),
        ("[2001:db8::1]:3333", "stratum+tcp://[2001:db8::1]:3333"),
        ("daemon+http://n:1/", "daemon+http://n:1"), ("daemon+http://n:1/json_rpc", "daemon+http://n:1"),
        ("daemon+https://n:1/v1/5ecret/", "daemon+https://n:1/…"),
    ]) func goodOnes(_ text: String, _ full: String) throws { #expect(try PoolURL(text).description == full) }

    @Test(arguments: [
        ("http://p:1", "'http' is not a pool's scheme"), ("p", "no port"), ("", "no port"),
        ("stratum+tcp://p", "no port"),
        ("p:", "is not a port"), ("p:0", "is not a port"), ("p:65536", "is not a port"), ("p:+1", "is not a port"),
        ("p:3333x", "is not a port"), (":3333", "is not a host"), ("a b:1", "is not a host"), ("[::1]", "no port"),
        ("[::1:1", "is not a host"), ("[localhost]:1", "is not a host"), ("::1:3333", "in brackets"),
        ("p:1/path", "ends after the port"), ("p:1?x", "ends after the port"),
        ("daemon+http://n:1?x", "not a path"), ("daemon+http://n:1/a?b", "not a path"),
        ("daemon+http://n:1/a#b", "not a path"), ("daemon+http://n:1/a b", "not a path"),
        ("daemon+http://n:1/\u{E4}", "not a path"), ("daemon+http://n:1/a\r\nX", "not a path"),
        ("a:1,b:2", "-o H:P -o H:P"), ("stratum+tcp://a:1,stratum+tls://[::1]:2/", "-o H:P -o H:P"),
        ("a:1,b:2,daemon+http://c:3/x", "-o H:P -o H:P"), ("a:1,", "is not a port"),
        ("99999999999999999999:99999999999999999999", "is not a port"),
    ]) func badOnesAreRefusedByName(_ text: String, _ fault: String) throws {
        let error = try #require(throws: PoolURLError.self) { try PoolURL(text) }
        #expect(error.description.contains(fault), "\(error)")
    }

    @Test(arguments: [
        "stratum+tcp://me:secret@p:1", "stratum+tcp://me:secret/p:3333", "me:secret#p:1", "me:secret?p:1",
        "p:1/me:secret",
        "[me:secret]:1", "[me:secret", "[::1]me:secret", "me:secret://p:1", "me:secret/", "a:b:secret", "p:secret",
        "me:secret:1", "daemon+http://me:secret", "me:1234/secret:p",
    ]) func credentialsAreNotRepeated(_ text: String) throws {
        let error = try #require(throws: PoolURLError.self) { try PoolURL(text) }
        #expect(!"\(error)\(String(reflecting: error))".contains("secret"), "\(error)")
    }

    /// What stands before `/json_rpc`; providers of nodes put a key there, which is not shown.
    @Test(arguments: [
        ("daemon+http://n:1", ""), ("daemon+http://n:1//", ""), ("daemon+http://n:1/monero/", "/monero"),
        ("daemon+http://n:1/monero/json_rpc", "/monero"), ("daemon+https://n:1/v1/5ecret", "/v1/5ecret"),
        ("daemon+http://onion:1/a.onion", "/a.onion"),
    ]) func pathsOfNodes(_ text: String, _ path: String) throws {
        let url = try PoolURL(text)
        #expect(url.path == path && url.secured.path == path)
        #expect(!"\(url)\(String(reflecting: PoolSettings(url: url, user: "u")))".contains("5ecret"))
        let elsewhere = PoolSettings(url: try PoolURL("daemon+http://n:1/elsewhere"), user: "u")
        let options = UpstreamOptions()
        #expect(PoolSettings(url: url, user: "u").identity(options) != elsewhere.identity(options))
    }

    @Test func controlCharactersAreNotRepeated() throws {
        let error = try #require(throws: PoolURLError.self) { try PoolURL("a\u{1B}[2Jb:1") }
        #expect(!error.description.contains("\u{1B}"))
    }

    @Test func settingsThatContradictEachOther() throws {
        func error(_ url: String, _ change: (inout PoolSettings) -> Void) throws -> String {
            var settings = PoolSettings(url: try PoolURL(url), user: "u", password: "secret")
            change(&settings)
            return try #require(throws: PoolURLError.self) { try settings.link(options: UpstreamOptions()) }.description
        }
        let pin = try #require(CertificatePin(String(repeating: "5a", count: 32)))
        #expect(try error("p:1") { $0.fingerprint = pin }.contains("stratum+tcp://p:1 does not use TLS"))
        #expect(try error("daemon+http://p:1") { $0.fingerprint = pin }.contains("does not use TLS"))
        let notices = try PoolURL("p:2")
        #expect(try error("p:1") { $0.zmq = notices }.contains("ZMQ is for daemon+http"))
        let both = PoolSettings(url: try PoolURL("p:1").secured, user: "u", fingerprint: pin)
        #expect(try both.link(options: UpstreamOptions()).name == "p:1")
    }

    @Test func zmqAddresses() throws {
        let node = try PoolURL("daemon+http://n:18081")
        #expect(try PoolSettings.zmq("tcp://127.0.0.1:18083", of: node).authority == "127.0.0.1:18083")
        #expect(try PoolSettings.zmq("h:1", of: node).authority == "h:1")
        #expect(try PoolSettings.zmq("18083", of: node).authority == "n:18083")
        #expect(try PoolSettings.zmq("18083", of: PoolURL("daemon+http://[::1]:1")).authority == "[::1]:18083")
        #expect(throws: PoolURLError.self) { try PoolSettings.zmq("", of: node) }
        #expect(throws: PoolURLError.self) { try PoolSettings.zmq("99999", of: node) }
    }

    /// Two links are one when everything that they would do is the same.
    @Test func identities() throws {
        let settings = PoolSettings(url: try PoolURL("p:1"), user: "u", password: "secret")
        let options = UpstreamOptions()
        let identity = try settings.link(options: options).identity
        #expect(try settings.link(options: options).identity == identity)
        #expect(!identity.contains("secret"))
        var others: Set<String> = [identity]
        let changes: [(inout PoolSettings) -> Void] = [
            { $0.user = "v" }, { $0.password = "other" }, { $0.rigID = "r" }, { $0.rigID = "" }, { $0.niceHash = true },
            { $0.keepalive = true }, { $0.algorithm = .cn0 }, { $0.url = $0.url.secured },
        ]
        for change in changes {
            var changed = settings
            change(&changed)
            others.insert(try changed.link(options: options).identity)
        }
        #expect(others.count == changes.count + 1)
        #expect(try settings.link(options: UpstreamOptions(algorithms: [.cn0])).identity != identity)
    }

    @Test func fingerprintsAreReadInAnyForm() throws {
        let plain = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
        let colons = stride(from: 0, to: 64, by: 2).map { plain.dropFirst($0).prefix(2) }.joined(separator: ":")
        for text in [plain, plain.uppercased(), colons, colons.uppercased()] {
            #expect(CertificatePin(text)?.description == plain)
        }
        for text in [
            "", "00", plain + "00", plain.dropLast() + "g", colons + ":", ":" + plain, plain.prefix(63) + ":f",
        ] {
            #expect(CertificatePin(String(text)) == nil)
        }
    }

    /// FIPS 180-4 and RFC 1321 examples, and the lengths around a block's end.
    @Test func checksums() {
        func sha256(_ text: String) -> String { Hex.encode(Checksum.sha256(Array(text.utf8))) }
        func md5(_ text: String) -> String { Hex.encode(Checksum.md5(Array(text.utf8))) }
        #expect(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            sha256(String(repeating: "a", count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(md5("") == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(md5("message digest") == "f96b697d7cb7938d525a2f31aaf161d0")
        #expect(
            md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890")
                == "57edf4a22be3c955ac49da2e2107b67a")
    }

    @Test func secretsAreCovered() {
        let redact = Redactor(["hunter2:pa\u{7}ss", "pw", "x", ""])
        #expect(redact("Login hunter2:pa\u{7}ss is wrong") == "Login [secret] is wrong")
        #expect(redact("for hunter2:pa\u{FFFD}ss.") == "for [secret].")
        #expect(redact("pw pwned 'pw' spw x") == "[secret] pwned '[secret]' spw x")
        #expect(redact(OutsideText(theirs: String(repeating: "a", count: 5000))).count == 1001)
    }

    @Test func passwordsAreNotPrinted() {
        let login = Login(user: "u", password: "secret", rigID: nil)
        var dumped = ""
        dump(login, to: &dumped)
        #expect(!"\(login) \(String(reflecting: login)) \(dumped)".contains("secret"))
    }
}

@Suite(.timeLimit(.minutes(5))) struct LineSplitterTests {
    private static let conversation =
        "{\"id\":1,\"result\":{\"id\":\"c1\"}}\r\n\n{\"method\":\"job\",\"params\":\(jobText())}\n{\"id\":\"2\",\"é\":\"😀\"}\n"

    @Test func everySplitGivesTheSameLines() throws {
        let bytes = Array(Self.conversation.utf8)
        var whole = LineSplitter()
        let expected = whole.push(bytes)
        #expect(expected.count == 3)
        for cut in 0...bytes.count {
            var splitter = LineSplitter()
            #expect(splitter.push(bytes[..<cut]) + splitter.push(bytes[cut...]) == expected)
        }
        var single = LineSplitter()
        #expect(bytes.flatMap { single.push([$0]) } == expected)
    }

    @Test(arguments: [1, 7, 4096, 100_000]) func linesAreBounded(_ piece: Int) {
        func feed(_ length: Int, end: String) -> (lines: Int, fault: WireFault?) {
            var splitter = LineSplitter()
            var lines = 0
            var rest = Array("first\n".utf8) + [UInt8](repeating: 0x61, count: length) + Array(end.utf8)
            while !rest.isEmpty {
                lines += splitter.push(rest.prefix(piece)).count
                rest.removeFirst(min(piece, rest.count))
            }
            return (lines, splitter.fault)
        }
        #expect(feed(16384, end: "\n") == (2, nil))
        #expect(feed(16384, end: "\r\n") == (2, nil))
        #expect(feed(16385, end: "\n") == (1, .lineTooLong))
        #expect(feed(16384, end: "\ra") == (1, .lineTooLong))
        #expect(feed(50_000, end: "") == (1, .lineTooLong))
    }
}

@Suite(.timeLimit(.minutes(5))) struct BlockBlobTests {
    @Test func varintsAreRead() throws {
        for value in [0, 1, 127, 128, 300, 1 << 35, .max] as [UInt64] {
            var at = 0
            let bytes = Varint.write(value)
            #expect(Varint.read(bytes, at: &at) == value)
            #expect(at == bytes.count)
            at = 0
            #expect(Varint.read(Array(bytes.dropLast()), at: &at) == nil)
        }
        var at = 0
        #expect(Varint.read([UInt8](repeating: 0xFF, count: 9) + [2], at: &at) == nil)
    }

    @Test(arguments: [("ebc285d806", 39), ("00", 35), ("ebc285d8868001", 41)])
    func theNonceIsWhereTheVarintsSay(_ timestamp: String, _ offset: Int) throws {
        let bytes = try #require(Hex.decode(blobText(timestamp: timestamp)))
        #expect(try #require(BlockBlob(bytes)).nonceOffset == offset)
        #expect(BlockBlob(Array(bytes[..<(offset + 3)])) == nil)
    }

    @Test func keccak() throws {
        let vectors = try Vectors.primitives("keccak-1600/32")
        #expect(vectors.count > 20)
        for vector in vectors { #expect(BlockID.keccak256(vector.input.bytes) == vector.hash.bytes) }
    }

    /// Block 1 of a regtest chain, as monerod names it.
    @Test func blockIDsAreMonerosOwn() throws {
        let blob =
            "1010ebc285d806418015bb9ae982a1975da7d79277c2705727a56894ba0fb246adaabb1f4632e3"
            + "000000006c77d93f3adac6c7585127ae39ceb8cd494720c896af39c2b266d844f83eb1c001"
        let id = BlockID.of(hashingBlob: try #require(Hex.decode(blob)))
        #expect(Hex.encode(id) == "e113b65e0450cfe6a9a153922c7f3e0f847258f2828598c1b631080c87deb935")
    }
}
