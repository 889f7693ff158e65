import CNightjar
import NightjarCore

/// The status of a call: 0, or the error's number.
func status(_ body: () throws(NightjarError) -> Void) -> Int32 {
    do {
        try body()
        return 0
    } catch { return error.code.rawValue }
}

extension NightjarError {
    /// A pointer that must not be NULL, or a number that is out of its range.
    static let badArgument = argument("a bad argument")

    /// An input of a batch that cannot be hashed.
    static let badInput = NightjarError(device: .cpu, reason: "a bad input", code: .input)

    /// - Returns: what must be there.
    static func required<Value>(_ value: Value?) throws(NightjarError) -> Value {
        guard let value else { throw badArgument }
        return value
    }
}

@c @implementation package func nj_version() -> Int32 {
    let parts = Version.number.split(separator: ".").map { Int32($0) ?? 0 }
    return parts[0] << 16 | parts[1] << 8 | parts[2]
}

@c @implementation package func nj_status_text(_ status: Int32) -> UnsafePointer<CChar>! {
    StatusText.of(status)
}

/// The statuses' texts. They are literals: their addresses never change.
private enum StatusText {
    static func of(_ status: Int32) -> UnsafePointer<CChar> {
        let text: StaticString =
            switch status {
            case 0: "done"
            case NJ_ERROR_ARGUMENT: "the call contradicts itself or the algorithm"
            case NJ_ERROR_ALGORITHM: "there is no algorithm of that name"
            case NJ_ERROR_DEVICE: "there is no such device, or it failed"
            case NJ_ERROR_INPUT: "the input or the seed is too short or too long"
            case NJ_ERROR_MEMORY: "there is not enough memory, or there are not enough threads"
            case NJ_ERROR_SELFTEST: "the device gives wrong hashes"
            case NJ_ERROR_CANCELLED: "cancelled"
            case NJ_ERROR_BUSY: "something else must end first"
            case NJ_ERROR_UNSUPPORTED: "the device cannot run the algorithm in this mode"
            default: "an unknown status"
            }
        return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
