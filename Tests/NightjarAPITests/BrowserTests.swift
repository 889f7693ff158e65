import NightjarAPI
import TestSupport
import Testing

/// What other sites' pages could do through a user's browser. ``RequestTests`` has the headers of each answer.
@Suite(.timeLimit(.minutes(5))) struct BrowserTests {
    private static let pages: Set = ["/", "/dashboard.css", "/dashboard.js", "/favicon.svg"]

    @Test(arguments: ["cross-site", "same-site", "", "Same-Origin", "same-origin, cross-site"])
    func otherSitesPagesAreRefused(_ site: String) async throws {
        let fixture = try await Fixture()
        for path in Fixture.paths {
            for mode in ["no-cors", "cors", "navigate", "websocket"] {
                let headers = ["Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": "empty"]
                let answer = try await fixture.client.ask(path, headers: headers)
                let isLink = mode == "navigate" && Self.pages.contains(path)
                #expect(answer.status == (isLink ? 200 : 403), "\(mode) \(path): \(answer)")
            }
        }
    }

    @Test(arguments: ["same-origin", "none"]) func theDashboardIsServed(_ site: String) async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let headers = Fixture.authorization.merging(["Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors"]) { $1 }
        for path in Fixture.paths {
            #expect(try await fixture.client.ask(path, headers: headers).status == 200, "\(path)")
        }
    }

    /// Not even with the token, which no other site's page can know or send.
    @Test func otherSitesPagesChangeNothing() async throws {
        let fixture = try await Fixture(token: Fixture.token)
        let all = Fixture.authorization.merging(["Content-Type": "application/json"]) { $1 }
        for path in ["/json_rpc", "/pause", "/resume", "/stop"] {
            let call = Array(#"{"method":"stop","id":1}"#.utf8)
            let crossing = all.merging(["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"]) { $1 }
            #expect(try await fixture.client.ask("POST", path, headers: crossing, body: call).status == 403)
            // A form has no way to send Authorization; cookies count for nothing.
            for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let form = ["Content-Type": type, "Cookie": "token=\(Fixture.token)", "Origin": "null"]
                let answer = try await fixture.client.ask("POST", path, headers: form, body: call)
                #expect(answer.status == 401, "\(path): \(answer)")
            }
            #expect(try await fixture.client.ask("POST", "\(path)?token=\(Fixture.token)", body: call).status == 401)
        }
        #expect(fixture.control.seen.isEmpty)
    }

    /// The token lives in the tab: not in a cookie, which other sites' requests would carry, and not on the disk.
    @Test func theDashboardKeepsTheTokenInItsTab() async throws {
        let fixture = try await Fixture()
        let script = try await fixture.client.ask("/dashboard.js").text
        #expect(script.contains("sessionStorage.setItem"))
        for word in ["localStorage", "document.cookie", "innerHTML", "postMessage", "eval("] {
            #expect(!script.contains(word), "\(word)")
        }
    }

    /// Answers that the HTTP parser gives for this server.
    @Test(arguments: ["GET /\r\n\r\n", "BREW / HTTP/1.1\r\n\r\n", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"])
    func malformedRequestsAreAnsweredWithTheSameGuards(_ request: String) async throws {
        let fixture = try await Fixture()
        let answers = try await fixture.client.exchange(Array(request.utf8), answers: 1)
        let answer = try #require(answers.first)
        #expect(answer.status == 400 && answer["x-content-type-options"] == "nosniff", "\(answer)")
        #expect(answer["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
        #expect(answer["x-frame-options"] == "DENY" && answer["cross-origin-resource-policy"] == "same-origin")
        #expect(answer["referrer-policy"] == "no-referrer" && answer["cache-control"] == "no-store")
    }
}
