import NightjarAlgorithms
import NightjarCore

/// A RandomX cache or dataset, in lines of 64 bytes, over as many buffers as the device's limits make necessary.
final class LineBuffers {
    /// NJ_LINE_ARGUMENTS of the kernels.
    static let parameters = KernelParameterGroup(lines + [linesShift])
    private static let lines = (0..<Int(RandomXLaunch.maxBuffers)).map { KernelParameter<Buffer>("lines\($0)") }
    private static let linesShift = KernelParameter<UInt32>("lines_shift")

    let buffers: [Buffer]
    /// The number of lines in each buffer.
    let counts: [Int]
    private let shift: Int

    init(_ context: Context, lines: Int, launch: RandomXLaunch, purpose: StaticString) throws(CallFailure) {
        counts = launch.lineBuffers(lines)
        shift = launch.linesShift
        precondition(counts.count <= RandomXLaunch.maxBuffers, "no kernel takes that many buffers")
        var buffers: [Buffer] = []
        for count in counts { buffers.append(try Buffer(context, bytes: count * 64, purpose: purpose)) }
        self.buffers = buffers
    }

    /// Sets ``parameters``. Those without a buffer repeat the first.
    func set(_ kernel: Kernel) throws(CallFailure) {
        for (i, lines) in Self.lines.enumerated() { try kernel.set(lines, buffers[i < buffers.count ? i : 0]) }
        try kernel.set(Self.linesShift, UInt32(shift))
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
