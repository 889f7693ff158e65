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
            _ = try APIOptions(address: address, token: "t")
        }
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

    @Test(arguments: [
        ("127.0.0.1", 200), ("127.0.0.1:1", 200), ("localhost", 200), ("LOCALHOST:99", 200), ("localhost.", 200),
        ("[::1]:80", 200), ("127.5.5.5", 200), ("evil.example.org", 421), ("localhost.evil.example.org", 421),
        ("127.0.0.1.evil.example.org", 421), ("192.0.2.1", 421), ("[2001:db8::1]", 421), ("", 421),
        ("localhost:80:80", 421),
        ("localhost:x", 421), ("user@localhost", 421), ("[localhost]", 421), ("[::1", 421), ("2130706433", 421),
        ("0.0.0.0", 421),
    ])
    func onlyItsOwnNamesAreAnswered(_ host: String, _ status: Int) async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.client.ask("/2/summary", host: host).status == status)
        #expect(try await fixture.client.ask("/health", host: host).status == status)
        #expect(try await fixture.client.ask("POST", "/pause", host: host).status == (status == 200 ? 403 : status))
    }

    @Test func oneHostIsNeeded() async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.client.ask("/2/summary", host: nil).status == 400)
        let twice = "GET /2/summary HTTP/1.1\r\nHost: localhost\r\nHost: evil.example.org\r\n\r\n"
        #expect(try await fixture.client.exchange(Array(twice.utf8), answers: 1).map(\.status) == [400])
    }

    @Test func aServerForAllAddressesKnowsItsOwnName() throws {
        let options = try APIOptions(address: APIAddress("0.0.0.0:1"), token: "t")
        let access = Access(options: options, bound: "0.0.0.0", hostName: "Rig7.farm.example.org")
        for host in [
            "192.0.2.7", "10.0.0.1:1", "[2001:db8::1]:1", "localhost", "rig7", "rig7.local:80", "rig7.farm.example.org",
        ] {
            #expect(access.allows(host: host), "\(host)")
        }
        for host in ["evil.example.org", "rig8", "farm.example.org", "rig70", "rig7-evil.example.org", "evil.rig7"] {
            #expect(!access.allows(host: host), "\(host)")
        }
    }

    @Test func aServerOfAnAddressKnowsThatOne() throws {
        let options = try APIOptions(address: APIAddress("rig.example.org:1"), token: "t")
        let access = Access(options: options, bound: "192.0.2.7", hostName: "rig7")
        for host in ["192.0.2.7", "rig.example.org", "RIG.example.org:80", "rig7", "rig7.example.org"] {
            #expect(access.allows(host: host), "\(host)")
        }
        for host in ["192.0.2.8", "127.0.0.1", "localhost", "example.org"] {
            #expect(!access.allows(host: host), "\(host)")
        }
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
