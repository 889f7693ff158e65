import NightjarCore

/// What must be done differently on some devices. ``init(_:)`` decides on every work-around for a driver's fault, and
/// gives its reason. Kernels do not know the driver; they see named `#define`s.
package struct Quirks: Sendable {
    /// Why the device cannot be used; `nil` when it can.
    package var unusable: String?
    /// Whether kernels may contain PTX in asm statements.
    package var acceptsPTX = false
    /// Whether kernels may contain instructions of AMD's GPUs in asm statements.
    package var acceptsGCN = false
    /// The most turns of CryptoNight's main loop in one launch.
    package var mostTurns = Int.max
    /// Options of every build.
    package var buildOptions = "-cl-std=CL1.2"

    /// How long the device may take for what was enqueued before it counts as hung. A batch takes two to seven seconds,
    /// if what the defaults are taken from is right.
    package var hangLimit = Duration.seconds(120)

    package init(_ device: OpenCLDevice) {
        // OpenCL has no rounding modes for arithmetic. PTX has, and this driver's compiler accepts PTX.
        acceptsPTX = device.description.platform.hasPrefix("NVIDIA")
        // AMD's GPUs have a rounding mode, and their driver's compiler accepts instructions. Other drivers for these GPUs have
        // another platform, and may have another compiler.
        acceptsGCN =
            device.description.platform == "AMD Accelerated Parallel Processing" && device.description.kind == .gpu
        // Other programs use the CPU too, and its driver may compile a kernel at the first launch.
        if device.description.kind == .cpu { hangLimit = .seconds(600) }
        // Mesa's llvmpipe leaves the loops of a kernel after 65535 turns in all, and goes on with a wrong result. Shorter
        // launches cost time on a CPU: each finds its scratchpads out of the caches.
        if device.description.platform == "rusticl" && device.description.name.hasPrefix("llvmpipe") {
            mostTurns = 1 << 13
        }
        if let nonsense = device.nonsense {
            unusable = "its driver claims \(nonsense)"
        } else if !device.available {
            unusable = "its driver says that it is not available now"
        } else if !device.compilerAvailable {
            // OpenCL's embedded profile allows that. Everything here is built from source.
            unusable = "its driver has no compiler"
        } else if !device.littleEndian {
            // The kernels read the same memory as 64-bit and as 32-bit words, which needs little-endian order.
            unusable = "the device is big-endian"
        }
    }
}
