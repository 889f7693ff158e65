/// Why a stream is not ZMTP, or not a supported kind of it. The description is one line.
package enum ZMTPError: Error, Hashable, CustomStringConvertible {
    case noZMTP
    case version(UInt8)
    case mechanism
    case flags(UInt8)
    case tooLong(UInt64)
    case secondReady
    case unread

    package var description: String {
        switch self {
        case .noZMTP: "the server does not speak ZMTP"
        case .version(let major): "ZMTP of version \(major); 3 is needed"
        case .mechanism: "its security mechanism is not NULL"
        case .flags(let flags): "a frame with flags \(flags)"
        case .tooLong(let length): "a frame of \(length) bytes; the limit is \(ZMTP.maximumLength)"
        case .secondReady: "it sent READY twice"
        case .unread: "it does not read what it is sent"
        }
    }
}
