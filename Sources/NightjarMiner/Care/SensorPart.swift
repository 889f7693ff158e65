import NightjarCore
import NightjarPlatform

extension Sensors.Part {
    /// The part of the machine that a device is. An OpenCL device that is the processor has the processor's sensors.
    package init(_ device: Device) {
        self =
            device.kind == .cpu
            ? .processor : .card(address: device.pciAddress.flatMap { PCIAddress($0) }, name: device.name)
    }
}
