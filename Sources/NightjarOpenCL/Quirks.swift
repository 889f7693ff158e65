import NightjarCore

/// What must be done differently on some devices. Every work-around of a driver's faults is decided in ``init(_:)``, with
/// its reason; kernels see named defines only.
package struct Quirks: Sendable {
    /// Why the device cannot be used at all; `nil` when it can.
    package var unusable: String?
    /// Whether kernels may have PTX in asm statements.
    package var acceptsPTX = false
    /// Options of every build.
    package var buildOptions = "-cl-std=CL1.2"

    /// Whether to wait by asking now and then, instead of inside the driver.
    package var waitsByPolling = false

    package init(_ device: OpenCLDevice) {
        // OpenCL has no rounding modes for arithmetic; this driver's compiler takes the instructions that have them.
        acceptsPTX = device.description.platform.hasPrefix("NVIDIA")
        // This driver waits by spinning: a processor core, lost to the CPU's lanes, for as long as the GPU hashes.
        if device.description.platform.hasPrefix("NVIDIA") { waitsByPolling = true }
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
