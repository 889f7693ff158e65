/// A request brought no usable answer. The description is one line.
enum HTTPClientError: Error, CustomStringConvertible {
    case tooLong(limit: Int)
    case deadline(Duration)
    case closed
    /// The server has never spoken HTTP on this connection.
    case notHTTP
    /// The server speaks something other than HTTP from here on.
    case otherProtocol

    var description: String {
        switch self {
        case .tooLong(let limit): "an answer longer than \(limit) bytes"
        case .deadline(let duration): "no answer within \(duration)"
        case .notHTTP:
            "what the server sends is not HTTP; a pool's address begins with stratum+tcp:// or stratum+tls://"
        case .otherProtocol: "the server changes the protocol, which was not asked for"
        case .closed: "the connection was closed before the answer's end"
        }
    }
}
