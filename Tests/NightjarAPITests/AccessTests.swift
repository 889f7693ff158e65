import NightjarAPI
import NightjarMiner
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct AccessTests {
    @Test(arguments: [
        ("8080", "127.0.0.1", 8080), ("127.0.0.1:0", "127.0.0.1", 0), ("localhost:65535", "localhost", 65535),
        ("[::1]:81", "::1", 81), ("0.0.0.0:9", "0.0.0.0", 9), ("Rig-1.example.org:80", "rig-1.example.org", 80),
    ])
    func addressesAreRead(_ text: String, _ host: String, _ port: Int) throws {
        let address = try APIAddress(text)
        #expect(address.host == host && address.port == port)
    }

    @Test(arguments: [
        "", ":", ":80", "host", "host:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "::1:80", "[::1]",
        "[::1:80",
        "[127.0.0.1]:80", "[host]:80", "a b:80", "http://host:80", "127.0.0.1:8080/", "host\n:80", "é:80",
        "127.0.0.1:00000080",
    ])
    func otherAddressesAreRefused(_ text: String) {
        let error = #expect(throws: APIError.self) { try APIAddress(text) }
        #expect(error?.description.isEmpty == false)
    }

    @Test func onlyLoopbackGoesWithoutToken() throws {
        for text in ["1", "127.9.8.7:1", "[::1]:1", "localhost:1", "[::ffff:127.0.0.1]:1"] {
            let address = try APIAddress(text)
            #expect(address.isLoopback, "\(text)")
            _ = try APIOptions(address: address, token: nil)
        }
        for text in [
            "0.0.0.0:1", "[::]:1", "192.0.2.1:1", "rig.example.org:1", "[::ffff:192.0.2.1]:1",
            "localhost.example.org:1",
        ] {
            let address = try APIAddress(text)
            #expect(!address.isLoopback, "\(text)")
            #expect(throws: APIError.self) { try APIOptions(address: address, token: nil) }
            // Others may guess it.
            let error = #expect(throws: APIError.self) {
                try APIOptions(address: address, token: String(repeating: "t", count: 15))
            }
            #expect(error?.description.contains("16 characters") == true)
            _ = try APIOptions(address: address, token: String(repeating: "t", count: 16))
        }
        _ = try APIOptions(address: APIAddress("127.0.0.1:1"), token: "t")
    }

    @Test(arguments: ["", "with space", "tab\t", "line\n", "é", String(repeating: "x", count: 513)])
    func tokensThatNoHeaderCarriesAreRefused(_ token: String) throws {
        let address = try APIAddress("1")
        let error = #expect(throws: APIError.self) { try APIOptions(address: address, token: token) }
        #expect(error?.description.contains(token.isEmpty ? "\u{0}" : token) == false, "the token is not repeated")
    }

    @Test func comparisonKnowsOnlyTheToken() {
        let secret = Array("abc".utf8)
        for text in ["", "a", "ab", "abd", "Abc", "abcd", "abcabc", "cba", "ab\0"] {
            #expect(!Access.equal(Array(text.utf8), secret))
        }
        #expect(Access.equal(secret, secret))
        #expect(!Access.equal([], []) && !Access.equal(secret, []))
    }

    // MARK: Host

    private static let foreignHosts = [
        "evil.example.org", "localhost.evil.example.org", "127.0.0.1.evil.example.org", "192.0.2.1", "[2001:db8::1]",
        "",
        "localhost:80:80", "localhost:x", "localhost:999999", "user@localhost", "localhost@evil.example.org",
        "[localhost]", "[::1", "[::1]x", "[::1%25lo]", "[fe80::1%eth0]", "::1", "2130706433", "0x7f.1", "0x7f000001",
        "0177.0.0.1", "127.1", "127.0.0.01", "0.0.0.0", "local host", "localhost/", "localhost\\", "localhost#x",
        "localhost,localhost", "localhost..", ".localhost", "ｌocalhost", "*", "%6cocalhost",
    ]

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:99", "localhost.", "[::1]:80", "127.5.5.5", "localhost:",
    ]) func itsOwnNamesAreAnswered(_ host: String) async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.client.ask("/2/summary", host: host).status == 200)
        #expect(try await fixture.client.ask("/health", host: host).status == 200)
        #expect(try await fixture.client.ask("POST", "/pause", host: host).status == 403)
    }

    @Test(arguments: foreignHosts) func noOtherNameIsAnswered(_ host: String) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        for path in Fixture.paths + ["/1/config", "/nowhere"] where path != "/health" {
            let answer = try await fixture.client.ask(path, host: host, headers: Fixture.authorization)
            #expect(answer.status == 421, "\(path): \(answer)")
        }
        for path in ["/pause", "/json_rpc"] {
            #expect(
                try await fixture.client.ask("POST", path, host: host, headers: Fixture.authorization).status == 421)
        }
        #expect(fixture.control.seen.isEmpty)
    }

    /// Monitors ask by names that only they know. Another site's page may ask too: it learns one word.
    @Test(arguments: foreignHosts + ["health.svc.cluster.local:8080"]) func healthIsToldToAll(_ host: String)
        async throws
    {
        var snapshot = MinerSnapshot.mining
        let working = try await Fixture(snapshot: snapshot)
        #expect(try await working.client.ask("/health", host: host).status == 200)
        snapshot.pausedBecause = ["battery"]
        let fixture = try await Fixture(token: Fixture.token, snapshot: snapshot)
        let answer = try await fixture.client.ask("/health", host: host, headers: Fixture.authorization)
        #expect(
            answer.status == 503 && answer.text == "{\"status\":\"paused\",\"reason\":null,\"history\":null}\n",
            "\(answer)")
        #expect(try await fixture.client.ask("/health").text.contains("paused: the machine runs on its battery"))
        #expect(try await fixture.client.ask("/health").text.contains("\"history\":\"kept\""))
        snapshot.historyFault = "share ledger /home/me/shares.sqlite: a full disk"
        let other = try await Fixture(snapshot: snapshot)
        let without = try await other.client.ask("/health").text
        #expect(without.contains("\"history\":\"not kept\"") && !without.contains("/home"), "\(without)")
    }

    @Test func oneHostIsNeeded() async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.client.ask("/2/summary", host: nil).status == 400)
        let twice = "GET /2/summary HTTP/1.1\r\nHost: localhost\r\nHost: evil.example.org\r\n\r\n"
        #expect(try await fixture.client.exchange(Array(twice.utf8), answers: 1).map(\.status) == [400])
    }

    private static func access(
        _ address: String, bound: String, hostName: String, hosts: [String] = []
    ) throws -> Access {
        var options = try APIOptions(address: APIAddress(address), token: Fixture.token)
        try options.allow(hosts: hosts)
        return Access(options: options, bound: bound, hostName: hostName)
    }

    @Test func aServerForAllAddressesKnowsItsOwnName() throws {
        let access = try Self.access("0.0.0.0:1", bound: "0.0.0.0", hostName: "Rig7.farm.example.org")
        for host in [
            "192.0.2.7", "10.0.0.1:1", "[2001:db8::1]:1", "localhost", "rig7", "RIG7:80", "rig7.",
            "rig7.farm.example.org", "rig7.farm.example.org.:80",
        ] {
            #expect(access.allows(host: host), "\(host)")
        }
        for host in [
            "evil.example.org", "rig8", "farm.example.org", "rig70", "rig7-evil.example.org", "evil.rig7",
            "rig7.evil.example.org", "rig7.local:80", "rig7.farm", "rig7.farm.example.org.evil.example.org", "rig7..",
            "0x7f.1", "3221225985", "[fe80::1%eth0]",
        ] {
            #expect(!access.allows(host: host), "\(host)")
        }
        let bare = try Self.access("0.0.0.0:1", bound: "0.0.0.0", hostName: "vm")
        #expect(bare.allows(host: "vm") && !bare.allows(host: "vm.evil.com") && !bare.allows(host: "vm.local"))
        let nameless = try Self.access("0.0.0.0:1", bound: "0.0.0.0", hostName: "")
        #expect(!nameless.allows(host: "") && !nameless.allows(host: ".") && nameless.allows(host: "10.0.0.1"))
    }

    @Test func aServerOfAnAddressKnowsThatOne() throws {
        let access = try Self.access("rig.example.org:1", bound: "192.0.2.7", hostName: "rig7")
        for host in ["192.0.2.7", "rig.example.org", "RIG.example.org:80", "rig7"] {
            #expect(access.allows(host: host), "\(host)")
        }
        for host in ["192.0.2.8", "127.0.0.1", "localhost", "example.org", "rig7.example.org"] {
            #expect(!access.allows(host: host), "\(host)")
        }
        // Only this machine reaches it: its name in the network is no name for it.
        #expect(try !Self.access("127.0.0.1:1", bound: "127.0.0.1", hostName: "rig7").allows(host: "rig7"))
    }

    @Test func theUserMayAllowNames() throws {
        let hosts = ["Miner", "rig1.Example.org.", "xn--rg-1ia.example.org", "192.0.2.9", "[2001:db8::9]", "0x7f.1"]
        let access = try Self.access("127.0.0.1:1", bound: "127.0.0.1", hostName: "vm", hosts: hosts)
        for host in [
            "miner:8080", "MINER.", "rig1.example.org", "xn--rg-1ia.example.org:1", "192.0.2.9:1", "[2001:DB8:0::9]",
            "0X7F.1", "localhost",
        ] {
            #expect(access.allows(host: host), "\(host)")
        }
        for host in ["miner.evil.org", "evil.rig1.example.org", "rig1", "192.0.2.10", "127.1", "vm"] {
            #expect(!access.allows(host: host), "\(host)")
        }
    }

    @Test func aStarAllowsEveryNameAndNothingElse() throws {
        let access = try Self.access("0.0.0.0:1", bound: "0.0.0.0", hostName: "vm", hosts: ["*"])
        for host in ["evil.example.org", "vm.evil.com:80", "192.0.2.1", "[2001:db8::1]"] {
            #expect(access.allows(host: host), "\(host)")
        }
        for host in ["", "a b", "user@vm", "vm/x", "[::1", "vm:x", "vm:1:2", "*"] {
            #expect(!access.allows(host: host), "\(host)")
        }
    }

    @Test(arguments: [
        "", " ", "miner:8080", "http://miner", "*.example.org", "a b", "a..b", ".a", "é.example.org", "a/b", "a@b",
        "[::1]:80", String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
    ])
    func whatIsNoNameIsSaid(_ text: String) throws {
        var options = try APIOptions(address: APIAddress("1"), token: Fixture.token)
        let error = #expect(throws: APIError.self) { try options.allow(hosts: ["good.example.org", text]) }
        #expect(error?.description.contains("'\(text)' is not a host's name") == true)
    }

    @Test func aStarNeedsAToken() throws {
        var options = try APIOptions(address: APIAddress("1"), token: nil)
        let error = #expect(throws: APIError.self) { try options.allow(hosts: ["*"]) }
        #expect(error?.description.contains("needs a token") == true)
        try options.allow(hosts: ["miner"])
    }

    // MARK: Token

    @Test func withATokenEveryRequestForDataNeedsIt() async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let open: Set = ["/", "/dashboard.css", "/dashboard.js", "/favicon.svg", "/health"]
        let wrong = [
            nil, "", "Bearer", "Bearer ", "Bearer x", "Basic \(Fixture.token)", Fixture.token,
            "Bearer \(Fixture.token)x",
            "Bearer \(Fixture.token.dropLast())", "Bearer \(Fixture.token.lowercased())", "Bearer \(Fixture.token) x",
        ]
        for path in Fixture.paths {
            for value in wrong {
                let answer = try await fixture.client.ask(path, headers: value.map { ["Authorization": $0] } ?? [:])
                #expect(answer.status == (open.contains(path) ? 200 : 401), "\(path) with \(value ?? "nothing")")
                if answer.status == 401 { #expect(answer["www-authenticate"] == "Bearer realm=\"nightjar\"") }
            }
            for value in ["Bearer \(Fixture.token)", "bearer \(Fixture.token)"] {
                #expect(try await fixture.client.ask(path, headers: ["Authorization": value]).status == 200, "\(path)")
            }
        }
    }

    @Test func withoutATokenReadingIsOpen() async throws {
        let fixture = try await Fixture()
        for path in Fixture.paths {
            #expect(try await fixture.client.ask(path).status == 200, "\(path)")
            // Fleet tools send one that they have for other machines.
            #expect(try await fixture.client.ask(path, headers: Fixture.authorization).status == 200, "\(path)")
        }
    }

    @Test func noAnswerHoldsTheToken() async throws {
        let fixture = try await Fixture(token: Fixture.token)
        for path in Fixture.paths + ["/nowhere", "/1/config", "/json_rpc", "/pause"] {
            for method in ["GET", "HEAD", "POST", "DELETE"] {
                let answer = try await fixture.client.ask(method, path, headers: Fixture.authorization)
                #expect(
                    !answer.description.contains(Fixture.token) && !answer.text.contains(Fixture.token),
                    "\(method) \(path)")
            }
        }
    }
}
