import NightjarJSON

/// Data from outside that passes the wire's limits or is no message at all. The connection is closed. The description
/// is one line, and repeats nothing from outside but numbers.
package enum WireFault: OutsideError, Hashable, CustomStringConvertible {
    case lineTooLong
    case badJSON(JSONError)
    /// Valid JSON, but not a message: not an object, or one without method, result and error.
    case noMessage(String)
    case idTooLong(field: String, bytes: Int)
    case blobLength(Int)
    case heightTooHigh(UInt64)

    package var words: OutsideText { OutsideText(ours: description) }

    package var description: String {
        switch self {
        case .lineTooLong: "a line longer than \(LineSplitter.maximumLength) bytes"
        case .badJSON(let error): error.description
        case .noMessage(let what): "not a message: \(what)"
        case .idTooLong(let field, let bytes):
            "\(field) of \(bytes) bytes; the limit is \(JobReader.maximumIDLength)"
        case .blobLength(let bytes):
            "a blob of \(bytes) bytes; it has \(JobReader.blobLengths.lowerBound) to \(JobReader.blobLengths.upperBound)"
        case .heightTooHigh(let height): "height \(height) is not below 2^40"
        }
    }
}
