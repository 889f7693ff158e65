import NightjarCore
import NightjarWire

/// HTTP digest access authentication (RFC 7616, and RFC 2617 before it), for a node with `--rpc-login`.
package struct DigestAuthorization: Sendable {
    private let user: String
    private let password: String

    package init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// `USER:PASSWORD`, for ``BasicAuthorization``.
    var userAndPassword: String { "\(user):\(password)" }

    /// The value of `Authorization` for one request.
    ///
    /// - Parameters:
    ///   - challenges: the values of the 401 answer's `WWW-Authenticate`. The first one that this build supports is
    ///     answered.
    ///   - clientNonce: hex digits, different for each request.
    ///   - count: the number of answers to this challenge, including this one.
    /// - Returns: `nil` when this build supports none of the challenges.
    package func answer(
        to challenges: [String], method: String, path: String, clientNonce: String, count: UInt32 = 1
    ) -> String? {
        for text in challenges {
            guard let challenge = Challenge(text) else { continue }
            let hash = challenge.hash
            var secret = hash("\(user):\(challenge.realm):\(password)")
            if challenge.isSession { secret = hash("\(secret):\(challenge.nonce):\(clientNonce)") }
            let request = hash("\(method):\(path)")
            var fields = [
                "username=\(Self.quoted(user))", "realm=\(Self.quoted(challenge.realm))",
                "nonce=\(Self.quoted(challenge.nonce))", "uri=\(Self.quoted(path))",
                "algorithm=\(challenge.algorithm)",
            ]
            if challenge.hasProtection {
                let digits = String(count, radix: 16)
                let count = String(repeating: "0", count: 8 - digits.count) + digits
                let response = hash("\(secret):\(challenge.nonce):\(count):\(clientNonce):auth:\(request)")
                fields += [
                    "qop=auth", "nc=\(count)", "cnonce=\(Self.quoted(clientNonce))",
                    "response=\(Self.quoted(response))",
                ]
            } else {
                fields.append("response=\(Self.quoted(hash("\(secret):\(challenge.nonce):\(request)")))")
            }
            if let opaque = challenge.opaque { fields.append("opaque=\(Self.quoted(opaque))") }
            return "Digest " + fields.joined(separator: ", ")
        }
        return nil
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private struct Challenge {
        let realm: String
        let nonce: String
        let opaque: String?
        /// The algorithm's name, as the answer repeats it.
        let algorithm: String
        let isSession: Bool
        /// Whether the server asks for `qop=auth`.
        let hasProtection: Bool
        let hash: (String) -> String

        /// - Returns: `nil` for another scheme, for an algorithm that this build lacks, and for missing fields.
        init?(_ text: String) {
            guard text.utf8.count <= 2048, text.lowercased().hasPrefix("digest "),
                let fields = Self.fields(text.dropFirst(7)),
                let realm = fields["realm"], let nonce = fields["nonce"]
            else { return nil }
            // These texts go into the answer's header, so they may hold no control characters.
            guard !(realm + nonce + (fields["opaque"] ?? "")).utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                return nil
            }
            let name = fields["algorithm"] ?? "MD5"
            switch name.uppercased() {
            case "MD5", "MD5-SESS": hash = { Hex.encode(Checksum.md5(Array($0.utf8))) }
            case "SHA-256", "SHA-256-SESS": hash = { Hex.encode(Checksum.sha256(Array($0.utf8))) }
            default: return nil
            }
            let protections = fields["qop"]?.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() }
            guard protections?.contains("auth") ?? true else { return nil }
            self.realm = realm
            self.nonce = nonce
            opaque = fields["opaque"]
            algorithm = name.filter { $0.isLetter || $0.isNumber || $0 == "-" }
            isSession = name.uppercased().hasSuffix("-SESS")
            hasProtection = protections != nil
        }

        /// `name=value` or `name="value"`, between commas; names in lower case.
        private static func fields(_ text: Substring) -> [String: String]? {
            var fields: [String: String] = [:]
            var rest = text
            while true {
                rest = rest.drop { $0 == " " || $0 == "," }
                guard !rest.isEmpty else { return fields }
                guard let equals = rest.firstIndex(of: "=") else { return nil }
                let name = rest[..<equals].lowercased().filter { $0 != " " }
                rest = rest[rest.index(after: equals)...].drop { $0 == " " }
                var value = ""
                if rest.first == "\"" {
                    rest = rest.dropFirst()
                    while let character = rest.first, character != "\"" {
                        if character == "\\" { rest = rest.dropFirst() }
                        guard let plain = rest.first else { return nil }
                        value.append(plain)
                        rest = rest.dropFirst()
                    }
                    guard rest.first == "\"" else { return nil }
                    rest = rest.dropFirst()
                } else {
                    value = String(rest.prefix { $0 != "," && $0 != " " })
                    rest = rest.dropFirst(value.count)
                }
                fields[name] = value
            }
        }
    }
}
