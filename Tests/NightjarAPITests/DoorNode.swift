import Foundation
import NIOCore
import NightjarCore
import NightjarJSON
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport

/// A node, and its publisher of notices, that repeat the password in every field of every answer.
final class DoorNode: Sendable {
    typealias Variant = DoorVariants.Variant

    private struct State {
        /// Whole answers: to a poll, to a request for a template, to a submitted block, to a question for a header.
        var polls: [String]
        var templates: [String]
        var submits: [String]
        var headers: [String]
        var notices: [[UInt8]]
        var height = 5
        /// Requests of each kind.
        var counts: [String: Int] = [:]
        /// A good answer to a poll has just gone out, so that a bad template is told.
        var isPolled = false
        /// The login is refused twice: the second answer is the one that counts.
        var challenge: String?
        /// Polls that come for a share's sake and are not told of.
        var silentPolls = 0
        /// Questions for a header whose answer is told: those that follow a submitted block which the node took.
        var toldHeaders = 0
    }

    private let state: Locked<State>

    init() {
        let cuts = [64, 200, 1000].flatMap { DoorVariants.cut(at: $0) }
        let all = DoorVariants.forms + cuts
        state = Locked(
            State(
                polls: DoorVariants.forms.flatMap { Self.httpAnswers($0) } + all.flatMap { Self.rpcErrors($0) },
                templates: DoorVariants.forms.flatMap { Self.badTemplates($0) },
                submits: all.flatMap { Self.rpcErrors($0) }, headers: all.flatMap { Self.headers($0) },
                notices: (DoorVariants.forms + DoorVariants.cut(at: 200)).filter { $0.text.utf8.count <= 250 }.flatMap {
                    Self.notices($0)
                }))
    }

    /// What has not been said yet, and the height that the last good template had.
    var left: (count: Int, height: Int) {
        state.withLock {
            ($0.polls.count + $0.templates.count + $0.submits.count + $0.headers.count + $0.notices.count, $0.height)
        }
    }

    func start() async throws -> LoopbackServer {
        try await LoopbackServer.start(port: 0) { channel, received in
            var text = ""
            for await buffer in received {
                text += String(buffer: buffer)
                // A request is whole when its body is: all of them end with the object's brace.
                guard text.hasSuffix("}") else { continue }
                let answer = self.answer(text)
                text = ""
                if (try? await channel.writeAndFlush(ByteBuffer(string: answer))) == nil { return }
            }
        }
    }

    func startPublisher() async throws -> LoopbackServer {
        try await LoopbackServer.start(port: 0) { channel, received in
            let notice = self.state.withLock { $0.notices.popLast() } ?? []
            _ = try? await channel.writeAndFlush(ByteBuffer(bytes: notice))
            for await _ in received {}
        }
    }

    private func answer(_ request: String) -> String {
        state.withLock { state in
            let kinds = ["get_block_template", "get_block_header_by_height", "submit_block"]
            let kind = kinds.first { request.contains("\"\($0)\"") } ?? "get_height"
            state.counts[kind, default: 0] += 1
            let isEven = (state.counts[kind] ?? 0).isMultiple(of: 2)
            switch kind {
            case "get_block_template":
                defer { state.isPolled = false }
                if state.isPolled, isEven, let bad = state.templates.popLast() { return bad }
                state.height += 1
                return Self.http("{\"result\":\(Self.template(["height": "\(state.height)"]))}")
            case "submit_block":
                if isEven, let bad = state.submits.popLast() {
                    state.silentPolls += 1
                    return bad
                }
                state.toldHeaders += 1
                return Self.http("{\"result\":{\"status\":\"OK\"}}")
            case "get_block_header_by_height":
                guard state.toldHeaders > 0 else { return Self.http("{}") }
                state.toldHeaders -= 1
                return state.headers.popLast() ?? Self.http("{}")
            default:
                if let challenge = state.challenge, request.contains("Authorization:") {
                    state.challenge = nil
                    return challenge
                }
                if state.silentPolls > 0 {
                    state.silentPolls -= 1
                } else if isEven, let bad = state.polls.popLast() {
                    if bad.hasPrefix("HTTP/1.1 401") { state.challenge = bad }
                    return bad
                }
                state.isPolled = true
                return Self.http("{\"height\":\(state.height + 1),\"status\":\"OK\"}")
            }
        }
    }

