import NightjarAlgorithms
import NightjarCore

/// Lines of 64 bytes, a RandomX cache or dataset, over as many buffers as the device's limits make necessary.
final class LineBuffers {
    let buffers: [Buffer]
    /// Lines of each buffer.
    let counts: [Int]

    init(_ context: Context, lines: Int, launch: RandomXLaunch, purpose: StaticString) throws(CallFailure) {
        counts = launch.lineBuffers(lines)
        precondition(counts.count <= RandomXLaunch.maxBuffers, "no kernel takes so many buffers")
        var buffers: [Buffer] = []
        for count in counts { buffers.append(try Buffer(context, bytes: count * 64, purpose: purpose)) }
        self.buffers = buffers
    }

    /// Sets the arguments that NJ_LINE_ARGUMENTS are, from `index` on.
    ///
    /// - Returns: the index after them.
    @discardableResult
    func set(_ kernel: Kernel, at index: Int, shift: Int) throws(CallFailure) -> Int {
        let count = Int(RandomXLaunch.maxBuffers)
        for i in 0..<count { try kernel.set(index + i, buffers[i < buffers.count ? i : 0]) }
        try kernel.set(index + count, UInt32(shift))
        return index + count + 1
    }

    /// Fills all buffers from `source`.
    func write(_ source: UnsafeRawBufferPointer, _ queue: Queue) throws(CallFailure) {
        var start = 0
        for (buffer, count) in zip(buffers, counts) {
            try queue.write(UnsafeRawBufferPointer(rebasing: source[start..<(start + count * 64)]), to: buffer)
            start += count * 64
        }
    }
}
