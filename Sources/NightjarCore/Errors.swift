/// Input that cannot be hashed. The description is one line that names the fault.
public enum InputError: Error, Sendable, Hashable, CustomStringConvertible {
    case tooShort(algorithm: String, bytes: Int, minimum: Int)
    case nonceOutside(offset: Int, bytes: Int)
    case missingHeight(algorithm: String)
    case missingSeed(algorithm: String)
    case seedTooLong(algorithm: String, bytes: Int, maximum: Int)

    public var description: String {
        switch self {
        case .tooShort(let algorithm, let bytes, let minimum):
            "\(algorithm) needs at least \(minimum) bytes of input, not \(bytes)"
        case .nonceOutside(let offset, let bytes):
            "a nonce at byte \(offset) does not fit into \(bytes) bytes of input"
        case .missingHeight(let algorithm): "\(algorithm) needs a block height"
        case .missingSeed(let algorithm): "\(algorithm) needs a seed"
        case .seedTooLong(let algorithm, let bytes, let maximum):
            "\(algorithm) takes a seed of at most \(maximum) bytes, not \(bytes)"
        }
    }
}

/// A device that cannot do what was asked. The description is one line.
public struct DeviceError: Error, Sendable, Hashable, CustomStringConvertible {
    public let device: DeviceID
    /// What failed, with the foreign call's name and code where there was one.
    public let reason: String

    public init(device: DeviceID, reason: String) {
        self.device = device
        self.reason = reason
    }

    public var description: String { "\(device): \(reason)" }
}
