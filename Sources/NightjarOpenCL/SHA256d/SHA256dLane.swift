import NightjarCore
import NightjarDevices

/// One stream of SHA-256d batches on an OpenCL device.
///
/// The nonces of a block header go through the scan, with its short-cuts; all other inputs are hashed in full.
package final class SHA256dLane: BatchLane {
    /// Inputs of a batch: no device gains from more, and each takes memory on both sides.
    private static let mostInputs = 1 << 16

    package let runtime: DeviceRuntime
    package let queue: Queue
    package var slices: Slices
    private let algorithm: Algorithm
    private let launch: SHA256dLaunch
    private let room: Int

    private let scan: Path
    /// `nil` before the first input that is no header.
    private var other: Path?
    private var prepared: Prepared?

    /// A kernel with its buffers.
    private final class Path {
        let kernel: Kernel
        let message: InputBuffer
        let results: BatchResults
        /// Whether the kernel was launched.
        var isWarm = false

        init(_ kernel: Kernel, _ message: InputBuffer, _ results: BatchResults) {
            (self.kernel, self.message, self.results) = (kernel, message, results)
        }
    }

    private struct Prepared {
        let path: Path
        let contents: BatchContents
        /// What the first nonce of a work is hashed as.
        var base: UInt32 = 0
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
            kernel,
            try InputBuffer(
                runtime.context, bytes: SHA256dHeader.length, form: SHA256dForm(), length: SHA256dKernels.blocks),
            try BatchResults(runtime.context, room: min(room, launch.batch), kernel: kernel))
    }

    package var batch: Int { prepared?.batch ?? launch.batch }
    package var inputsAtOnce: Int { min(launch.batch, Self.mostInputs) }
    package var results: BatchResults { prepared?.path.results ?? scan.results }
    package var message: InputBuffer { prepared?.path.message ?? scan.message }
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
        try scan.message.upload(input, nonceOffset: SHA256dHeader.nonceOffset, queue, for: [scan.kernel])
        try begin(
            Prepared(
                path: scan, contents: .work(hasNonce: work.nonceOffset != nil), base: base, batch: launch.batch,
                slice: nil))
    }

    private func prepareAny(_ work: Work) throws {
        let path = try otherPath()
        try path.message.upload(work.input(nonce: 0), nonceOffset: work.nonceOffset, queue, for: [path.kernel])
        // Without the short-cuts, and for more blocks, a hash takes longer. So fewer are made at once.
        let longer = longer(work.input.count)
        try begin(
            Prepared(
                path: path, contents: .work(hasNonce: work.nonceOffset != nil), batch: max(1, launch.batch / longer),
                slice: max(1, launch.slice / longer)))
    }

    /// How many times as long as a header's nonce such an input takes, about.
    private func longer(_ bytes: Int) -> Int { 4 * SHA256dForm().length(bytes) }

    private func otherPath() throws -> Path {
        let path = try other ?? Self.path(runtime, launch, room, "SHA256d/Any.cl", SHA256dKernels.any)
        other = path
        return path
    }

    package func use(_ epoch: Epoch) throws {
        let path = try otherPath()
        prepared = Prepared(path: path, contents: .inputs(0), batch: inputsAtOnce, slice: 1)
    }

    package func upload(_ inputs: Inputs, _ order: ArraySlice<Int>) throws {
        guard let first = order.first else { return }
        let path = try otherPath()
        try path.message.upload(inputs, order, queue, for: [path.kernel])
        try begin(
            Prepared(
                path: path, contents: .inputs(order.count), batch: inputsAtOnce,
                slice: max(1, launch.slice / longer(inputs.sizes[first]))))
    }

    private func begin(_ next: Prepared) throws {
        let path = next.path
        prepared = next
        guard !path.isWarm else { return }
        // Some drivers compile at a kernel's first launch. That must not happen in the first batch.
        try path.results.begin(queue)
        try path.kernel.set(InputBuffer.firstNonce, 0)
        try launch(path.kernel, 0..<0)
        try queue.finish()
        path.isWarm = true
    }

    package func run(_ nonces: Range<UInt64>) throws {
        guard let prepared else { preconditionFailure("not prepared") }
        precondition(!nonces.isEmpty && nonces.count <= batch && nonces.upperBound <= 1 << 32, "nonces out of bounds")
        precondition(prepared.contents.allows(nonces), "not the nonces of this input, or these inputs")
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
