import CKernels
import NightjarAlgorithms
import NightjarCore

/// How RandomX is launched on a device: by default, or as it was measured to be fastest.
package struct RandomXLaunch: Sendable, Hashable {
    /// Work-items of a group in start, decode, reseed and finish.
    package var groupHash: Int
    /// Work-items of a group in fill, generate and digest, which have four for a hash.
    package var groupFill: Int
    /// Hashes of a group in execute. See ``groupExecute``.
    package var groupLoop: Int
    /// Work-items, and items, of a group in dataset.
    package var groupItems: Int
    /// Hashes of a batch.
    package var batch: Int
    /// Scratchpads of one buffer; there are at most four buffers.
    package var padsPerBuffer: Int
    /// The number of 64-byte lines in one buffer of a cache or dataset is 2 to this power; there are at most four
    /// buffers.
    package var linesShift: Int
    /// Iterations of a program in one launch, until it is measured how long they take: with a dataset, and in light
    /// mode. Even numbers, because iterations go in pairs.
    package var iterations, iterationsLight: Int
    /// Milliseconds that a launch of iterations may take; 0 leaves their number as it is.
    package var milliseconds: Int
    /// Dataset items of one launch.
    package var items: Int
    /// How programs run: 0 in their own order; 1 as two streams of instructions, whose steps are one path of code; 2 with a
    /// work-item for each stream. With streams a group has at most 32 hashes, for its local memory.
    package var streams: Int
    /// The work-items of a group that may share an instruction stream. The two of a hash must not.
    package var sharing: Int
    /// Whether PTX instructions round numbers, where the device's compiler accepts PTX.
    package var usesPTX: Bool
    /// Whether AMD's instructions set the rounding mode, where the device's compiler accepts them.
    package var usesGCN: Bool
    /// Whether the lane may prepare a dataset: the device has memory for one beside the scratchpads.
    package var hasDataset: Bool
    /// The most hashes of a batch on this device.
    package let mostHashes: Int

    /// The default for a device: the numbers in Kernels/RandomX/Launch.h and ``DefaultRow``, within the device's limits.
    ///
    /// - Parameter dataset: whether to have a dataset if there is memory for it; `nil` means on all devices but CPUs.
    ///   There it takes minutes, and memory that the native CPU uses better.
    /// - Throws: ``LaunchRefusal`` when the device cannot run the algorithm.
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
        groupItems = group(defaults.group_items)
        iterations = Int(defaults.iterations)
        iterationsLight = Int(defaults.iterations_light)
        milliseconds = Int(defaults.milliseconds)
        items = Int(defaults.items)
        usesPTX = limits.acceptsPTX
        usesGCN = limits.acceptsGCN && !limits.acceptsPTX

        let pad = UInt64(parameters.scratchpadL3)
        let cache = UInt64(parameters.cacheSize)
        let items = parameters.datasetItems
        let budget = limits.budget
        // The cache is first filled in the host's memory, which is a CPU device's memory too.
        let caches = limits.kind == .cpu ? 2 * cache : cache
        let light = caches + pad
        let linesPerBuffer = limits.maxAllocation / 64
        guard budget >= light, limits.maxAllocation >= pad, linesPerBuffer > 0,
            cache / 64 <= Self.maxBuffers << UInt64(linesPerBuffer.log2)
        else {
            throw LaunchRefusal(
                reason: "the device has no memory for a RandomX cache of \(cache >> 20) MiB and a scratchpad")
        }
        // The dataset is computed from the cache: both are in memory at the same time.
        let fits = budget >= light + 64 * items && items <= Self.maxBuffers << UInt64(linesPerBuffer.log2)
        hasDataset = fits && (dataset ?? (limits.kind != .cpu))
        // If one buffer is enough, the shift is so large that every line is in the first buffer.
        linesShift = linesPerBuffer >= max(items, cache / 64) ? Self.singleBufferShift : linesPerBuffer.log2

        let perBuffer = Int(clamping: limits.maxAllocation / pad)
        let room = budget - caches - (hasDataset ? 64 * items : 0)
        mostHashes = min(
            Int(clamping: room / (pad + UInt64(Self.bytesPerHash(parameters)))),
            perBuffer.multipliedReportingOverflow(by: Int(Self.maxBuffers)).partialValue)
        let units = max(1, limits.computeUnits)
        var batch = min(units * DefaultRow.value(.randomX, .hashesPerUnit, limits), mostHashes)
        let loop = DefaultRow.value(.randomX, .groupLoop, limits, hashesPerUnit: batch / units)
        groupLoop = max(1, min(loop, limits.maxGroup))
        streams = DefaultRow.value(.randomX, .streams, limits, hashesPerUnit: batch / units)
        // NVIDIA's warps have 32 work-items, AMD's waves up to 64. On a CPU nothing is shared.
        sharing = limits.kind == .cpu ? 1 : limits.acceptsPTX ? 32 : 64
        if streams == 2 && max(groupLoop, sharing) + groupLoop > limits.maxGroup { streams = 1 }
        // A group takes as long when it is half empty, so the batch is whole groups.
        if batch > groupLoop { batch = batch / groupLoop * groupLoop }
        self.batch = max(1, batch)
        padsPerBuffer = min(perBuffer, self.batch)
    }

    /// Where a group of execute has its second work-items: NJ_RX_FLOAT_SIDE.
    package var floatSide: Int { max(groupLoop, sharing) }
    /// Work-items of a group in execute.
    package var groupExecute: Int { streams == 2 ? floatSide + groupLoop : groupLoop }

    /// The most buffers that kernels take.
    package static let maxBuffers = UInt64(ScratchpadBuffers.maximum)
    /// Items that a work-item of rx_dataset computes: NJ_RX_ITEMS in Item.cl.
    package static let itemsAtOnce = 2
    /// No cache or dataset has 2 to this power of lines.
    package static let singleBufferShift = 31

    /// The number of scratchpads in each buffer.
    package var padBuffers: [Int] {
        stride(from: 0, to: batch, by: padsPerBuffer).map { min(padsPerBuffer, batch - $0) }
    }

    /// The number of lines in each buffer, for `lines` lines in all.
    package func lineBuffers(_ lines: Int) -> [Int] {
        stride(from: 0, to: lines, by: 1 << linesShift).map { min(1 << linesShift, lines - $0) }
    }

    /// Rows that a program's streams have room for: NJ_RX_INTEGER_ROWS and NJ_RX_FLOAT_ROWS in Split.cl.
    package static func integerRows(_ parameters: RandomXParameters) -> Int { 2 * parameters.programSize + 8 }
    package static func floatRows(_ parameters: RandomXParameters) -> Int { parameters.programSize + 8 }

    /// The most device memory of a hash beside its scratchpad.
    private static func bytesPerHash(_ parameters: RandomXParameters) -> Int {
        // The program's bytes; the program and its multipliers; its two streams, the first with extra words.
        (8 + 16) * parameters.programSize + 16 * integerRows(parameters) + 4 * floatRows(parameters) + 1024
    }
}

extension UInt64 {
    /// The exponent of the largest power of two that is at most this number, which must not be 0.
    fileprivate var log2: Int { UInt64.bitWidth - 1 - leadingZeroBitCount }
}
