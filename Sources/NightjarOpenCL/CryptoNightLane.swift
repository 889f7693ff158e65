import NightjarAlgorithms
import NightjarCore

/// One stream of CryptoNight batches on an OpenCL device: a queue, its scratchpads and its kernels.
package final class CryptoNightLane: Lane {
    package let batch: Int

    private let runtime: DeviceRuntime
    private let algorithm: Algorithm
    private let parameters: CryptoNightParameters
    private let launch: CryptoNightLaunch
    private let queue: Queue

    private let pads: [Buffer]
    private let states: Buffer
    private let found: Buffer
    private let slots: Buffer
    private let digests: Buffer
    /// The padded input. Grows when an input is longer than any before.
    private var message: Buffer

    private let absorb: Kernel
    private let explode: Kernel
    private let implode: Kernel
    private let finish: Kernel
    /// The main loop and the height it is for; `nil` before the first `prepare`.
    private var mainLoop: (kernel: Kernel, height: UInt64?)?
    private var prepared: Work?

    // Where results arrive, so that `scan` allocates nothing.
    private let hostSlots: UnsafeMutableBufferPointer<UInt32>
    private let hostDigests: UnsafeMutableBufferPointer<Digest>

    /// - Parameters:
    ///   - runtime: of the device.
    ///   - algorithm: of the CryptoNight family; a programmer's error otherwise.
    ///   - launch: how to launch it.
    /// - Throws: ``DeviceError`` when there is not enough memory or a kernel does not build.
    package init(_ runtime: DeviceRuntime, _ algorithm: Algorithm, launch: CryptoNightLaunch) throws(DeviceError) {
        guard case .cryptonight(let parameters) = algorithm.family else { preconditionFailure("not CryptoNight") }
        precondition(MemoryLayout<Digest>.stride == 32, "digests are copied as 32 bytes each")
        self.runtime = runtime
        self.algorithm = algorithm
        self.parameters = parameters
        self.launch = launch
        batch = launch.batch
        let context = runtime.context
        let built = try onDevice(runtime.device.id) {
            let program = try runtime.program(
                "CryptoNight/Frame.cl", prelude: Prelude(parameters, launch: launch))
            return (
                queue: try Queue(context, waitsByPolling: runtime.quirks.waitsByPolling),
                pads: try launch.buffers.map {
                    try Buffer(context, bytes: $0 * parameters.memory, purpose: "scratchpads")
                },
                states: try Buffer(context, bytes: launch.batch * Self.stateBytes, purpose: "states"),
                found: try Buffer(context, bytes: 4, purpose: "the count of hits"),
                slots: try Buffer(context, bytes: launch.batch * 4, purpose: "slots"),
                digests: try Buffer(context, bytes: launch.batch * 32, purpose: "digests"),
                message: try Buffer(context, bytes: 8 * Self.rate, purpose: "the input"),
                absorb: try Kernel(program, "cn_absorb"), explode: try Kernel(program, "cn_explode"),
                implode: try Kernel(program, "cn_implode"), finish: try Kernel(program, "cn_finish")
            )
        }
        (queue, pads, states, found) = (built.queue, built.pads, built.states, built.found)
        (slots, digests, message) = (built.slots, built.digests, built.message)
        (absorb, explode, implode, finish) = (built.absorb, built.explode, built.implode, built.finish)
        hostSlots = .allocate(capacity: launch.batch)
        hostSlots.initialize(repeating: 0)
        hostDigests = .allocate(capacity: launch.batch)
        hostDigests.initialize(repeating: Digest())
        try onDevice(runtime.device.id) {
            try setPads(explode)
            try setPads(implode)
            try finish.set(0, states)
            try finish.set(4, found)
            try finish.set(5, slots)
            try finish.set(6, digests)
        }
    }

    deinit {
        hostSlots.deallocate()
        hostDigests.deallocate()
    }

    package func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is for one algorithm")
        try onDevice(runtime.device.id) {
            try prepareMainLoop(height: work.height)
            try upload(work)
            if prepared == nil {
                // Some drivers compile at a kernel's first launch: that belongs here, not into the first batch.
                try enqueueFrame(first: 0, count: 0, target: 0, everything: true)
                try queue.finish()
            }
            prepared = work
        }
    }

    package func scan(_ nonces: Range<UInt64>, target: Target, into candidates: inout [Candidate]) throws {
        try onDevice(runtime.device.id) {
            let count = nonces.count
            try run(nonces, target: target.value, everything: false)
            var hits: UInt32 = 0
            try withUnsafeMutableBytes(of: &hits) { try queue.read(found, into: $0) }
            guard hits > 0 else { return }
            guard hits <= count else {
                throw DeviceError(
                    device: runtime.device.id, reason: "reports \(hits) candidates for \(count) nonces")
            }
            try queue.read(slots, into: UnsafeMutableRawBufferPointer(rebasing: bytes(hostSlots)[..<(Int(hits) * 4)]))
            try queue.read(
                digests, into: UnsafeMutableRawBufferPointer(rebasing: bytes(hostDigests)[..<(Int(hits) * 32)]))
            guard hostSlots[..<Int(hits)].allSatisfy({ $0 < count }) else {
                throw DeviceError(device: runtime.device.id, reason: "reports a candidate outside its nonces")
            }
            let first = UInt32(nonces.lowerBound)
            for i in 0..<Int(hits) {
                candidates.append(Candidate(nonce: first + hostSlots[i], digest: hostDigests[i]))
            }
        }
    }

    package func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        precondition(digests.count >= nonces.count, "no room for the digests")
        try onDevice(runtime.device.id) {
            try run(nonces, target: 0, everything: true)
            try queue.read(
                self.digests, into: UnsafeMutableRawBufferPointer(rebasing: bytes(digests)[..<(nonces.count * 32)]))
        }
    }

    // MARK: Preparing

    /// Bytes of a hash's record, as in Parameters.cl.
    private static let stateBytes = 26 * 8
    /// Keccak's, in bytes.
    private static let rate = 136
    /// A word that no message has: no nonce.
    private static let noNonce = UInt32.max

    private func prepareMainLoop(height: UInt64?) throws {
        let height = parameters.base == .r ? height : nil
        if let mainLoop, mainLoop.height == height { return }
        if parameters.base == .r { runtime.note(algorithm, launch: launch) }
        let kernel = try runtime.mainLoop(parameters, launch: launch, height: height)
        try setPads(kernel)
        try kernel.set(Self.countIndex, UInt32(0))
        // Compiles what the driver left for the first launch; see `prepare`.
        try launchMainLoop(kernel, hashes: launch.groupLoop)
        try queue.finish()
        mainLoop = (kernel, height)
    }

    /// Pads the input for Keccak, the nonce's bytes zero, and sends it to the device.
    private func upload(_ work: Work) throws {
        let input = work.input(nonce: 0)
        let blocks = input.count / Self.rate + 1
        var padded = input + [UInt8](repeating: 0, count: blocks * Self.rate - input.count)
        padded[input.count] ^= 0x01
        padded[padded.count - 1] ^= 0x80
        if padded.count > message.bytes {
            message = try Buffer(runtime.context, bytes: padded.count, purpose: "the input")
        }
        try padded.withUnsafeBytes { try queue.write($0, to: message) }
        try absorb.set(0, message)
        try absorb.set(1, UInt32(blocks))
        try absorb.set(2, work.nonceOffset.map { UInt32($0 / 8) } ?? Self.noNonce)
        try absorb.set(3, work.nonceOffset.map { UInt32($0 % 8 * 8) } ?? 0)
        try absorb.set(6, states)
    }

    // MARK: Running

    /// Where NJ_PAD_ARGUMENTS leave the argument `count`.
    private static let countIndex = 6

    private func setPads(_ kernel: Kernel) throws {
        try kernel.set(0, states)
        for i in 0..<CryptoNightLaunch.maxBuffers { try kernel.set(1 + i, pads[i < pads.count ? i : 0]) }
        try kernel.set(1 + CryptoNightLaunch.maxBuffers, UInt32(launch.padsPerBuffer))
    }

    private func run(_ nonces: Range<UInt64>, target: UInt64, everything: Bool) throws {
        guard let work = prepared, let mainLoop else { preconditionFailure("not prepared") }
        precondition(!nonces.isEmpty && nonces.count <= batch && nonces.upperBound <= 1 << 32, "nonces out of bounds")
        precondition(work.nonceOffset != nil || nonces == 0..<1, "work without a nonce is hashed once")
        let count = nonces.count
        try mainLoop.kernel.set(Self.countIndex, UInt32(count))
        var none: UInt32 = 0
        try withUnsafeBytes(of: &none) { try queue.write($0, to: found) }
        try enqueueFrame(first: UInt32(nonces.lowerBound), count: count, target: target, everything: everything) {
            try launchMainLoop(mainLoop.kernel, hashes: count)
        }
    }

    private func launchMainLoop(_ kernel: Kernel, hashes: Int) throws(CallFailure) {
        let items = parameters.itemsInLoop
        try queue.launch(kernel, items: items * hashes, group: items * launch.groupLoop)
    }

    /// - Parameter mainLoop: enqueues the main loop. Without one, `count` is 0: the kernels start and return.
    private func enqueueFrame(
        first: UInt32, count: Int, target: UInt64, everything: Bool, mainLoop: () throws -> Void = {}
    ) throws {
        let items = max(1, count)
        let number = UInt32(count)
        try absorb.set(4, first)
        try absorb.set(5, number)
        try queue.launch(absorb, items: items, group: launch.groupHash)
        try explode.set(Self.countIndex, number)
        try queue.launch(explode, items: CryptoNightLaunch.itemsInFill * items, group: launch.groupFill)
        try mainLoop()
        try implode.set(Self.countIndex, number)
        try queue.launch(implode, items: CryptoNightLaunch.itemsInFill * items, group: launch.groupFill)
        try finish.set(1, target)
        try finish.set(2, UInt32(everything ? 1 : 0))
        try finish.set(3, number)
        try queue.launch(finish, items: items, group: launch.groupHash)
    }

    private func bytes<Element>(_ buffer: UnsafeMutableBufferPointer<Element>) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(buffer)
    }
}
