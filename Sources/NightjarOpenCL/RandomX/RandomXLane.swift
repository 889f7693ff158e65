import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// One stream of RandomX batches on an OpenCL device: a queue, its scratchpads and its kernels.
///
/// It begins in light mode: dataset items are computed from the cache as they are read. ``settle(_:)`` prepares a
/// dataset, if there is memory for it.
package final class RandomXLane: BatchLane {
    package let batch: Int

    package let runtime: DeviceRuntime
    private let algorithm: Algorithm
    private let parameters: RandomXParameters
    private var launch: RandomXLaunch
    package let queue: Queue

    private let memory: RandomXMemory
    package let results: BatchResults
    package let message: InputBuffer

    private let kernels: RandomXKernels

    package var slices: Slices
    package private(set) var remarks: [String] = []

    /// The seed's cache or dataset; `nil` before the first `prepare`.
    private var epoch: RandomXEpoch?
    /// The work that was prepared last; `nil` when a batch is of inputs.
    private var work: Work?
    /// `nil` before the first input.
    private var contents: BatchContents?
    /// Why the lane has no dataset: the device had no memory for one. The lane does not try again.
    private var refusal: String?
    /// The input, for commitments. Its nonce changes.
    private var input: [UInt8] = []

    /// - Parameters:
    ///   - runtime: the device's.
    ///   - algorithm: must be of the RandomX family.
    ///   - launch: how to launch it.
    ///   - room: the most hits of a batch that there is room for.
    /// - Throws: ``CallFailure`` when there is not enough memory, ``BuildFailure`` when a kernel does not build.
    package init(
        _ runtime: DeviceRuntime, _ algorithm: Algorithm, launch: RandomXLaunch, room: Int = BatchResults.most
    ) throws {
        guard let parameters = algorithm.parameters as? RandomXParameters else { preconditionFailure("not RandomX") }
        precondition(launch.iterationsLight.isMultiple(of: 2), "in light mode iterations go in pairs")
        self.runtime = runtime
        self.algorithm = algorithm
        self.parameters = parameters
        self.launch = launch
        batch = launch.batch
        slices = Self.slices(parameters, launch, light: true)
        let context = runtime.context
        kernels = try RandomXKernels(
            runtime.program("RandomX/Frame.cl", prelude: Prelude(parameters, launch: launch)))
        queue = try Queue(context)
        memory = try RandomXMemory(context, parameters, launch: launch)
        results = try BatchResults(context, room: min(room, launch.batch), kernel: kernels.finish)
        message = try InputBuffer(context, bytes: 400, form: RandomXForm(), length: RandomXKernels.length)
        try memory.set(kernels)
    }

    // MARK: Lane

    package func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is for one algorithm")
        try onDevice(runtime.device.id) {
            try use(work.epoch)
            try message.upload(
                work.input(nonce: 0), nonceOffset: work.nonceOffset, queue, for: [kernels.start, kernels.finish])
            self.work = work
            input = work.input
            try begin(.work(hasNonce: work.nonceOffset != nil))
        }
    }

    package func use(_ next: Epoch) throws {
        guard let seed = next.seed else { preconditionFailure("work for RandomX was made without a seed") }
        guard epoch?.seed != seed else { return }
        // The device has no memory for two: free the old one first.
        epoch = nil
        let made = try makeEpoch(seed)
        try memory.set(made)
        slices = Self.slices(parameters, launch, light: true)
        epoch = made
    }

    package func upload(_ inputs: Inputs, _ order: ArraySlice<Int>) throws {
        try message.upload(inputs, order, queue, for: [kernels.start, kernels.finish])
        work = nil
        try begin(.inputs(order.count))
    }

    private func begin(_ next: BatchContents) throws {
        if contents == nil {
            // Some drivers compile at a kernel's first launch. That must not happen in the first batch.
            try results.begin(queue)
            try enqueue(first: 0, count: 0)
        }
        contents = next
        try queue.finish()
    }

    /// A driver's compiler may refuse statements that it should accept. Then the kernels are built without them.
    private func makeEpoch(_ seed: [UInt8]) throws -> RandomXEpoch {
        do {
            return try RandomXEpoch(runtime, parameters, launch: launch, seed: seed, queue: queue)
        } catch let failure as BuildFailure {
            guard let portable = launch.portable else { throw failure }
            launch = portable.launch
            remarks.append("\(portable.words), which the driver's compiler refuses: \(failure)")
            return try RandomXEpoch(runtime, parameters, launch: launch, seed: seed, queue: queue)
        }
    }

    package func settle(_ settling: Settling) throws -> Settlement {
        guard launch.hasDataset, let epoch, epoch.dataset == nil, let work else { return .settled }
        if let refusal { return .refused(reason: refusal) }
        return try onDevice(runtime.device.id) {
            let light = try digestOfOne()
            do {
                guard
                    try epoch.makeDataset(runtime, parameters, launch: launch, queue: queue, settling: settling)
                else { return .cancelled }
            } catch let error as CallFailure where error.isOutOfMemory {
                // Light mode is slower, but its hashes are right.
                let reason = "RandomX runs in light mode: \(error)"
                refusal = reason
                return .refused(reason: reason)
            }
            try memory.set(epoch)
            slices = Self.slices(parameters, launch, light: false)
            // The known answers were tested in light mode. This comparison proves the dataset.
            guard try digestOfOne() == light else {
                throw NightjarError(
                    device: runtime.device.id,
                    reason: "computes another hash of \(work.algorithm) with the dataset than without it")
            }
            return .settled
        }
    }

    private static func slices(_ parameters: RandomXParameters, _ launch: RandomXLaunch, light: Bool) -> Slices {
        Slices(
            first: light ? launch.iterationsLight : launch.iterations, whole: parameters.programIterations, unit: 2,
            milliseconds: launch.milliseconds)
    }

    // MARK: Running

    package var turnsOfBatch: Int { parameters.programCount * parameters.programIterations }

    package func candidate(_ nonce: UInt32, _ digest: Digest) -> Candidate {
        Candidate(nonce: nonce, proof: proof(digest, nonce: nonce))
    }

    package func run(_ nonces: Range<UInt64>) throws {
        guard let contents else { preconditionFailure("not prepared") }
        precondition(!nonces.isEmpty && nonces.count <= batch && nonces.upperBound <= 1 << 32, "nonces out of bounds")
        precondition(contents.allows(nonces), "not the nonces of this input, or these inputs")
        try enqueue(first: UInt32(nonces.lowerBound), count: nonces.count)
    }

    /// - Parameter count: hashes. With 0, the kernels start and return.
    private func enqueue(first: UInt32, count: Int) throws {
        guard let epoch else { preconditionFailure("not prepared") }
        let items = max(1, count)
        let groups = (items + launch.groupLoop - 1) / launch.groupLoop
        for kernel in kernels.all { try kernel.set(RandomXKernels.count, UInt32(count)) }
        try epoch.execute.set(RandomXKernels.count, UInt32(count))
        try epoch.split?.set(RandomXKernels.count, UInt32(count))
        try kernels.start.set(InputBuffer.firstNonce, first)
        try kernels.finish.set(InputBuffer.firstNonce, first)

        try queue.launch(kernels.start, items: items, group: launch.groupHash)
        try queue.launch(kernels.fill, items: 4 * items, group: launch.groupFill)
        for program in 0..<parameters.programCount {
            if program > 0 { try queue.launch(kernels.reseed, items: items, group: launch.groupHash) }
            try queue.launch(kernels.generate, items: 4 * items, group: launch.groupFill)
            try queue.launch(kernels.decode, items: items, group: launch.groupHash)
            if let split = epoch.split { try queue.launch(split, items: items, group: launch.groupLoop) }
            for iterations in slices.parts {
                try epoch.execute.set(RandomXKernels.first, UInt32(iterations.lowerBound))
                try epoch.execute.set(RandomXKernels.iterations, UInt32(iterations.count))
                try queue.launch(epoch.execute, items: groups * launch.groupExecute, group: launch.groupExecute)
            }
        }
        try queue.launch(kernels.digest, items: 4 * items, group: launch.groupFill)
        try queue.launch(kernels.finish, items: items, group: launch.groupHash)
    }

    /// The digest of the work with the nonce zero.
    private func digestOfOne() throws -> Digest {
        var digest = Digest()
        try withUnsafeMutablePointer(to: &digest) {
            try digests(0..<1, into: UnsafeMutableBufferPointer(start: $0, count: 1))
        }
        return digest
    }

    private func proof(_ digest: Digest, nonce: UInt32) -> Proof {
        if let offset = work?.nonceOffset {
            for i in 0..<4 { input[offset + i] = UInt8(truncatingIfNeeded: nonce >> (8 * UInt32(i))) }
        }
        return input.withUnsafeBytes { algorithm.proof(digest, of: $0) }
    }
}

extension CallFailure {
    /// Whether the device, or the host, had too little memory.
    fileprivate var isOutOfMemory: Bool {
        // CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_HOST_MEMORY, CL_INVALID_BUFFER_SIZE. CL_OUT_OF_RESOURCES is also
        // the code of a launch that crashed, so it counts for buffers only.
        [-4, -6, -61].contains(code) || (code == -5 && call.hasPrefix("clCreateBuffer"))
    }
}
