import CKernels
import NightjarCore

/// How CryptoNight is launched on a device: the kernels' defaults, or what somebody measured.
package struct CryptoNightLaunch: Sendable, Hashable {
    /// Work-items of a group in absorb and finish.
    package var groupHash: Int
    /// Work-items of a group in explode and implode, which have eight for a hash; a multiple of eight where they mix.
    package var groupFill: Int
    /// Hashes of a group in the main loop.
    package var groupLoop: Int
    /// Scratchpads that alternate by 64 bytes in memory; 1 if each is contiguous.
    package var interleave: Int
    /// Hashes of a batch.
    package var batch: Int
    /// Scratchpads of one buffer, a multiple of `interleave`; there are at most four buffers.
    package var padsPerBuffer: Int
    /// Turns of the main loop that are written out one after the other.
    package var unroll: Int
    /// Turns of the main loop in one launch, as long as nobody has measured how long they take.
    package var turns: Int
    /// Milliseconds that a launch of the main loop may take; 0 leaves its turns as they are.
    package var milliseconds: Int
    /// Lanes, each with a queue and a batch of its own: while one fills its scratchpads, another has its main loop.
    package var queues: Int

    /// - Parameters: as the properties; by default, the main loop is one launch.
    package init(
        groupHash: Int, groupFill: Int, groupLoop: Int, interleave: Int, batch: Int, padsPerBuffer: Int,
        unroll: Int = 1,
        turns: Int = .max, milliseconds: Int = 0, queues: Int = 1
    ) {
        precondition(groupHash > 0 && groupFill > 0 && groupLoop > 0 && interleave > 0 && batch > 0)
        precondition(unroll > 0 && turns > 0 && milliseconds >= 0 && queues > 0)
        precondition(padsPerBuffer.isMultiple(of: interleave) && batch <= Self.maxBuffers * padsPerBuffer)
        self.groupHash = groupHash
        self.groupFill = groupFill
        self.groupLoop = groupLoop
        self.interleave = interleave
        self.batch = batch
        self.padsPerBuffer = padsPerBuffer
        self.unroll = unroll
        self.turns = turns
        self.milliseconds = milliseconds
        self.queues = queues
    }

    /// The default for a device: the data beside the kernels, within the device's limits.
    ///
    /// - Throws: ``LaunchRefusal`` when the device cannot run it at all.
    package init(_ parameters: CryptoNightParameters, within limits: DeviceLimits) throws(LaunchRefusal) {
        let defaults = nj_cryptonight_launch_default(limits.kind == .cpu ? 1 : 0)
        // Of groups whose work-items go in teams, one team a hash.
        let group = { (wanted: UInt32, team: Int) in max(1, min(Int(wanted), limits.maxGroup) / team) * team }
        let fillTeam = parameters.features.contains(.heavy) ? Self.itemsInFill : 1
        let team = max(fillTeam, parameters.itemsInLoop)
        guard limits.maxGroup >= team else {
            throw LaunchRefusal(reason: "the device has no groups of \(team) work-items, which share a hash")
        }
        let interleave = Int(defaults.interleave)
        let budget = limits.memory / 100 * UInt64(defaults.memory_percent)
        let memory = UInt64(parameters.memory)
        let perBuffer = Int(clamping: limits.maxAllocation / memory) / interleave * interleave
        var batch = min(
            max(1, limits.computeUnits) * Int(defaults.hashes_per_unit), Int(clamping: budget / memory),
            perBuffer.multipliedReportingOverflow(by: Self.maxBuffers).partialValue)
        let groupLoop = max(1, min(Int(defaults.group_loop), limits.maxGroup / parameters.itemsInLoop))
        // A group that is half empty takes as long as a full one.
        if batch > groupLoop { batch = batch / groupLoop * groupLoop }
        guard batch > 0 else {
            throw LaunchRefusal(reason: "the device has no memory for a scratchpad of \(parameters.memory) bytes")
        }
        self.init(
            groupHash: group(defaults.group_hash, 1), groupFill: group(defaults.group_fill, fillTeam),
            groupLoop: groupLoop, interleave: interleave, batch: batch,
            padsPerBuffer: min(perBuffer, Self.roundedUp(batch, to: interleave)), unroll: Int(defaults.unroll),
            turns: Int(defaults.turns), milliseconds: Int(defaults.milliseconds))
    }

    package static let maxBuffers = ScratchpadBuffers.maximum
    /// Work-items that a hash has in explode and implode.
    package static let itemsInFill = 8

    /// Scratchpads of each buffer, one number a buffer.
    package var buffers: [Int] {
        let whole = Self.roundedUp(batch, to: interleave)
        return stride(from: 0, to: whole, by: padsPerBuffer).map { min(padsPerBuffer, whole - $0) }
    }

    private static func roundedUp(_ number: Int, to unit: Int) -> Int { (number + unit - 1) / unit * unit }
}
