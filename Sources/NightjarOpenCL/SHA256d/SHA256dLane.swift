import NightjarCore
import NightjarDevices

/// One stream of SHA-256d batches on an OpenCL device.
///
/// Block headers go through the scan, with its short-cuts; all other inputs are hashed in full.
package final class SHA256dLane: BatchLane {
    package let runtime: DeviceRuntime
    package let queue: Queue
    package var slices: Slices
    private let algorithm: Algorithm
    private let launch: SHA256dLaunch
    private let room: Int

    private let scan: Path
    /// `nil` before the first input that is no header.
    private var any: Path?
    private var prepared: Prepared?

    /// A kernel with its buffers.
    private struct Path {
        let kernel: Kernel
        let message: InputBuffer
        let results: BatchResults
    }

    private struct Prepared {
        let path: Path
        /// What the first nonce of a work is hashed as.
        let base: UInt32
        let hasNonce: Bool
        /// Hashes of a batch, and nonces of a launch; `nil` stands for the measured slices.
        let batch: Int
        let slice: Int?
    }

    /// - Parameters:
    ///   - runtime: the device's.
    ///   - algorithm: must be of the SHA-256d family.
    ///   - launch: how to launch it.
    ///   - room: the most hits of a batch that there is room for.
    /// - Throws: ``CallFailure`` when there is not enough memory, ``BuildFailure`` when the kernel does not build.
    package init(
        _ runtime: DeviceRuntime, _ algorithm: Algorithm, launch: SHA256dLaunch, room: Int = BatchResults.most
    ) throws {
        precondition(algorithm.parameters is SHA256dParameters, "not SHA-256d")
        self.runtime = runtime
        self.algorithm = algorithm
        self.launch = launch
        self.room = room
        slices = Slices(
            first: launch.slice, whole: launch.batch, most: SHA256dLaunch.mostOfLaunch,
            milliseconds: launch.milliseconds)
        queue = try Queue(runtime.context)
        scan = try Self.path(runtime, launch, room, "SHA256d/Scan.cl", SHA256dKernels.scan)
        try scan.kernel.set(SHA256dKernels.one, 1)
    }

    private static func path(
        _ runtime: DeviceRuntime, _ launch: SHA256dLaunch, _ room: Int, _ source: String, _ signature: KernelSignature
    ) throws -> Path {
        let kernel = try Kernel(runtime.program(source, prelude: Prelude(launch)), signature)
        return Path(
            kernel: kernel,
            message: try InputBuffer(
                runtime.context, bytes: 2 * SHA256Padding.block, length: SHA256dKernels.blocks),
            results: try BatchResults(runtime.context, room: min(room, launch.batch), kernel: kernel))
    }

    package var batch: Int { prepared?.batch ?? launch.batch }
    package var results: BatchResults { prepared?.path.results ?? scan.results }
    /// Nonces are what a batch loops over. Only the scan is measured.
    package var turnsOfBatch: Int { prepared?.slice == nil ? launch.batch : 0 }

    package func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is for one algorithm")
        try onDevice(runtime.device.id) {
            let isHeader =
                work.input.count == SHA256dHeader.length
                && (work.nonceOffset ?? SHA256dHeader.nonceOffset) == SHA256dHeader.nonceOffset
            try isHeader ? prepareHeader(work) : prepareAny(work)
        }
    }

    private func prepareHeader(_ work: Work) throws {
        // An input without a place for a nonce is the header of the nonce that it has.
        var input = work.input(nonce: 0)
        let base = input[SHA256dHeader.nonceOffset...].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        input.replaceSubrange(SHA256dHeader.nonceOffset..., with: [0, 0, 0, 0])
        try SHA256dHeader(input).set(scan.kernel)
        try prepare(
            Prepared(path: scan, base: base, hasNonce: work.nonceOffset != nil, batch: launch.batch, slice: nil),
            SHA256Padding.padded(input), nonceOffset: SHA256dHeader.nonceOffset)
    }

    private func prepareAny(_ work: Work) throws {
        let path = try any ?? Self.path(runtime, launch, room, "SHA256d/Any.cl", SHA256dKernels.any)
        any = path
        let padded = SHA256Padding.padded(work.input(nonce: 0))
        // Without the short-cuts, and for more blocks, a hash takes longer. So fewer are made at once.
        let longer = 4 * padded.count / SHA256Padding.block
        try prepare(
            Prepared(
                path: path, base: 0, hasNonce: work.nonceOffset != nil, batch: max(1, launch.batch / longer),
                slice: max(1, launch.slice / longer)),
            padded, nonceOffset: work.nonceOffset)
    }

    private func prepare(_ next: Prepared, _ padded: [UInt8], nonceOffset: Int?) throws {
        let path = next.path
        try path.message.upload(
            padded, length: padded.count / SHA256Padding.block, nonceOffset: nonceOffset, queue, for: [path.kernel])
        let isNew = prepared?.path.kernel !== path.kernel
        prepared = next
        guard isNew else { return }
        // Some drivers compile at a kernel's first launch. That must not happen in the first batch.
        try path.results.begin(queue)
        try path.kernel.set(InputBuffer.firstNonce, 0)
        try launch(path.kernel, 0..<0)
        try queue.finish()
    }

    package func run(_ nonces: Range<UInt64>) throws {
        guard let prepared else { preconditionFailure("not prepared") }
        precondition(!nonces.isEmpty && nonces.count <= batch && nonces.upperBound <= 1 << 32, "nonces out of bounds")
        precondition(prepared.hasNonce || nonces == 0..<1, "work without a nonce is hashed once")
        let kernel = prepared.path.kernel
        try kernel.set(InputBuffer.firstNonce, prepared.base &+ UInt32(nonces.lowerBound))
        let size = prepared.slice ?? slices.size
        for first in stride(from: 0, to: nonces.count, by: size) {
            try launch(kernel, first..<min(nonces.count, first + size))
        }
    }

    private func launch(_ kernel: Kernel, _ slots: Range<Int>) throws {
        try kernel.set(SHA256dKernels.firstSlot, UInt32(slots.lowerBound))
        try kernel.set(SHA256dKernels.count, UInt32(slots.count))
        let each = kernel === scan.kernel ? max(launch.width, launch.nonces) : 1
        try queue.launch(kernel, items: max(1, (slots.count + each - 1) / each), group: launch.groupHash)
    }

    package func candidate(_ nonce: UInt32, _ digest: Digest) -> Candidate { Candidate(nonce: nonce, digest: digest) }
}
