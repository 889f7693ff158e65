import HTTPTypes
import NightjarJSON
import NightjarMiner

/// An answer, before it is written.
struct Reply: Sendable {
    var status: HTTPResponse.Status
    var type: String
    var body: [UInt8]
    /// Headers beside those that every answer has.
    var headers: HTTPFields = [:]
    /// What to do after the answer was sent, or could not be sent.
    var afterwards: (@Sendable () async -> Void)?

    init(_ status: HTTPResponse.Status = .ok, type: String, body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// JSON, on one line.
    init(_ status: HTTPResponse.Status, _ json: JSON) {
        self.init(status, type: Self.json, body: Array(json.description.utf8) + [UInt8(ascii: "\n")])
    }

    init(_ json: JSON) { self.init(.ok, json) }

    /// A refusal: the status, its name in capitals, and one sentence.
    static func refusal(_ status: HTTPResponse.Status, _ message: String) -> Reply {
        let name = status.reasonPhrase.uppercased().map { $0.isLetter ? $0 : "_" }
        return Reply(
            status,
            .fields([
                "status": .integer(Int64(status.code)), "error": .string(String(name)), "message": .string(message),
            ]))
    }

    static let json = "application/json"
}
