import NightjarCore

/// What a device allows, as far as launches depend on it.
package struct DeviceLimits: Sendable, Hashable {
    package var kind: Device.Kind
    package var computeUnits: Int
    /// Bytes of the device's memory, and of its largest buffer.
    package var memory, maxAllocation: UInt64
    /// Work-items of a group.
    package var maxGroup: Int
    package var fp64: Bool
    /// Whether its compiler takes PTX in kernels.
    package var acceptsPTX: Bool

    package init(
        kind: Device.Kind, computeUnits: Int, memory: UInt64, maxAllocation: UInt64, maxGroup: Int, fp64: Bool,
        acceptsPTX: Bool = false
    ) {
        self.kind = kind
        self.computeUnits = computeUnits
        self.memory = memory
        self.maxAllocation = maxAllocation
        self.maxGroup = maxGroup
        self.fp64 = fp64
        self.acceptsPTX = acceptsPTX
    }
}

extension OpenCLDevice {
    package var limits: DeviceLimits {
        DeviceLimits(
            kind: description.kind, computeUnits: description.computeUnits, memory: description.memory,
            maxAllocation: maxAllocation, maxGroup: maxGroup, fp64: description.fp64,
            acceptsPTX: Quirks(self).acceptsPTX)
    }
}
