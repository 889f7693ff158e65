import NightjarCore
import NightjarStratum
import TestSupport
import Testing

@Suite struct PoolURLTests {
    @Test(arguments: [
        ("pool.example:3333", "stratum+tcp://pool.example:3333"),
        ("stratum+tcp://pool.example:3333/", "stratum+tcp://pool.example:3333"),
        ("STRATUM+TCP://10.0.0.1:1", "stratum+tcp://10.0.0.1:1"),
        ("stratum+tls://p:65535", "stratum+tls://p:65535"),
        ("stratum+ssl://p:443", "stratum+tls://p:443"),
        ("daemon+http://[::1]:18081", "daemon+http://[::1]:18081"),
        ("[2001:db8::1]:3333", "stratum+tcp://[2001:db8::1]:3333"),
    ]) func goodOnes(_ text: String, _ full: String) throws { #expect(try PoolURL(text).description == full) }

    @Test(arguments: [
        ("http://p:1", "'http' is no scheme"), ("p", "no port"), ("", "no port"), ("stratum+tcp://p", "no port"),
        ("p:", "is no port"), ("p:0", "is no port"), ("p:65536", "is no port"), ("p:+1", "is no port"),
        ("p:3333x", "is no port"), (":3333", "is no host"), ("a b:1", "is no host"), ("[::1]", "no port"),
        ("[::1:1", "is no host"), ("[localhost]:1", "is no host"), ("::1:3333", "in brackets"),
        ("p:1/path", "ends after the port"), ("p:1?x", "ends after the port"),
        ("99999999999999999999:99999999999999999999", "is no port"),
    ]) func badOnesAreRefusedByName(_ text: String, _ fault: String) throws {
        let error = try #require(throws: PoolURLError.self) { try PoolURL(text) }
        #expect(error.description.contains(fault), "\(error)")
    }

    @Test func credentialsAreNotRepeated() throws {
        let error = try #require(throws: PoolURLError.self) { try PoolURL("stratum+tcp://me:secret@p:1") }
        #expect(!"\(error)\(String(reflecting: error))".contains("secret"))
    }

    @Test func controlCharactersAreNotRepeated() throws {
        let error = try #require(throws: PoolURLError.self) { try PoolURL("a\u{1B}[2Jb:1") }
        #expect(!error.description.contains("\u{1B}"))
    }

    @Test func tlsIsNamedAsMissing() throws {
        let error = try #require(throws: PoolURLError.self) {
            try PoolGroup(urls: [PoolURL("stratum+tls://p:1")], login: Login(user: "u"), options: UpstreamOptions())
        }
        #expect(error.description.contains("stratum+tls://p:1: this build cannot speak TLS"))
    }

    @Test func passwordsAreNotPrinted() {
        let login = Login(user: "u", password: "secret", rigID: nil)
        var dumped = ""
        dump(login, to: &dumped)
        #expect(!"\(login) \(String(reflecting: login)) \(dumped)".contains("secret"))
    }
}

@Suite struct JSONTests {
    @Test(arguments: [
        ("null", JSON.null), (" true ", .bool(true)), ("-0.5e+3", .number("-0.5e+3")),
        ("18446744073709551615", .number("18446744073709551615")),
        ("\"a\\u00e9\\ud83d\\ude00\\n\\/\"", .string("aé😀\n/")), ("[ ]", .array([])),
        ("[1,[2]]", .array([.number("1"), .array([.number("2")])])),
        ("{\"a\":{},\"a\":null}", .object(["a": .null])),
    ]) func values(_ text: String, _ value: JSON) throws {
        #expect(try JSON(parsing: text.utf8) == value)
        #expect(try JSON(parsing: value.text.utf8) == value)
    }

    @Test(arguments: [
        "", "  ", "{", "[1", "\"a", "tru", "nul", "01", "1.", ".5", "+1", "1e", "-", "[1,]", "{\"a\":1,}", "{a:1}", "{1:2}",
        "'a'", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\u12g4\"", "\"a\nb\"", "1 2", "{} x", "NaN", "\u{FEFF}1",
    ]) func nonsense(_ text: String) { #expect(throws: JSONError.self) { try JSON(parsing: text.utf8) } }

    @Test func invalidUTF8() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82]] as [[UInt8]] {
            #expect(throws: JSONError.notUTF8) { try JSON(parsing: bytes) }
        }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try JSON(parsing: nested(16).utf8)
        #expect(throws: JSONError.tooDeep(limit: 16)) { try JSON(parsing: nested(17).utf8) }
        #expect(throws: JSONError.tooDeep(limit: 16)) { try JSON(parsing: String(repeating: "{\"a\":", count: 8000).utf8) }
    }

    @Test func integersAreExact() throws {
        #expect(try JSON(parsing: "18446744073709551615".utf8).uint64 == .max)
        for text in ["18446744073709551616", "-1", "1.0", "1e3", "\"1\""] { #expect(try JSON(parsing: text.utf8).uint64 == nil) }
    }
}

@Suite struct LineSplitterTests {
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

@Suite struct BlockBlobTests {
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
        let blob = "1010ebc285d806418015bb9ae982a1975da7d79277c2705727a56894ba0fb246adaabb1f4632e3"
            + "000000006c77d93f3adac6c7585127ae39ceb8cd494720c896af39c2b266d844f83eb1c001"
        let id = BlockID.of(hashingBlob: try #require(Hex.decode(blob)))
        #expect(Hex.encode(id) == "e113b65e0450cfe6a9a153922c7f3e0f847258f2828598c1b631080c87deb935")
    }
}
