/// Why Nightjar did not do what it was asked to do.
///
/// Every call of the library throws this type and no other. ``code`` is for programs and never changes its meaning;
/// ``description`` is for people, one line, and may be bettered.
public struct NightjarError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of reasons. Their values are those of the C header's `NJ_ERROR_…`.
    public enum Code: Int32, Sendable, Hashable, CaseIterable {
        /// The call contradicts itself or the algorithm: a missing height or seed, a nonce outside the input, a
        /// number out of its range.
        case argument = -1
        /// This build has no algorithm of that name. For the C interface: in Swift, ``Algorithm/named(_:)`` returns `nil`.
        case algorithm = -2
        /// There is no such device, or it failed.
        case device = -3
        /// The input or the seed is shorter or longer than the algorithm takes.
        case input = -4
        /// The system granted too little memory or too few threads.
        case memory = -5
        /// A device gave a wrong hash, so that nothing of it is used.
        case selftest = -6
        /// The task was cancelled.
        case cancelled = -7
        /// Something else that is under way must end first. For the C interface: no Swift call throws it.
        case busy = -8
        /// The device cannot run the algorithm.
        case unsupported = -9
    }

    /// The kind of reason, for programs.
    public let code: Code
    /// The device that it happened on, where it was a device.
    public let device: DeviceID?
    /// What went wrong, in one line, without the name of the device where that would only be repeated.
    public let reason: String
    /// Whether ``description`` begins with the device's name, which ``reason`` lacks then.
    private let isPrefixed: Bool
    /// Whether a device was named that is not here, although every driver works.
    package private(set) var isUnknownDevice = false

    private init(_ code: Code, _ reason: String, device: DeviceID? = nil, isPrefixed: Bool = false) {
        self.code = code
        self.reason = reason
        self.device = device
        self.isPrefixed = isPrefixed
    }

    /// Something that failed on a device.
    ///
    /// - Parameter reason: what failed, with the foreign call's name and code where there was one.
    package init(device: DeviceID, reason: String, code: Code = .device) {
        self.init(code, reason, device: device, isPrefixed: true)
    }

    /// One line for people.
    public var description: String {
        guard isPrefixed, let device else { return reason }
        return "\(device): \(reason)"
    }
}

/// What is wrong with input.
extension NightjarError {
    package static func tooShort(algorithm: String, bytes: Int, minimum: Int) -> Self {
        Self(.input, "\(algorithm) needs at least \(minimum) bytes of input, not \(bytes)")
    }

    package static func tooLong(algorithm: String, bytes: Int, maximum: Int) -> Self {
        Self(.input, "\(algorithm) takes at most \(maximum) bytes of input, not \(bytes)")
    }

    package static func nonceOutside(offset: Int, bytes: Int) -> Self {
        Self(.argument, "a nonce at byte \(offset) does not fit into \(bytes) bytes of input")
    }

    package static func missingHeight(algorithm: String) -> Self {
        Self(.argument, "\(algorithm) needs a block height")
    }

    package static func missingSeed(algorithm: String) -> Self {
        Self(.argument, "\(algorithm) needs a seed")
    }

    package static func seedTooLong(algorithm: String, bytes: Int, maximum: Int) -> Self {
        Self(.input, "\(algorithm) takes a seed of at most \(maximum) bytes, not \(bytes)")
    }
}

/// What is wrong with devices.
extension NightjarError {
    /// No device here has that name; the names of those that are here.
    ///
    /// - Parameter faults: why others are not, one sentence each.
    package static func noSuchDevice(_ name: String, present: [DeviceID], faults: [String] = []) -> Self {
        let others = present.isEmpty ? "none" : present.map(\.description).joined(separator: ", ")
        let verb = present.count == 1 ? "is" : "are"
        var error = Self(
            .device, (["there is no device \(name); there \(verb) \(others)"] + faults).joined(separator: "; "))
        error.isUnknownDevice = faults.isEmpty
        return error
    }

    /// There is no device at all, or none is left; why, where something is known.
    package static func noDevice(reason: String, code: Code = .device) -> Self {
        Self(code, "no device can be used: \(reason)")
    }

    /// - Parameter reason: ends a sentence.
    package static func unsupported(algorithm: String, device: DeviceID, reason: String) -> Self {
        Self(.unsupported, "\(device) cannot run \(algorithm): \(reason)", device: device)
    }

    /// The device gave a wrong digest for an input whose digest is known.
    package static func wrongHash(algorithm: String, device: DeviceID, reason: String) -> Self {
        Self(.selftest, "\(device) gives wrong hashes for \(algorithm): \(reason)", device: device)
    }
}

extension NightjarError {
    /// The task was cancelled.
    package static let cancelled = Self(.cancelled, "cancelled")

    /// The system started no thread for a call.
    package static func noThread(_ reason: String) -> Self { Self(.memory, reason) }

    /// This build has no algorithm of that name.
    package static func noAlgorithm(_ name: String) -> Self { Self(.algorithm, "there is no algorithm '\(name)'") }

    /// Something else that is under way must end first.
    package static func busy(_ reason: String) -> Self { Self(.busy, reason) }

    /// A call that asks for what cannot be.
    package static func argument(_ reason: String) -> Self { Self(.argument, reason) }

    /// Whether the device itself may be why: a call that failed there, a hang or a wrong hash, and not what was asked
    /// for or what the machine has too little of.
    package var mayBeTheDevices: Bool { device != nil && (code == .device || code == .selftest) }
}
