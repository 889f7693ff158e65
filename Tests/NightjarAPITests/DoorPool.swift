import NIOCore
import NightjarCore
import NightjarJSON
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport

/// A pool that plays one scene on each connection.
final class DoorPool: Sendable {
    struct Scene: Sendable {
        /// What it sends after the login.
        var lines: [String]
        /// Shares that will come.
        var shares = 0
        /// Its answers to shares, by the request's number. Further shares are accepted.
        var replies: [@Sendable (String) -> String] = []
        /// What it says in the end, so that the client goes; `nil` closes the connection.
        var last: String?
    }

    private let scenes: [Scene]
    private let end: Scene
    private let logins: Int
    private let number: @Sendable (String) throws -> String
    private let accepted: @Sendable (String) -> String
    private let next = Locked(0)
    private let lines = Locked<[String]>([])
    private let server = Locked<LoopbackServer?>(nil)

    /// The miner's requests, without logins.
    var requests: [String] { lines.withLock { $0 } }

    /// - Parameters:
    ///   - end: played on all later connections.
    ///   - logins: lines of the login.
    ///   - number: the number of a request with a share; throws for other requests.
    init(
        _ scenes: [Scene], end: Scene, logins: Int = 1, number: @escaping @Sendable (String) throws -> String,
        accepted: @escaping @Sendable (String) -> String
    ) {
        self.scenes = scenes
        self.end = end
        self.logins = logins
        self.number = number
        self.accepted = accepted
    }

    /// - Parameter look: called when the shares of a scene have been answered.
    func start(look: @escaping @Sendable () async -> Void) async throws -> PoolURL {
        let server = try await LoopbackServer.start(port: 0) { channel, received in
            await self.play(channel, received, look)
        }
        self.server.withLock { $0 = server }
        return try PoolURL("127.0.0.1:\(server.port)")
    }

    func stop() async { await server.withLock { $0 }?.stop() }

    private func play(
        _ channel: any Channel, _ received: LoopbackServer.Received, _ look: @Sendable () async -> Void
    ) async {
        let scene = next.withLock { next in
            next += 1
            return next <= scenes.count ? scenes[next - 1] : end
        }
        var splitter = LineSplitter()
        var (greetings, shares) = (0, 0)
        for await buffer in received {
            for line in splitter.push(buffer.readableBytesView) {
                let text = String(decoding: line, as: UTF8.self)
                var out = ""
                if greetings < logins {
                    greetings += 1
                    if greetings == logins { out = scene.lines.joined() }
                } else {
                    // A login may be followed by more than shares.
                    guard let number = try? number(text) else { continue }
                    lines.withLock { $0.append(text) }
                    shares += 1
                    out = (shares <= scene.replies.count ? scene.replies[shares - 1] : accepted)(number)
                }
                if !out.isEmpty { await send(out, channel) }
                guard greetings == logins, shares == scene.shares else { continue }
                if shares > 0 { await look() }
                guard let last = scene.last else { return }
                await send(last, channel)
            }
        }
    }

    private func send(_ text: String, _ channel: any Channel) async {
        _ = try? await channel.writeAndFlush(ByteBuffer(string: text))
    }
}

/// Monero's pool: every field of every message.
enum DoorMonero {
    typealias Variant = DoorVariants.Variant

    static let sharesOfAJob = 4

    private static func with(_ word: String, _ variant: Variant) -> String { "\"\(word)\(variant.json.dropFirst())" }

    private static func job(_ variant: Variant, _ field: String, _ value: String) -> String {
        "{\"method\":\"job\",\"params\":\(jobText(changing: [field: value]))}\n"
    }

    /// Messages that are refused, each with words. The session goes on.
    static func refused(_ v: Variant) -> [String] {
        let fields = ["target", "algo", "blob", "height", "seed_hash", "next_seed_hash"]
        var lines = fields.map { job(v, $0, v.json) } + fields.map { job(v, $0, "[\(v.json)]") }
        lines += [
            job(v, "job_id", "{\(v.json):\(v.json)}"), "{\"method\":\"job\",\"params\":\(v.json)}\n",
            "{\"method\":\"client.reconnect\",\"params\":[\(v.json),\(v.json),\(v.json)]}\n",
        ]
        if v.text.utf8.count <= JobReader.maximumIDLength {
            lines.append(
                "{\"method\":\"job\",\"params\":\(jobText(changing: ["job_id": v.json, "target": v.json]))}\n")
        }
        let errors = [
            v.json, "{\"message\":\(v.json)}", "{\"code\":\(v.json)}", "{\"code\":[\(v.json)]}",
            "{\"code\":{\(v.json):5}}", "{\"code\":\(v.json),\"message\":\(v.json),\"data\":\(v.json)}",
            "[21,\(v.json),null]",
        ]
        return lines + errors.map { "{\"id\":null,\"error\":\($0)}\n" }
    }

    /// Messages that mean nothing to the client.
    static func unread(_ v: Variant) -> [String] {
        ["client.show_message", "mining.set_difficulty", "mining.notify"].map {
            "{\"method\":\"\($0)\",\"params\":[\(v.json)],\(v.json):\(v.json)}\n"
        } + [
            "{\"method\":\(v.json),\"params\":\(v.json)}\n",
            "{\"result\":{\"status\":\(v.json)},\"extra\":\(v.json)}\n",
        ]
    }

