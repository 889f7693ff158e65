import Foundation
import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// The file with a node's login, which the node writes anew at each start.
@Suite(.timeLimit(.minutes(5))) struct CookieFileTests {
    private let time = FakeTime()

    /// A node that takes one login, and a cookie file.
    private final class Node: Sendable {
        let folder = NSTemporaryDirectory() + "nightjar-cookie-\(UUID().uuidString)"
        let server = ScriptedServer()
        private let login = Locked("")
        private let seen = Locked<[String]>([])

        var cookie: String { folder + "/.cookie" }
        /// The logins that it was sent.
        var logins: [String] { seen.withLock { $0 } }

        init() throws { try UserFolders.make(folder) }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// Writes the cookie, as at a start.
        func write(_ text: String, mode: mode_t = 0o600) throws {
            let new = folder + "/.cookie.tmp"
            try Data(text.utf8).write(to: URL(fileURLWithPath: new))
            chmod(new, mode)
            rename(new, cookie)
            login.withLock { $0 = BasicAuthorization.value(text) }
        }

        func start() async throws -> PoolURL {
            let url = try await server.start { request in
                guard request.hasSuffix("}") else { return nil }
                let lines = request.split(whereSeparator: \.isNewline)
                let name = "Authorization: "
                let sent = lines.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) } ?? ""
                self.seen.withLock { $0.append(sent) }
                guard sent == self.login.withLock({ $0 }) else {
                    return OddNodesTests.http("", status: "401 Unauthorized")
                }
                return BitcoinOddNodesTests.good[BitcoinOddNodesTests.method(request)]
                    .map(BitcoinOddNodesTests.result)
            }
            return try PoolURL("daemon+http://\(url.authority)")
        }
    }

    private func log(_ url: PoolURL, _ cookie: String) throws -> EventLog {
        EventLog(
            running: try NodeClient(
                PoolSettings(
                    url: url, user: "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c", algorithm: .sha256d,
                    rpcCookie: cookie),
                options: UpstreamOptions(pollInterval: .milliseconds(5), backoff: time.backoff)))
    }

    /// At the start, and when the node has written another one.
    @Test func whoMayReadItIsSaidAtTheStartAndWhenItIsReadAgain() async throws {
        let node = try Node()
        try node.write("__cookie__:one", mode: 0o644)
        let log = try log(try await node.start(), node.cookie)
        _ = try await log.job()
        #expect(log.warnings == [SecretFile.warning(node.cookie)])
        // The same again is not said again.
        try node.write("__cookie__:two", mode: 0o644)
        try await eventually("the second login") { node.logins.last == BasicAuthorization.value("__cookie__:two") }
        try node.write("__cookie__:three", mode: 0o666)
        try await eventually("another warning") { log.warnings.count >= 2 }
        #expect(
            log.warnings == [
                SecretFile.warning(node.cookie),
                "other users of this machine may change \(node.cookie): chmod go-w \(node.cookie)",
            ])
        #expect(log.disconnections.isEmpty && log.refusals.isEmpty)
        await log.stop()
        await node.server.stop()
    }

    @Test func aPrivateOneIsNotWarnedOf() async throws {
        let node = try Node()
        try node.write("__cookie__:one")
        let log = try log(try await node.start(), node.cookie)
        _ = try await log.job()
        #expect(log.warnings.isEmpty)
        await log.stop()
        await node.server.stop()
    }

    /// Another user's link to a file that only this user may read: nothing of it is sent.
    @Test func aFileThatAnotherUserChoseIsNotSent() async throws {
        guard geteuid() == 0 else { return }
        let node = try Node()
        let secret = node.folder + "/shadow"
        try Data("root:hidden\n".utf8).write(to: URL(fileURLWithPath: secret))
        chmod(secret, 0o600)
        let theirs = node.folder + "/theirs"
        try UserFolders.make(theirs)
        symlink(secret, theirs + "/cookie")
        lchown(theirs + "/cookie", 65534, 65534)
        chown(theirs, 65534, 65534)
        let log = try log(try await node.start(), theirs + "/cookie")
        let said = try await log.disconnection()
        #expect(said.contains("cannot read the login from \(theirs)/cookie: \(theirs): it belongs to another user"))
        #expect(!said.contains("hidden") && node.logins.isEmpty, "\(node.logins)")
        await log.stop()
        await node.server.stop()
    }
}
