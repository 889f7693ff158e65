import NightjarJSON
import NightjarWire
import TestSupport

/// Bitcoin's pool: every field of every message.
enum DoorBitcoin {
    typealias Variant = DoorVariants.Variant

    /// So many that the jobs of a scene are no more than are kept.
    static let sharesOfAJob = 16
    static let logins = 3

    private static func with(_ word: String, _ variant: Variant) -> String { "\"\(word)\(variant.json.dropFirst())" }

    private static func call(_ method: String, _ params: String) -> String {
        "{\"id\":null,\"method\":\"\(method)\",\"params\":\(params)}\n"
    }

    private static func errors(_ v: Variant) -> [String] {
        [
            v.json, "{\"message\":\(v.json)}", "{\"code\":\(v.json)}", "{\"code\":[\(v.json)]}",
            "{\"code\":{\(v.json):5}}", "{\"code\":\(v.json),\"message\":\(v.json),\"data\":\(v.json)}",
            "[20,\(v.json),null]", "[21,\(v.json),\(v.json)]", "[23,\(with("low difficulty ", v)),null]",
            "{\"code\":22,\"message\":\(v.json)}", "[\(v.json),\(v.json)]",
        ]
    }

    /// Messages that are refused, each with words. The session goes on.
    static func refused(_ v: Variant) -> [String] {
        var lines: [String] = []
        for place in 1...8 {
            // The coinbase may have the password as hex, and is refused for the x only.
            let text = place == 2 || place == 3 ? with("x", v) : v.json
            for json in [text, "[\(v.json)]", "{\(v.json):\(v.json)}"] {
                lines.append(notify(changing: [place: json]))
            }
        }
        lines += [
            notify(id: "{\(v.json):\(v.json)}"), call("mining.notify", v.json),
            call("mining.set_difficulty", "[\(v.json)]"), call("mining.set_difficulty", v.json),
            call("mining.set_extranonce", "[\(v.json),\(v.json)]"), call("mining.set_extranonce", "[\"ab\",\(v.json)]"),
            call("mining.set_version_mask", "[\(v.json)]"), call("client.show_message", "[\(v.json)]"),
            call("client.show_message", v.json), call("client.reconnect", "[\(v.json),\(v.json),\(v.json)]"),
        ]
        if v.text.utf8.count <= JobReader.maximumIDLength {
            lines.append(notify(id: v.json, changing: [7: v.json]))
        }
        return lines + errors(v).map { "{\"id\":null,\"error\":\($0)}\n" }
    }

    /// Messages that mean nothing to the client, or that only the pool hears of.
    static func unread(_ v: Variant) -> [String] {
        var lines = [
            "{\"method\":\(v.json),\"params\":\(v.json)}\n", "{\"id\":9,\"method\":\(v.json),\(v.json):\(v.json)}\n",
            "{\"id\":[\(v.json)],\"method\":\"mining.ping\"}\n",
            "{\"result\":{\"status\":\(v.json)},\"extra\":\(v.json)}\n",
            "{\"id\":4,\"error\":[20,\(v.json),null]}\n",
        ]
        if v.text.utf8.count <= JobReader.maximumIDLength {
            lines += ["mining.ping", "client.get_version", "mining.get_transactions"].map {
                "{\"id\":\(v.json),\"method\":\"\($0)\",\"params\":[\(v.json)]}\n"
            }
        }
        return lines
    }

    /// Answers to a share.
    static func replies(_ v: Variant) -> [@Sendable (String) -> String] {
        let bodies =
            errors(v).map { "\"error\":\($0)" } + [
                "\"result\":{\"status\":\(v.json)}", "\"result\":\(v.json)", "\"result\":[\(v.json)]",
                "\"result\":{\"x\":\(v.json)}", "\"result\":null,\"error\":[20,\(with("stale ", v)),\(v.json)]",
            ]
        return bodies.map { body in { number in "{\"id\":\(number),\(body)}\n" } }
    }

    private static func answers(configure: String, subscribe: String, authorize: String) -> String {
        "{\"id\":1,\(configure)}\n{\"id\":2,\(subscribe)}\n{\"id\":3,\(authorize)}\n"
    }

    /// A good login, with the password wherever it changes nothing.
    static func welcome(_ v: Variant) -> String {
        answers(
            configure:
                "\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\",\(v.json):\(v.json)}",
            subscribe: "\"result\":[[[\"mining.notify\",\(v.json)],\(v.json)],\"08000002\",4],\(v.json):\(v.json)",
            authorize: "\"result\":true,\(v.json):[\(v.json)]")
    }

    /// Logins that fail.
    static func badLogins(_ v: Variant) -> [String] {
        let (configure, subscribe) = ("\"error\":\(v.json)", "\"result\":[[],\"08000002\",4]")
        var logins: [String] = []
        for reply in [v.json, "[[],\(v.json),4]", "[[],\"ab\",\(v.json)]", "{\(v.json):\(v.json)}"] {
            logins.append(
                answers(configure: configure, subscribe: "\"result\":\(reply)", authorize: "\"result\":true"))
        }
        for error in errors(v) + ["[24,\(v.json),null]"] {
            logins += [
                answers(configure: configure, subscribe: subscribe, authorize: "\"error\":\(error)"),
                answers(configure: configure, subscribe: "\"error\":\(error)", authorize: "\"result\":true"),
                "{\"id\":null,\"error\":\(error)}\n",
            ]
        }
        return logins
    }

    /// Messages that end a session.
    static func ends(_ v: Variant) -> [String] {
        let long = String(repeating: " ", count: JobReader.maximumIDLength)
        return [
            "{\"id\":77,\"error\":{\"message\":\(with("Unauthorized ", v))}}\n",
            "{\"id\":77,\"error\":[24,\(v.json)]}\n",
            "{\"id\":null,\"error\":{\"code\":25,\"message\":\(v.json)}}\n",
            "{\"id\":null,\"error\":{\"code\":\(with("banned ", v))}}\n", "{\"method\":\(v.json)\n", "\(v.text)\n",
            "[\(v.json)]\n", "\(v.json)\n", "{\(v.json):\(v.json)}\n",
            "HTTP/1.1 400 \(v.text)\r\nX-Reason: \(v.text)\r\n\r\n\(v.text)\n",
            "{\"id\":\(with(long, v)),\"result\":true}\n", "{\"id\":\(with(long, v)),\"method\":\"mining.ping\"}\n",
            notify(id: with(long, v)), call("client.reconnect", "[\"127.0.0.1\",\(v.json),\(v.json)]"),
        ]
    }

    /// Names of good jobs, each another one.
    static func jobNames() -> [String] { DoorMonero.jobNames() }

    static func scenes() -> [DoorPool.Scene] {
        let names = jobNames()
        var named = 0
        func goodJob() -> String {
            named += 1
            // Not a clean start, so that the shares of the jobs before it are sent too.
            return notify(id: names[named % names.count], changing: [8: "false"])
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
