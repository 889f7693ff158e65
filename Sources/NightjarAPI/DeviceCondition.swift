import HTTPTypes
import Nightjar
import NightjarJSON
import NightjarMiner

/// A device's condition in one word, with the reason.
struct DeviceCondition {
    let name: String
    let reason: String?

    init(_ device: MinerSnapshot.Device) {
        switch device.health?.state {
        case .resting: (name, reason) = ("resting", nil)
        case .preparing: (name, reason) = ("preparing", nil)
        case .working: (name, reason) = ("working", nil)
        case .recovering: (name, reason) = ("recovering", nil)
        case .quarantined(let why): (name, reason) = ("quarantined", why)
        // Without a health record, a device counts as working once it has lanes.
        case nil: (name, reason) = (device.lanes > 0 ? "working" : "preparing", nil)
        }
    }
}
