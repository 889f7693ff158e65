import NightjarCore

/// What must be done differently on some devices. Every work-around of a driver's faults is decided in ``init(_:)``,
/// with its reason; kernels see named defines only.
package struct Quirks: Sendable {
    /// Why the device cannot be used at all; `nil` when it can.
    package var unusable: String?
    /// Whether kernels may have PTX in asm statements.
    package var acceptsPTX = false
    /// Options of every build.
    package var buildOptions = "-cl-std=CL1.2"

    /// How long the device may take for what was enqueued before it counts as hung.
    ///
    /// A batch is made to take seconds: thirty times that is not slow any more.
    package var hangLimit = Duration.seconds(60)

    package init(_ device: OpenCLDevice) {
        // OpenCL has no rounding modes for arithmetic; this driver's compiler takes the instructions that have them.
        acceptsPTX = device.description.platform.hasPrefix("NVIDIA")
        // A CPU is shared with whatever else runs, and its driver may compile at a kernel's first launch.
        if device.description.kind == .cpu { hangLimit = .seconds(600) }
        if !device.available {
            unusable = "the device is not available"
        } else if !device.compilerAvailable {
            // Embedded profiles may lack one; everything here is built from source.
            unusable = "its driver has no compiler"
        } else if !device.littleEndian {
            // The kernels view blocks as 64-bit and as 32-bit words, which agree on one byte order only.
            unusable = "the device is big-endian"
        }
    }
}
