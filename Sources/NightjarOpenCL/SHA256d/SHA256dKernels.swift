/// SHA-256d's kernels.
package enum SHA256dKernels {
    /// Blocks of the padded input.
    static let blocks = KernelParameter<UInt32>("blocks")
    /// The number 1, which the compiler must not know.
    static let one = KernelParameter<UInt32>("one")
    /// The first slot of a launch, and the number of slots.
    static let firstSlot = KernelParameter<UInt32>("first_slot")
    static let count = KernelParameter<UInt32>("count")

    package static let scan = KernelSignature(
        "sha256d_scan", InputBuffer.parametersOfOne(length: blocks), SHA256dHeader.parameters, one, firstSlot, count,
        BatchResults.parameters)
    package static let any = KernelSignature(
        "sha256d_any", InputBuffer.parameters(length: blocks), firstSlot, count, BatchResults.parameters)
}
