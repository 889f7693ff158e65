import CKernels
import NightjarAlgorithms
import NightjarCore

/// How RandomX is launched on a device: the kernels' defaults, or what somebody measured.
package struct RandomXLaunch: Sendable, Hashable {
    /// Work-items of a group in start, decode, reseed and finish.
    package var groupHash: Int
    /// Work-items of a group in fill, generate and digest, which have four for a hash.
    package var groupFill: Int
    /// Work-items, and hashes, of a group in execute.
    package var groupLoop: Int
    /// Work-items, and items, of a group in dataset.
    package var groupItems: Int
    /// Hashes of a batch.
    package var batch: Int
    /// Scratchpads of one buffer; there are at most four buffers.
    package var padsPerBuffer: Int
    /// Lines of 64 bytes of one buffer, cache or dataset, as a power of two; there are at most four buffers.
    package var linesShift: Int
    /// Iterations of a program in one launch, which go in pairs, as long as nobody has measured how long they take:
    /// with a dataset, and in light mode.
    package var iterations, iterationsLight: Int
    /// Milliseconds that a launch of such iterations may take; 0 leaves their number as it is.
    package var milliseconds: Int
    /// Dataset items of one launch.
    package var items: Int
    /// Whether a group orders its programs so that its members run instructions of one class together; then it has at
    /// most 32 members.
    package var takesTurns: Bool
    /// Whether arithmetic is rounded by the hardware's modes, in PTX, where the device's compiler takes that.
    package var usesPTX: Bool
    /// Whether the device has room for a dataset beside its scratchpads, and the lane makes one when it settles.
    package var hasDataset: Bool
    /// As many hashes as a batch may have on this device.
    package let mostHashes: Int

    /// The default for a device: the data beside the kernels, within the device's limits.
    ///
    /// - Parameter dataset: whether to have a dataset where there is room; `nil` means on everything but CPUs, where it
    ///   takes minutes and memory that the native CPU has a better use for.
    /// - Throws: ``LaunchRefusal`` when the device cannot run it at all.
    package init(
        _ parameters: RandomXParameters, within limits: DeviceLimits, dataset: Bool? = nil
    ) throws(LaunchRefusal) {
        guard limits.fp64 else {
            throw LaunchRefusal(reason: "the device has no 64-bit floating point, which RandomX needs")
        }
        let defaults = nj_randomx_launch_default(limits.kind == .cpu ? 1 : 0)
        let group = { (wanted: UInt32) in max(1, min(Int(wanted), limits.maxGroup)) }
        groupHash = group(defaults.group_hash)
        groupFill = group(defaults.group_fill)
        groupLoop = group(defaults.group_loop)
        groupItems = group(defaults.group_items)
        iterations = Int(defaults.iterations)
        iterationsLight = Int(defaults.iterations_light)
        milliseconds = Int(defaults.milliseconds)
        items = Int(defaults.items)
        takesTurns = defaults.takes_turns != 0
        usesPTX = limits.acceptsPTX

        let pad = UInt64(parameters.scratchpadL3)
        let cache = UInt64(parameters.cacheSize)
        let items = parameters.datasetItems
        let budget = limits.memory / 100 * UInt64(defaults.memory_percent)
        // The cache is filled in the host's memory, which is a CPU device's own too.
        let caches = limits.kind == .cpu ? 2 * cache : cache
        let light = caches + pad
        let linesPerBuffer = limits.maxAllocation / 64
        guard budget >= light, limits.maxAllocation >= pad, linesPerBuffer > 0,
            cache / 64 <= Self.maxBuffers << UInt64(linesPerBuffer.log2)
        else {
            throw LaunchRefusal(
                reason: "the device has no memory for a RandomX cache of \(cache >> 20) MiB and a scratchpad")
        }
        // The cache must stay while the dataset is computed from it.
        let fits = budget >= light + 64 * items && items <= Self.maxBuffers << UInt64(linesPerBuffer.log2)
        hasDataset = fits && (dataset ?? (limits.kind != .cpu))
        // A shift below the width of the numbers, which makes one buffer of whatever fits into it.
        linesShift = linesPerBuffer >= max(items, cache / 64) ? Self.singleBufferShift : linesPerBuffer.log2

        let perBuffer = Int(clamping: limits.maxAllocation / pad)
        let room = budget - caches - (hasDataset ? 64 * items : 0)
        mostHashes = min(
            Int(clamping: room / (pad + UInt64(Self.bytesPerHash(parameters)))),
            perBuffer.multipliedReportingOverflow(by: Int(Self.maxBuffers)).partialValue)
        var batch = min(max(1, limits.computeUnits) * Int(defaults.hashes_per_unit), mostHashes)
        // A group that is half empty takes as long as a full one.
        if batch > groupLoop { batch = batch / groupLoop * groupLoop }
        self.batch = max(1, batch)
        padsPerBuffer = min(perBuffer, self.batch)
    }

    /// As many as the kernels take as arguments.
    package static let maxBuffers = UInt64(ScratchpadBuffers.maximum)
    /// Items that a work-item of dataset computes, NJ_RX_ITEMS of Item.cl.
    package static let itemsAtOnce = 2
    /// Entries of a group's table of turns for each instruction of a program, NJ_RX_TURNS of Schedule.cl.
    package static let turnsPerInstruction = 5
    /// More lines than any cache or dataset has.
    package static let singleBufferShift = 31

    /// Scratchpads of each buffer, one number a buffer.
    package var padBuffers: [Int] {
        stride(from: 0, to: batch, by: padsPerBuffer).map { min(padsPerBuffer, batch - $0) }
    }

    /// Lines of each buffer of `lines` in all, one number a buffer.
    package func lineBuffers(_ lines: Int) -> [Int] {
        stride(from: 0, to: lines, by: 1 << linesShift).map { min(1 << linesShift, lines - $0) }
    }

    /// Device memory of a hash beside its scratchpad, at most.
    private static func bytesPerHash(_ parameters: RandomXParameters) -> Int {
        // The program's bytes; twice the program with its extras; turns of a group of one.
        (8 + 2 * 16 + 8 * turnsPerInstruction) * parameters.programSize + 1024
    }
}

extension UInt64 {
    /// The exponent of the largest power of two that is not greater; of a number above zero.
    fileprivate var log2: Int { UInt64.bitWidth - 1 - leadingZeroBitCount }
}
