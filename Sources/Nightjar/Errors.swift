import NightjarCore

/// Why the engine cannot do what was asked. The description is one line.
public enum EngineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No device here has that name; the names of those that are here.
    case noSuchDevice(String, present: [DeviceID])
    /// There is no device at all, or none is left; why, where something is known.
    case noDevice(reason: String)
    /// The device cannot run the algorithm; the reason ends a sentence.
    case unsupported(algorithm: String, device: DeviceID, reason: String)
    /// The device gave a wrong digest for an input whose digest is known.
    case wrongHash(algorithm: String, device: DeviceID, reason: String)
    /// The engine has been let go of, or the task was cancelled.
    case cancelled

    public var description: String {
        switch self {
        case .noSuchDevice(let name, let present):
            "there is no device \(name); there \(present.count == 1 ? "is" : "are") "
                + (present.isEmpty ? "none" : present.map(\.description).joined(separator: ", "))
        case .noDevice(let reason): "no device can be used: \(reason)"
        case .unsupported(let algorithm, let device, let reason): "\(device) cannot run \(algorithm): \(reason)"
        case .wrongHash(let algorithm, let device, let reason):
            "\(device) gives wrong hashes for \(algorithm): \(reason)"
        case .cancelled: "cancelled"
        }
    }
}

extension Error {
    /// Whether it may be the device's fault: a call that failed there, a hang or a wrong hash, and not what was asked,
    /// the machine's limits or the user's mind.
    var mayBeTheDevices: Bool {
        switch self {
        case is DeviceError: return true
        case let error as EngineError:
            if case .wrongHash = error { return true }
            return false
        default: return false
        }
    }

    /// What went wrong, without the name of the device, which stands beside it wherever this is shown.
    var reason: String {
        switch self {
        case let error as DeviceError: error.reason
        case let error as EngineError: error.description
        default: "\(self)"
        }
    }
}
