import CKernels
import NightjarCore

/// How CryptoNight is launched on a device: by default, or as it was measured to be fastest.
package struct CryptoNightLaunch: Sendable, Hashable {
    /// Work-items of a group in absorb and finish.
    package var groupHash: Int
    /// Work-items of a group in explode and implode, which have eight for a hash. A multiple of eight if they mix
    /// blocks.
    package var groupFill: Int
    /// Hashes of a group in the main loop.
    package var groupLoop: Int
    /// The number of scratchpads that alternate by 64 bytes in memory; 1 if each is contiguous.
    package var interleave: Int
    /// Hashes of a batch.
    package var batch: Int
    /// Scratchpads of one buffer, a multiple of `interleave`; there are at most four buffers.
    package var padsPerBuffer: Int
    /// How many turns the main loop is unrolled to.
    package var unroll: Int
    /// Turns of the main loop in one launch, until it is measured how long they take.
    package var turns: Int
    /// Milliseconds that a launch of the main loop may take; 0 leaves ``turns`` as they are.
    package var milliseconds: Int
    /// The number of lanes, each with its own queue and batch. While one fills its scratchpads, another runs its main
    /// loop.
    package var queues: Int
    /// How often explode and implode have their AES table in local memory: once, or 32 times, for as many banks. The
    /// latter takes 32 KiB.
    package var tableBanks = 1
    /// Whether the main loop divides by reciprocals.
    package var usesReciprocals = false

    /// - Parameters: as the properties. By default, the main loop is one launch.
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

    /// The default for a device: the numbers in Kernels/CryptoNight/Launch.h and ``DefaultRow``, within the device's
    /// limits.
    ///
    /// - Throws: ``LaunchRefusal`` when the device cannot run the algorithm.
    package init(_ parameters: CryptoNightParameters, within limits: DeviceLimits) throws(LaunchRefusal) {
        let defaults = nj_cryptonight_launch_default(limits.kind == .cpu ? 1 : 0)
        // The work-items of a hash are a team, and a group has whole teams.
        let group = { (wanted: UInt32, team: Int) in max(1, min(Int(wanted), limits.maxGroup) / team) * team }
        let fillTeam = parameters.features.contains(.heavy) ? Self.itemsInFill : 1
        let team = max(fillTeam, parameters.itemsInLoop)
        guard limits.maxGroup >= team else {
            throw LaunchRefusal(reason: "the device has no groups of \(team) work-items, which share a hash")
        }
        let interleave = Int(defaults.interleave)
        let memory = UInt64(parameters.memory)
        let perBuffer = Int(clamping: limits.maxAllocation / memory) / interleave * interleave
        var batch = min(
            max(1, limits.computeUnits) * DefaultRow.value(.cryptoNight, .hashesPerUnit, limits),
            Int(clamping: limits.budget / memory),
            perBuffer.multipliedReportingOverflow(by: Self.maxBuffers).partialValue)
        let groupLoop = max(
            1, min(DefaultRow.value(.cryptoNight, .groupLoop, limits), limits.maxGroup / parameters.itemsInLoop))
        // A group takes as long when it is half empty, so the batch is whole groups.
        if batch > groupLoop { batch = batch / groupLoop * groupLoop }
        guard batch > 0 else {
            throw LaunchRefusal(reason: "the device has no memory for a scratchpad of \(parameters.memory) bytes")
        }
        self.init(
            groupHash: group(defaults.group_hash, 1), groupFill: group(defaults.group_fill, fillTeam),
            groupLoop: groupLoop, interleave: interleave, batch: batch,
            padsPerBuffer: min(perBuffer, Self.roundedUp(batch, to: interleave)), unroll: Int(defaults.unroll),
            turns: Int(defaults.turns), milliseconds: Int(defaults.milliseconds))
        usesReciprocals = DefaultRow.value(.cryptoNight, .reciprocals, limits) != 0
        tableBanks = DefaultRow.value(.cryptoNight, .tableBanks, limits)
        if tableBanks > 1 {
            // Few groups fit into a unit's local memory then.
            groupFill = group(UInt32(4 * groupFill), fillTeam)
        }
    }

    /// Whether the device is known to have 32 banks, and local memory for as many tables: NVIDIA's have, and 48 KiB of it.
    static func hasBanks(_ limits: DeviceLimits) -> Bool { limits.acceptsPTX }

    package static let maxBuffers = ScratchpadBuffers.maximum
    /// Work-items for a hash in explode and implode.
    package static let itemsInFill = 8

    /// The number of scratchpads in each buffer.
    package var buffers: [Int] {
        let whole = Self.roundedUp(batch, to: interleave)
        return stride(from: 0, to: whole, by: padsPerBuffer).map { min(padsPerBuffer, whole - $0) }
    }

    private static func roundedUp(_ number: Int, to unit: Int) -> Int { (number + unit - 1) / unit * unit }
}
