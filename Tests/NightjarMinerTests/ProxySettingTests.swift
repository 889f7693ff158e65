import Foundation
import NightjarMiner
import NightjarWire
import Testing

/// The `proxy` setting: for all pools, for one, and what of it is shown.
@Suite(.timeLimit(.minutes(1))) struct ProxySettingTests {
    private static let pools = """
        "pools": [{"url": "a.onion:1", "user": "u"}, {"url": "b:1", "user": "u", "proxy": ""},
                  {"url": "daemon+http://c:1", "user": "w", "proxy": "socks5://n:n3xt@d:2"}]
        """

    @Test func onePoolMayHaveItsOwnOrNone() throws {
        let run = try ConfigurationTests.settings("{\"proxy\": \"socks5://127.0.0.1:9050\", \(Self.pools)}").run
        let proxies = run.pools.map(\.proxy)
        #expect(proxies.map { $0?.description } == ["socks5://127.0.0.1:9050", nil, "socks5://d:2"])
        #expect(proxies.map { $0?.login?.password } == [nil, nil, "n3xt"])
    }

    @Test func aHiddenServiceNeedsAProxy() {
        let onion = #"{"pools": [{"url": "daemon+http://n:1", "user": "u", "zmq": "n.onion:2"}]}"#
        #expect {
            try ConfigurationTests.settings(onion)
        } throws: {
            ("\($0)").contains("FILE:1: pools[0].zmq: stratum+tcp://n.onion:2: DNS is not asked for such a name")
        }
        let words = "FILE:1: pools[0].url: stratum+tcp://a.onion:1: DNS is not asked for such a name; --proxy is needed"
        let error = #expect(throws: ConfigurationTests.Complaint.self) {
            try ConfigurationTests.settings("{\(Self.pools)}")
        }
        #expect(error?.words.hasPrefix(words) == true, "\(error?.words ?? "")")
    }

    @Test(arguments: ["http://me:s3cret@h:1", "socks5://me:s3cret@h", "socks5://s3cret@h:1"])
    func aWrongOneIsSaidAndNotShown(_ text: String) throws {
        let error = try #require(throws: ConfigurationTests.Complaint.self) {
            try ConfigurationTests.settings("{\"proxy\": \"\(text)\", \(Self.pools)}")
        }
        #expect(error.words.hasPrefix("FILE:1: proxy: ") && !error.words.contains("s3cret"), "\(error.words)")
    }

    /// A printed configuration goes through the same proxy, without the login.
    @Test func itIsPrintedWithoutItsLogin() throws {
        let read = try ConfigurationTests.settings(
            "{\"proxy\": \"socks5://me:s3cret@h:1\", \(Self.pools)}", mode: 0o644)
        let printed = PrintedConfiguration(read.settings).lines.joined(separator: "\n")
        #expect(printed.contains(#"  "proxy": "socks5://h:1""#) && printed.contains(#"      "proxy": "socks5://d:2""#))
        #expect(!printed.contains("s3cret") && !printed.contains("n3xt"))
        #expect(read.warnings.count == 1, "others may read the file with the secret")
        let open = try ConfigurationTests.settings(#"{"proxy": "socks5://h:1", "sandbox": true}"#, mode: 0o644)
        #expect(open.warnings.isEmpty, "\(open.warnings)")
        #expect(try ConfigurationTests.settings(printed).run.pools.map(\.proxy?.description).first == "socks5://h:1")
    }
}
