import TestSupport

/// A request to the API, sound at first, and the changes that are made to it: first to its parts, then to its bytes.
struct FuzzedRequest {
    /// What makes the request one that must not be served, however it is changed.
    enum Lack: CaseIterable {
        /// It has no token, or a wrong one.
        case token
        /// Its `Host` names another server.
        case host
        case nothing
    }

    private let lack: Lack
    private var method: String
    private var target: String
    private var version = "HTTP/1.1"
    private var headers: [(name: String, value: String)] = []
    private var body: [UInt8] = []
    private var isChunked = false

    init(_ lack: Lack, using random: inout some RandomNumberGenerator) {
        func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: list.indices, using: &random)] }
        self.lack = lack
        method = pick(["GET", "GET", "HEAD", "POST", "POST", "POST"])
        target = method == "POST" ? pick(Self.commands) : pick(Fixture.paths)
        headers.append(("Host", pick(lack == .host ? Self.foreignHosts : Self.ownHosts)))
        if let token = pick(lack == .token ? Self.wrongTokens : Self.rightTokens) {
            headers.append(("Authorization", token))
        }
        guard method == "POST" else { return }
        headers.append(("Content-Type", "application/json"))
        body = Array(pick(Self.bodies).utf8)
        isChunked = Bool.random(using: &random)
    }

    private static let commands = ["/json_rpc", "/pause", "/resume", "/stop"]
    private static let ownHosts = ["127.0.0.1", "localhost", "[::1]:80", "LOCALHOST.:8080"]
    // No edit of a few bytes makes one of the server's own names of these.
    private static let foreignHosts = [
        "evil.example.org", "[2001:db8::2]:80", "0x7f.1", "2130706433", "u@h", "", "a b",
    ]
    private static let rightTokens: [String?] = ["Bearer \(Fixture.token)", "bearer \(Fixture.token)"]
    private static let wrongTokens: [String?] = [
        nil, "Bearer x", "Bearer \(Fixture.token.prefix(12))", "Bearer \(Fixture.token.uppercased())", "Basic eDp4",
        "Bearer", "x", "Bearer ,",
    ]
    private static let bodies = [
        #"{"method":"pause","id":1}"#, #"{"jsonrpc":"2.0","id":"a","method":"resume","params":{}}"#, "{}", "", "[]",
        #"{"method":"stop"}"#, #"{"method":1}"#, "[[[[[[[[", #"{"method":"pause","id":"\ud800"}"#, "null",
    ]
    private static let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "get", "PRI", "BREW", "", "G T",
        "M-SEARCH", "SOURCE", "POST\t",
    ]
    private static let targets = [
        "*", "/", "//", "/\\", "http://localhost/2/summary", "http://evil.example.org/health", "localhost:80", "/%00",
        "/2/summary?range=1#x", "/health?\u{FF}", "/../pause", "/pause/", "/PAUSE", "/pause%2f", "x:", "/?",
        "/" + String(repeating: "a", count: 20_000),
    ]
    private static let versions = [
        "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/11", "http/1.1", "", "HTTP/1.1 ",
    ]
    private static let lines: [(name: String, value: String)] = [
        ("Content-Length", "0"), ("Content-Length", "1"), ("Content-Length", "-1"), ("Content-Length", "+2"),
        ("Content-Length", "18446744073709551616"), ("Content-Length", "2, 2"), ("Content-Length", "70000"),
        ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity"), ("Transfer-Encoding", "gzip, chunked"),
        ("Transfer-Encoding", "chunked, identity"), ("Transfer-Encoding ", "chunked"), ("Connection", "close"),
        ("Connection", "keep-alive"), ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Upgrade", "h2c"),
        ("Expect", "100-continue"), ("Content-Type", "text/plain"), ("Sec-Fetch-Site", "cross-site"),
        ("Origin", "https://evil.example.org"), ("X-Forwarded-Host", "localhost"), ("Forwarded", "host=localhost"),
        ("X", String(repeating: "x", count: 17_000)), ("", "x"), ("X\u{0}", "x"), ("X", "\u{0}"), ("X", "a\r b"),
        (" X", "x"), ("Trailer", "Authorization"), ("Cookie", "a=b"), ("Range", "bytes=0-"), ("TE", "trailers"),
    ]

    /// Changes one part.
    private mutating func change(_ random: inout some RandomNumberGenerator) {
        func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: list.indices, using: &random)] }
        let at = headers.isEmpty ? nil : Int.random(in: headers.indices, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: method = pick(Self.methods)
        case 1: target = pick(Self.targets + Self.commands + Fixture.paths)
        case 2: version = pick(Self.versions)
        case 3, 4:
            let line = pick(Self.lines)
            // A part of such a line could become the Host that this request lacks.
            guard lack != .host || !line.value.contains("localhost") else { return }
            headers.insert(line, at: at ?? 0)
        case 5: headers.insert(("Host", pick(lack == .host ? Self.foreignHosts : Self.ownHosts)), at: at ?? 0)
        case 6:
            let tokens = lack == .token ? Self.wrongTokens : Self.rightTokens + Self.wrongTokens
            headers.insert(("Authorization", pick(tokens) ?? ""), at: at ?? 0)
        case 7: if let at { headers.remove(at: at) }
        case 8: if let at { headers.append(headers[at]) }
        default: body = Array(pick(Self.bodies).utf8)
        }
    }

    private var bytes: [UInt8] {
        var lines = headers
        var content = body
        if isChunked {
            lines.append(("Transfer-Encoding", "chunked"))
            let half = body.count / 2
            content = [body[..<half], body[half...]].flatMap { part in
                part.isEmpty ? [] : Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10]
            }
            content += Array("0\r\n\r\n".utf8)
        } else if !body.isEmpty {
            lines.append(("Content-Length", String(body.count)))
        }
        let head = "\(method) \(target) \(version)\r\n" + lines.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        return Array(head.utf8) + content
    }

    private static let fragments = [
        "\r\n", "\r\n\r\n", "\n", "\r", " ", ":", "\0", "\t", ";", "0\r\n\r\n", "%", "\u{FF}",
    ]
    .map { Array($0.utf8) }

    private static func change(_ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator) {
        guard !bytes.isEmpty else { return }
        let at = Int.random(in: bytes.indices, using: &random)
        let end = min(bytes.count, at + Int.random(in: 1...16, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1: bytes[at] = .random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(at..<end)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4:
            bytes.insert(contentsOf: fragments[Int.random(in: fragments.indices, using: &random)], at: at)
        default: bytes.removeSubrange(at...)
        }
    }

    /// The pieces of a message for one connection: up to three requests with changes.
    static func message(_ lack: Lack, using random: inout some RandomNumberGenerator) -> [[UInt8]] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            var request = FuzzedRequest(lack, using: &random)
            for _ in 0..<Int.random(in: 0...3, using: &random) { request.change(&random) }
            var one = request.bytes
            for _ in 0..<max(0, Int.random(in: -3...3, using: &random)) { change(&one, &random) }
            bytes += one
        }
        // HTTP/1.0 needs no Host, so with it the request may lack nothing.
        let old = Array("HTTP/1.0".utf8)
        while lack == .host, let place = bytes.firstRange(of: old) { bytes[place.upperBound - 1] = UInt8(ascii: "2") }
        guard bytes.count > 1, Bool.random(using: &random) else { return [bytes] }
        let at = Int.random(in: 1..<bytes.count, using: &random)
        return [Array(bytes[..<at]), Array(bytes[at...])]
    }

    /// A sound command whose body comes in chunks.
    static let chunked: [UInt8] = {
        var random = SeededGenerator(seed: 1)
        var request = FuzzedRequest(.nothing, using: &random)
        request.method = "POST"
        request.target = "/pause"
        request.headers = [
            ("Host", "localhost"), ("Authorization", "Bearer \(Fixture.token)"), ("Content-Type", "application/json"),
        ]
        request.body = Array("{ }".utf8)
        request.isChunked = true
        return request.bytes
    }()
}
