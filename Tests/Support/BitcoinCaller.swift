import Foundation
import NightjarJSON

/// Asks a node that speaks Bitcoin's RPC, as `bitcoin-cli` would: with the login in the node's cookie file.
package struct BitcoinCaller: Sendable {
    package let port: Int
    /// The path of the cookie file.
    package let cookie: String

    /// The node's error, as it wrote it.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The result of a call.
    ///
    /// - Parameter params: JSON text of a list.
    @discardableResult
    package func call(_ method: String, _ params: String = "[]") async throws -> JSON {
        let login = try Data(contentsOf: URL(fileURLWithPath: cookie)).base64EncodedString()
        let body = "{\"jsonrpc\":\"1.0\",\"id\":\"0\",\"method\":\"\(method)\",\"params\":\(params)}"
        let request = """
            POST / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Basic \(login)\r\n\
            Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
            """
        let answer = try JSON(parsing: try await PlainHTTP.exchange(port: port, request))
        guard let result = answer["result"] else {
            guard let error = answer["error"] else { return .null }
            throw Failure(description: "\(method): \(error.text)")
        }
        return result
    }

    /// A call whose result is a text.
    package func text(_ method: String, _ params: String = "[]") async throws -> String {
        let result = try await call(method, params)
        guard let text = result.string else { throw Failure(description: "\(method): \(result.text) is no text") }
        return text
    }

    /// A call whose result is a number.
    package func number(_ method: String, _ params: String = "[]") async throws -> Int {
        let result = try await call(method, params)
        guard let number = result.int64 else { throw Failure(description: "\(method): \(result.text) is no number") }
        return Int(number)
    }
}
