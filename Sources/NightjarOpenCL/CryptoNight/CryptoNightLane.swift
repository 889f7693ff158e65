import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// One stream of CryptoNight batches on an OpenCL device: a queue, its scratchpads and its kernels.
package final class CryptoNightLane: BatchLane {
    package let batch: Int

    package let runtime: DeviceRuntime
    private let algorithm: Algorithm
    private let parameters: CryptoNightParameters
    private let launch: CryptoNightLaunch
    package let queue: Queue

    private let pads: ScratchpadBuffers
    private let states: Buffer
    package let results: BatchResults
    package let message: InputBuffer

    private let kernels: CryptoNightKernels
    /// The main loop and the height it is for; `nil` before the first `prepare`.
    private var mainLoop: (kernel: Kernel, height: UInt64?)?
    /// `nil` before the first input.
    private var contents: BatchContents?
    package var slices: Slices

    /// - Parameters:
    ///   - runtime: the device's.
    ///   - algorithm: must be of the CryptoNight family.
    ///   - launch: how to launch it.
    ///   - room: the most hits of a batch that there is room for.
    /// - Throws: ``CallFailure`` when there is not enough memory, ``BuildFailure`` when a kernel does not build.
    package init(
        _ runtime: DeviceRuntime, _ algorithm: Algorithm, launch: CryptoNightLaunch, room: Int = BatchResults.most
    ) throws {
        guard let parameters = algorithm.parameters as? CryptoNightParameters else {
            preconditionFailure("not CryptoNight")
        }
        self.runtime = runtime
        self.algorithm = algorithm
        self.parameters = parameters
        self.launch = launch
        batch = launch.batch
        slices = Slices(
            first: min(launch.turns, runtime.quirks.mostTurns), whole: parameters.iterations,
            milliseconds: launch.milliseconds)
        let context = runtime.context
        kernels = try CryptoNightKernels(
            runtime.program("CryptoNight/Frame.cl", prelude: Prelude(parameters, launch: launch)))
        queue = try Queue(context)
        pads = try ScratchpadBuffers(
            context, counts: launch.buffers, padsPerBuffer: launch.padsPerBuffer, bytes: parameters.memory)
        states = try Buffer(context, bytes: launch.batch * 8 * Prelude.stateWords, purpose: "states")
        results = try BatchResults(context, room: min(room, launch.batch), kernel: kernels.finish)
        message = try InputBuffer(context, bytes: 1024, form: CryptoNightForm(), length: CryptoNightKernels.blocks)
        try kernels.set(states: states, pads: pads)
    }

    package func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is for one algorithm")
        try onDevice(runtime.device.id) {
            try prepareMainLoop(height: work.height)
            try message.upload(
                work.input(nonce: 0), nonceOffset: work.nonceOffset, queue, for: [kernels.absorb])
            try begin(.work(hasNonce: work.nonceOffset != nil))
        }
    }

    package func use(_ epoch: Epoch) throws { try prepareMainLoop(height: epoch.height) }

    package func upload(_ inputs: Inputs, _ order: ArraySlice<Int>) throws {
        try message.upload(inputs, order, queue, for: [kernels.absorb])
        try begin(.inputs(order.count))
    }

    // MARK: Preparing

    private func begin(_ next: BatchContents) throws {
        if contents == nil {
            // Some drivers compile at a kernel's first launch. That must not happen in the first batch.
            try results.begin(queue)
            try enqueueFrame(first: 0, count: 0)
            try queue.finish()
        }
        contents = next
    }

    private func prepareMainLoop(height: UInt64?) throws {
        let height = parameters.base == .r ? height : nil
        if let mainLoop, mainLoop.height == height { return }
        if parameters.need == .height {
            let precompiler: DeviceRuntime.Precompiler = { [parameters, launch] runtime, height in
                try runtime.makeMainLoop(parameters, launch: launch, height: height)
            }
            runtime.keep(precompiler, for: algorithm)
        }
        let kernel = try runtime.mainLoop(parameters, launch: launch, height: height)
        try kernel.set(CryptoNightKernels.states, states)
        try pads.set(kernel)
        try kernel.set(CryptoNightKernels.count, 0)
        // Some drivers compile at the first launch; see `prepare`.
        try launchMainLoop(kernel, 0..<0, hashes: launch.groupLoop)
        try queue.finish()
        mainLoop = (kernel, height)
    }

    // MARK: Running

    package var turnsOfBatch: Int { parameters.iterations }

    package func candidate(_ nonce: UInt32, _ digest: Digest) -> Candidate { Candidate(nonce: nonce, digest: digest) }

    package func run(_ nonces: Range<UInt64>) throws {
        guard let contents, let mainLoop else { preconditionFailure("not prepared") }
        precondition(!nonces.isEmpty && nonces.count <= batch && nonces.upperBound <= 1 << 32, "nonces out of bounds")
        precondition(contents.allows(nonces), "not the nonces of this input, or these inputs")
        let count = nonces.count
        try mainLoop.kernel.set(CryptoNightKernels.count, UInt32(count))
        try enqueueFrame(first: UInt32(nonces.lowerBound), count: count) {
            for turns in slices.parts { try launchMainLoop(mainLoop.kernel, turns, hashes: count) }
        }
    }

    private func launchMainLoop(_ kernel: Kernel, _ turns: Range<Int>, hashes: Int) throws(CallFailure) {
        let items = parameters.itemsInLoop
        try kernel.set(CryptoNightKernels.firstTurn, UInt32(turns.lowerBound))
        try kernel.set(CryptoNightKernels.turns, UInt32(turns.count))
        try queue.launch(kernel, items: items * hashes, group: items * launch.groupLoop)
    }

    /// - Parameters:
    ///   - count: hashes. With 0, the kernels start and return.
    ///   - mainLoop: enqueues the main loop.
    private func enqueueFrame(first: UInt32, count: Int, mainLoop: () throws -> Void = {}) throws {
        let items = max(1, count)
        for kernel in kernels.all { try kernel.set(CryptoNightKernels.count, UInt32(count)) }
        try kernels.absorb.set(InputBuffer.firstNonce, first)
        try queue.launch(kernels.absorb, items: items, group: launch.groupHash)
        try queue.launch(
            kernels.explode, items: CryptoNightLaunch.itemsInFill * items, group: launch.groupFill)
        try mainLoop()
        try queue.launch(
            kernels.implode, items: CryptoNightLaunch.itemsInFill * items, group: launch.groupFill)
        try queue.launch(kernels.finish, items: items, group: launch.groupHash)
    }
}
