/// HTTP basic access authentication (RFC 7617), as bitcoind's RPC and web servers in front of nodes ask for it.
package enum BasicAuthorization {
    /// The value of `Authorization`.
    ///
    /// - Parameter login: `USER:PASSWORD`.
    package static func value(_ login: String) -> String { "Basic " + base64(Array(login.utf8)) }

    /// Whether one of the challenges of a 401 answer asks for it. A header may hold several challenges.
    package static func isAsked(in challenges: [String]) -> Bool {
        challenges.contains { text in
            text.split(separator: ",").contains { part in
                part.drop { $0 == " " }.prefix { $0 != " " }.lowercased() == "basic"
            }
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for digit in 0..<4 {
                let isPadding = digit > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * digit) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
