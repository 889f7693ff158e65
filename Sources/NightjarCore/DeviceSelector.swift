/// A device, or all of a kind, as a user names them.
package enum DeviceSelector: Sendable, Hashable, CustomStringConvertible {
    case device(DeviceID)
    case allOpenCL

    package init?(_ text: some StringProtocol) {
        if text == "opencl" {
            self = .allOpenCL
        } else if let id = DeviceID(text) {
            self = .device(id)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .device(let id): id.description
        case .allOpenCL: "opencl"
        }
    }

    package func matches(_ id: DeviceID) -> Bool {
        switch self {
        case .device(let wanted): wanted == id
        case .allOpenCL: id != .cpu
        }
    }
}
