/// The scratchpads of a batch, over as many buffers as the device's limits make necessary.
final class ScratchpadBuffers {
    /// As many as the kernels take as arguments.
    static let maximum = 4

    private let buffers: [Buffer]
    private let padsPerBuffer: Int

    /// - Parameters:
    ///   - counts: scratchpads of each buffer; all but the last have `padsPerBuffer`.
    ///   - bytes: of a scratchpad.
    init(_ context: Context, counts: [Int], padsPerBuffer: Int, bytes: Int) throws(CallFailure) {
        precondition(counts.count <= Self.maximum, "no kernel takes so many buffers")
        self.padsPerBuffer = padsPerBuffer
        var buffers: [Buffer] = []
        for count in counts { buffers.append(try Buffer(context, bytes: count * bytes, purpose: "scratchpads")) }
        self.buffers = buffers
    }

    /// Sets the arguments that NJ_PAD_ARGUMENTS are, from `index` on.
    func set(_ kernel: Kernel, at index: Int) throws(CallFailure) {
        for i in 0..<Self.maximum { try kernel.set(index + i, buffers[i < buffers.count ? i : 0]) }
        try kernel.set(index + Self.maximum, UInt32(padsPerBuffer))
    }
}