    // MARK: Answers

    private static func http(_ body: String, status: String = "200 OK", headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func template(_ changing: [String: String]) -> String {
        let members = [
            "blockhashing_blob": "\"\(sampleBlob)\"", "blocktemplate_blob": "\"\(sampleBlob)00\"", "difficulty": "1",
            "seed_hash": "\"\(String(repeating: "5a", count: 32))\"", "status": "\"OK\"",
        ].merging(changing) { $1 }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private static func httpAnswers(_ v: Variant) -> [String] {
        let quoted = v.text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let digest = "realm=\"\(quoted)\", nonce=\"\(quoted)\", qop=\"auth\", opaque=\"\(quoted)\""
        return [
            http(v.text, status: "500 \(v.text)", headers: "Server: \(v.text)\r\n"),
            http(v.text, status: "200 \(v.text)", headers: "\(v.text): \(v.text)\r\n"),
            http(v.text, status: "401 \(v.text)", headers: "WWW-Authenticate: Digest \(digest)\r\n"),
            http(
                v.text, status: "401 No",
                headers: "WWW-Authenticate: Digest realm=\"r\", nonce=\"\(quoted)\", qop=\"\(quoted)\"\r\n"),
            http(v.json), http("{\(v.json):\(v.json)}"), "\(v.text)\r\n\r\n",
        ]
    }

    private static func rpcErrors(_ v: Variant) -> [String] {
        [
            "{\"error\":{\"code\":-7,\"message\":\(v.json),\"data\":\(v.json)}}", "{\"error\":{\"code\":\(v.json)}}",
            "{\"error\":\(v.json)}", "{\"status\":\(v.json),\"result\":{\"status\":\(v.json)}}",
        ].map { http($0) }
    }

    private static func headers(_ v: Variant) -> [String] {
        [
            "{\"result\":{\"block_header\":{\"hash\":\(v.json),\"orphan_status\":false},\"status\":\"OK\"}}",
            "{\"error\":{\"code\":-2,\"message\":\(v.json)}}", "{\"result\":{\"status\":\(v.json)}}",
            "{\"result\":{\"block_header\":{\"hash\":\(v.json),\"orphan_status\":\(v.json)}}}",
        ].map { http($0) }
    }

    private static func badTemplates(_ v: Variant) -> [String] {
        let fields = [
            "blockhashing_blob", "blocktemplate_blob", "difficulty", "wide_difficulty", "height", "seed_hash",
            "next_seed_hash", "prev_hash",
        ]
        return fields.map { http("{\"result\":\(template(["height": "3"].merging([$0: v.json]) { $1 }))}") }
    }

    /// A publisher's bytes: the greeting, its metadata, a message, an error.
    private static func notices(_ v: Variant) -> [[UInt8]] {
        let text = Array(v.text.utf8)
        let name = Array("Identity".utf8)
        let ready = Array("\u{5}READY".utf8) + [UInt8(name.count)] + name + [0, 0, 0, UInt8(text.count)] + text
        let message = ZMTP.Frame(hasMore: true, body: Array("json-minimal-chain_main:".utf8) + text)
        let error = ZMTP.Frame(isCommand: true, body: Array("\u{5}ERROR".utf8) + [UInt8(text.count)] + text)
        var other = ZMTP.greeting
        other.replaceSubrange(12..<32, with: (text + [UInt8](repeating: 0, count: 20)).prefix(20))
        return [
            ZMTP.greeting + ZMTP.Frame(isCommand: true, body: ready).bytes + message.bytes
                + ZMTP.Frame(body: text).bytes + error.bytes,
            other, text,
        ]
    }
}
