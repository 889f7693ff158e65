import NightjarCore

/// The limits of a device that launches depend on.
package struct DeviceLimits: Sendable, Hashable {
    package var kind: Device.Kind
    package var computeUnits: Int
    /// Bytes of the device's memory, and of the largest buffer that it allows.
    package var memory, maxAllocation: UInt64
    /// The most work-items of a work-group.
    package var maxGroup: Int
    package var fp64: Bool
    /// Whether its memory is the host's, as with a GPU in a processor.
    package var sharesMemory: Bool
    /// Whether its compiler accepts PTX in kernels.
    package var acceptsPTX: Bool
    /// Whether its compiler accepts instructions of AMD's GPUs in kernels.
    package var acceptsGCN: Bool
    /// The major number of an NVIDIA device's compute capability; 0 on all others.
    package var computeCapability: Int
    /// The 32-bit words that an instruction works on side by side in one work-item; 1 on most GPUs.
    package var vectorWidth: Int

    package init(
        kind: Device.Kind, computeUnits: Int, memory: UInt64, maxAllocation: UInt64, maxGroup: Int, fp64: Bool,
        sharesMemory: Bool = false, acceptsPTX: Bool = false, acceptsGCN: Bool = false, computeCapability: Int = 0,
        vectorWidth: Int = 1
    ) {
        self.kind = kind
        self.computeUnits = computeUnits
        self.memory = memory
        self.maxAllocation = maxAllocation
        self.maxGroup = maxGroup
        self.fp64 = fp64
        self.sharesMemory = sharesMemory
        self.acceptsPTX = acceptsPTX
        self.acceptsGCN = acceptsGCN
        self.computeCapability = computeCapability
        self.vectorWidth = vectorWidth
    }
}

extension OpenCLDevice {
    package var limits: DeviceLimits {
        DeviceLimits(
            kind: description.kind, computeUnits: description.computeUnits, memory: description.memory,
            maxAllocation: maxAllocation, maxGroup: maxGroup, fp64: description.fp64,
            sharesMemory: sharesMemory, acceptsPTX: Quirks(self).acceptsPTX, acceptsGCN: Quirks(self).acceptsGCN,
            computeCapability: computeCapability, vectorWidth: vectorWidth)
    }
}
