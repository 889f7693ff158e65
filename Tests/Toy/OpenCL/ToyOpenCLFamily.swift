import NightjarCore
import NightjarDevices
import NightjarOpenCL

/// The toy on OpenCL devices: its kernel comes along with it.
package struct ToyOpenCLFamily: OpenCLFamily {
    package init() {}

    package var sources: [String: String] { [ToyKernel.path: ToyKernel.source] }

    /// A batch is all nonces of a work, but on CPUs, where it would take minutes.
    package func launch(
        _ parameters: ToyParameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> ToyOpenCLLaunch {
        let batch = settings["batch"] ?? (limits.kind == .cpu ? 1 << 16 : 1 << 32)
        let slice = settings["slice"] ?? 1 << 14
        guard (1...1 << 32).contains(batch), slice > 0 else { throw LaunchRefusal(reason: "there are only 2³² nonces") }
        return ToyOpenCLLaunch(batch: batch, slice: slice)
    }
}

package struct ToyOpenCLLaunch: OpenCLLaunch {
    package let batch: Int
    /// Nonces of one launch.
    let slice: Int

    package var settings: TuningSettings { TuningSettings(["batch": batch, "slice": slice]) }

    package func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane {
        try onDevice(runtime.device.id) { try ToyOpenCLLane(runtime, self) }
    }
}

/// The kernel and its signature.
package enum ToyKernel {
    static let path = "Toy/Toy.cl"
    static let words = KernelParameter<UInt32>("words")
    static let firstSlot = KernelParameter<UInt32>("first_slot")
    static let count = KernelParameter<UInt32>("count")
    static let signature = KernelSignature(
        "toy", InputBuffer.parameters(length: words), firstSlot, count, BatchResults.parameters)
    /// Work-items of a group.
    static let group = 16

    static let source = """
        // Four FNV-1a sums of a message.
        //
        // Launch: one work-item a hash, for the slots from first_slot on, at least `count` of them in groups of 16.
        #include "Primitives/Message.cl"
        #include "Primitives/Results.cl"

        __kernel __attribute__((reqd_work_group_size(16, 1, 1))) void toy(
            __global const ulong *message, const uint words, const uint nonce_word, const uint nonce_shift,
            const uint first_nonce, const uint first_slot, const uint count, NJ_RESULT_ARGUMENTS) {
            NJ_SUM_MEMORY;
            const uint item = (uint)get_global_id(0), slot = first_slot + item;
            ulong digest[4];
            for (uint i = 0; i < 4; ++i) digest[i] = 0xCBF29CE484222325UL + i;
            for (uint at = 0; at < words; ++at) {
                const ulong word = nj_message_word(message, at, nonce_word, nonce_shift, first_nonce + slot);
                for (uint byte = 0; byte < 64; byte += 8)
                    for (uint i = 0; i < 4; ++i) digest[i] = (digest[i] ^ (word >> byte & 255)) * 0x100000001B3UL;
            }
            nj_hand_up(NJ_RESULTS, group_sum, slot, item < count, digest[3], digest);
        }

        """
}

/// One stream of toy batches. Nothing in it grows with the batch.
private final class ToyOpenCLLane: BatchLane {
    let batch: Int
    let runtime: DeviceRuntime
    let queue: Queue
    let results: BatchResults
    var slices: Slices
    private let kernel: Kernel
    private let message: InputBuffer

    init(_ runtime: DeviceRuntime, _ launch: ToyOpenCLLaunch) throws {
        self.runtime = runtime
        batch = launch.batch
        // Milliseconds of 0: a launch is as long as the test says.
        slices = Slices(first: launch.slice, whole: launch.batch, milliseconds: 0)
        queue = try Queue(runtime.context)
        kernel = try Kernel(runtime.program(ToyKernel.path, prelude: Prelude()), ToyKernel.signature)
        results = try BatchResults(runtime.context, room: min(BatchResults.most, batch), kernel: kernel)
        message = try InputBuffer(runtime.context, bytes: 80, length: ToyKernel.words)
    }

    /// Nonces are what a batch loops over.
    var turnsOfBatch: Int { batch }

    func prepare(_ work: Work) throws {
        try onDevice(runtime.device.id) {
            let input = work.input(nonce: 0)
            try message.upload(input, length: input.count / 8, nonceOffset: work.nonceOffset, queue, for: [kernel])
        }
    }

    func run(_ nonces: Range<UInt64>) throws {
        try kernel.set(InputBuffer.firstNonce, UInt32(nonces.lowerBound))
        for slice in slices.parts {
            let slots = slice.clamped(to: 0..<nonces.count)
            if slots.isEmpty { return }
            try kernel.set(ToyKernel.firstSlot, UInt32(slots.lowerBound))
            try kernel.set(ToyKernel.count, UInt32(slots.count))
            try queue.launch(kernel, items: slots.count, group: ToyKernel.group)
        }
    }

    func candidate(_ nonce: UInt32, _ digest: Digest) -> Candidate { Candidate(nonce: nonce, digest: digest) }
}
