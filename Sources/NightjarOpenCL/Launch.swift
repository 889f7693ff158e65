import CKernels
import NightjarCore

/// How CryptoNight is launched on a device: the kernels' defaults, or what somebody measured.
package struct CryptoNightLaunch: Sendable, Hashable {
    /// Work-items of a group in absorb and finish.
    package var groupHash: Int
    /// Work-items of a group in explode and implode, which have eight for a hash.
    package var groupFill: Int
    /// Work-items, and hashes, of a group in the main loop.
    package var groupLoop: Int
    /// Scratchpads that alternate by 64 bytes in memory; 1 if each is contiguous.
    package var interleave: Int
    /// Hashes of a batch.
    package var batch: Int
    /// Scratchpads of one buffer, a multiple of `interleave`; there are at most four buffers.
    package var padsPerBuffer: Int

    package init(
        groupHash: Int, groupFill: Int, groupLoop: Int, interleave: Int, batch: Int, padsPerBuffer: Int
    ) {
        precondition(groupHash > 0 && groupFill > 0 && groupLoop > 0 && interleave > 0 && batch > 0)
        precondition(padsPerBuffer.isMultiple(of: interleave) && batch <= Self.maxBuffers * padsPerBuffer)
        self.groupHash = groupHash
        self.groupFill = groupFill
        self.groupLoop = groupLoop
        self.interleave = interleave
        self.batch = batch
        self.padsPerBuffer = padsPerBuffer
    }

    /// The default for `device`: the data beside the kernels, within the device's limits.
    ///
    /// - Returns: `nil` when the device has no memory for a single scratchpad.
    package init?(_ parameters: CryptoNightParameters, on device: OpenCLDevice) {
        let defaults = nj_cryptonight_launch_default(device.description.kind == .cpu ? 1 : 0)
        let group = { (wanted: UInt32) in max(1, min(Int(wanted), device.maxGroup)) }
        let interleave = Int(defaults.interleave)
        let budget = device.description.memory / 100 * UInt64(defaults.memory_percent)
        let memory = UInt64(parameters.memory)
        let perBuffer = Int(clamping: device.maxAllocation / memory) / interleave * interleave
        var batch = min(
            max(1, device.description.computeUnits) * Int(defaults.hashes_per_unit), Int(clamping: budget / memory),
            perBuffer.multipliedReportingOverflow(by: Self.maxBuffers).partialValue)
        let groupLoop = group(defaults.group_loop)
        // A group that is half empty takes as long as a full one.
        if batch > groupLoop { batch = batch / groupLoop * groupLoop }
        guard batch > 0 else { return nil }
        self.init(
            groupHash: group(defaults.group_hash), groupFill: group(defaults.group_fill), groupLoop: groupLoop,
            interleave: interleave, batch: batch, padsPerBuffer: min(perBuffer, Self.roundedUp(batch, to: interleave)))
    }

    /// As many as the kernels take as arguments.
    package static let maxBuffers = 4

    /// Scratchpads of each buffer, one number a buffer.
    package var buffers: [Int] {
        let whole = Self.roundedUp(batch, to: interleave)
        return stride(from: 0, to: whole, by: padsPerBuffer).map { min(padsPerBuffer, whole - $0) }
    }

    private static func roundedUp(_ number: Int, to unit: Int) -> Int { (number + unit - 1) / unit * unit }
}
