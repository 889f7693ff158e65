import NightjarCore
import NightjarDevices

/// One stream of scrypt batches on an OpenCL device: a queue, its scratchpads and its kernels.
package final class ScryptLane: BatchLane {
    package let batch: Int
    package let runtime: DeviceRuntime
    package let queue: Queue
    package let results: BatchResults
    package var slices: Slices
    private let algorithm: Algorithm
    private let launch: ScryptLaunch
    private let pads: ScratchpadBuffers
    private let records: Buffer
    package let message: InputBuffer
    private let kernels: ScryptKernels
    /// `nil` before the first input.
    private var contents: BatchContents?

    /// - Parameters:
    ///   - runtime: the device's.
    ///   - algorithm: must be of the scrypt family.
    ///   - launch: how to launch it.
    ///   - room: the most hits of a batch that there is room for.
    /// - Throws: ``CallFailure`` when there is not enough memory, ``BuildFailure`` when a kernel does not build.
    package init(
        _ runtime: DeviceRuntime, _ algorithm: Algorithm, launch: ScryptLaunch, room: Int = BatchResults.most
    ) throws {
        precondition(algorithm.parameters is ScryptParameters, "not scrypt")
        self.runtime = runtime
        self.algorithm = algorithm
        self.launch = launch
        batch = launch.batch
        slices = Slices(first: launch.turns, whole: 2 * launch.n, milliseconds: launch.milliseconds)
        let context = runtime.context
        kernels = try ScryptKernels(runtime.program("Scrypt/Frame.cl", prelude: Prelude(launch)))
        queue = try Queue(context)
        pads = try ScratchpadBuffers(
            context, counts: launch.buffers, padsPerBuffer: launch.padsPerBuffer, bytes: launch.pad)
        records = try Buffer(context, bytes: launch.batch * 4 * Prelude.scryptRecordWords, purpose: "records")
        results = try BatchResults(context, room: min(room, launch.batch), kernel: kernels.finish)
        message = try InputBuffer(context, bytes: 80, form: ScryptForm(), length: ScryptKernels.length)
        try kernels.set(records: records, pads: pads)
    }

    package func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is for one algorithm")
        try onDevice(runtime.device.id) {
            try message.upload(
                work.input(nonce: 0), nonceOffset: work.nonceOffset, queue, for: [kernels.start])
            try begin(.work(hasNonce: work.nonceOffset != nil))
        }
    }

    package func use(_ epoch: Epoch) {}

    package func upload(_ inputs: Inputs, _ order: ArraySlice<Int>) throws {
        try message.upload(inputs, order, queue, for: [kernels.start])
        try begin(.inputs(order.count))
    }

    private func begin(_ next: BatchContents) throws {
        if contents == nil {
            // Some drivers compile at a kernel's first launch. That must not happen in the first batch.
            try results.begin(queue)
            try enqueue(first: 0, count: 0)
            try queue.finish()
        }
        contents = next
    }

    package var turnsOfBatch: Int { 2 * launch.n }

    package func run(_ nonces: Range<UInt64>) throws {
        guard let contents else { preconditionFailure("not prepared") }
        precondition(!nonces.isEmpty && nonces.count <= batch && nonces.upperBound <= 1 << 32, "nonces out of bounds")
        precondition(contents.allows(nonces), "not the nonces of this input, or these inputs")
        try enqueue(first: UInt32(nonces.lowerBound), count: nonces.count)
    }

    /// - Parameter count: hashes. With 0, the kernels start and return.
    private func enqueue(first: UInt32, count: Int) throws {
        let hashes = max(1, count)
        for kernel in kernels.all { try kernel.set(ScryptKernels.count, UInt32(count)) }
        try kernels.start.set(InputBuffer.firstNonce, first)
        try queue.launch(kernels.start, items: hashes, group: launch.groupHash)
        for turns in slices.parts {
            try kernels.mix.set(ScryptKernels.firstTurn, UInt32(turns.lowerBound))
            try kernels.mix.set(ScryptKernels.turns, UInt32(turns.count))
            try queue.launch(kernels.mix, items: launch.items * hashes, group: launch.items * launch.groupLoop)
        }
        try queue.launch(kernels.finish, items: hashes, group: launch.groupHash)
    }

    package func candidate(_ nonce: UInt32, _ digest: Digest) -> Candidate { Candidate(nonce: nonce, digest: digest) }
}
