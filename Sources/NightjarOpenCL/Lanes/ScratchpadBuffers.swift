/// The scratchpads of a batch, over as many buffers as the device's limits make necessary.
package final class ScratchpadBuffers {
    /// The most buffers that kernels take.
    package static let maximum = 4

    /// NJ_PAD_ARGUMENTS of the kernels.
    package static let parameters = KernelParameterGroup(pads + [padsPerBuffer])
    private static let pads = (0..<maximum).map { KernelParameter<Buffer>("pads\($0)") }
    private static let padsPerBuffer = KernelParameter<UInt32>("pads_per_buffer")

    private let buffers: [Buffer]
    private let padsPerBuffer: Int

    /// - Parameters:
    ///   - counts: scratchpads of each buffer; all but the last have `padsPerBuffer`.
    ///   - bytes: of a scratchpad.
    package init(_ context: Context, counts: [Int], padsPerBuffer: Int, bytes: Int) throws(CallFailure) {
        precondition(counts.count <= Self.maximum, "no kernel takes that many buffers")
        self.padsPerBuffer = padsPerBuffer
        var buffers: [Buffer] = []
        for count in counts { buffers.append(try Buffer(context, bytes: count * bytes, purpose: "scratchpads")) }
        self.buffers = buffers
    }

    /// Sets ``parameters``. Those without a buffer repeat the first.
    package func set(_ kernel: Kernel) throws(CallFailure) {
        for (i, pads) in Self.pads.enumerated() { try kernel.set(pads, buffers[i < buffers.count ? i : 0]) }
        try kernel.set(Self.padsPerBuffer, UInt32(padsPerBuffer))
    }
}