    /// Answers to a share.
    static func replies(_ v: Variant) -> [@Sendable (String) -> String] {
        [
            "\"error\":\(v.json)", "\"error\":{\"message\":\(v.json)}", "\"error\":{\"code\":\(v.json)}",
            "\"error\":{\"code\":{\(v.json):\(v.json)}}",
            "\"error\":{\"code\":-1,\"message\":\(v.json),\"data\":\(v.json)}", "\"error\":[20,\(v.json),null]",
            "\"error\":{\"message\":\(with("stale ", v))}", "\"result\":{\"status\":\(v.json)}",
            "\"result\":\(v.json)", "\"result\":[\(v.json)]", "\"result\":{\"x\":\(v.json)}",
        ].map { body in { number in "{\"id\":\(number),\(body)}\n" } }
    }

    static func login(_ result: String) -> String { "{\"id\":1,\"error\":null,\"result\":\(result)}\n" }

    /// A good login, with the password wherever it changes nothing.
    static func welcome(_ v: Variant) -> String {
        let id = v.text.utf8.count <= JobReader.maximumIDLength ? v.json : "\"c1\""
        return login(
            "{\"id\":\(id),\"status\":\"OK\",\"extensions\":[\(v.json),\"algo\"],\(v.json):\(v.json),\"job\":\(jobText(changing: ["target": v.json]))}"
        )
    }

    /// Logins that fail.
    static func badLogins(_ v: Variant) -> [String] {
        [
            login("{\"id\":\"c\",\"status\":\(v.json)}"), login("{\"id\":[\(v.json)],\"status\":\"OK\"}"),
            login(v.json),
            login("{\"status\":\"OK\",\(v.json):\(v.json)}"),
        ]
            + [
                v.json, "{\"message\":\(v.json)}", "{\"code\":\(v.json)}", "[21,\(v.json)]",
                "{\"message\":\(with("IP banned ", v))}",
            ].map { "{\"id\":1,\"error\":\($0)}\n" } + ["{\"id\":null,\"error\":\(v.json)}\n"]
    }

    /// Messages that end a session.
    static func ends(_ v: Variant) -> [String] {
        let long = String(repeating: " ", count: JobReader.maximumIDLength)
        return [
            "{\"id\":77,\"error\":{\"message\":\(with("Unauthenticated ", v))}}\n",
            "{\"id\":null,\"error\":{\"code\":\(with("banned ", v))}}\n", "{\"method\":\(v.json)\n", "\(v.text)\n",
            "[\(v.json)]\n", "\(v.json)\n", "{\(v.json):\(v.json)}\n",
            "HTTP/1.1 400 \(v.text)\r\nX-Reason: \(v.text)\r\n\r\n\(v.text)\n",
            "{\"id\":\(with(long, v)),\"result\":true}\n",
            "{\"method\":\"job\",\"params\":\(jobText(id: with(long, v)))}\n",
            "{\"method\":\"client.reconnect\",\"params\":[\"127.0.0.1\",\(v.json),\(v.json)]}\n",
            "{\"method\":\"job\",\"params\":\(jobText(changing: ["algo": v.json, "height": "2199023255552"]))}\n",
            "{\"method\":\"job\",\"params\":\(jobText(blob: "00", changing: ["algo": v.json]))}\n",
        ]
    }

    /// Names of good jobs, each another one.
    static func jobNames() -> [String] {
        let hidden = (68...84).map { Variant(String(repeating: "\u{0}", count: $0) + DoorVariants.password) }
        return (DoorVariants.forms + DoorVariants.cut(at: 80) + hidden).enumerated().compactMap { number, variant in
            variant.text.utf8.count + 6 <= JobReader.maximumIDLength ? "\(variant.json.dropLast())#\(number)\"" : nil
        }
    }

    static func scenes() -> [DoorPool.Scene] {
        let names = jobNames()
        var named = 0
        func goodJob() -> String {
            named += 1
            return "{\"method\":\"job\",\"params\":\(jobText(id: names[named % names.count]))}\n"
        }
        let all = DoorVariants.forms + [24, 40, 80, 1000].flatMap { DoorVariants.cut(at: $0) }
        var scenes: [DoorPool.Scene] = []
        for start in stride(from: 0, to: all.count, by: 8) {
            let some = all[start..<min(start + 8, all.count)]
            let replies = some.flatMap { Self.replies($0) }
            let jobs = (replies.count + sharesOfAJob - 1) / sharesOfAJob
            let lines = some.flatMap { refused($0) + unread($0) }
            scenes.append(
                DoorPool.Scene(
                    lines: [welcome(all[start])] + lines + (0..<jobs).map { _ in goodJob() },
                    shares: jobs * sharesOfAJob, replies: replies, last: ends(all[start])[0]))
        }
        for variant in DoorVariants.forms {
            for end in ends(variant) { scenes.append(DoorPool.Scene(lines: [welcome(variant), end], last: "")) }
            for login in badLogins(variant) { scenes.append(DoorPool.Scene(lines: [login], last: "")) }
        }
        return scenes
    }
}
