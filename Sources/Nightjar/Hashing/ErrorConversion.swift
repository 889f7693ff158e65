import NightjarCore
import NightjarPlatform

extension NightjarError {
    /// What the library tells its user about an error that came up on a device, or on the way there.
    init(_ error: any Error, on device: DeviceID) {
        switch error {
        case let error as NightjarError: self = error
        // Not the device's fault: the machine has too little.
        case let error as MemoryError: self.init(device: device, reason: error.reason, code: .memory)
        case let error as ThreadError: self.init(device: device, reason: error.description, code: .memory)
        default: self.init(device: device, reason: "\(error)")
        }
    }
}
