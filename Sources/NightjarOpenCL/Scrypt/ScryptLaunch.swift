import CKernels
import NightjarCore

/// How scrypt is launched on a device: by default, or as it was measured to be fastest.
package struct ScryptLaunch: Sendable, Hashable {
    /// RFC 7914's N, the rows of a scratchpad before the gap. Tests have small ones.
    package var n: Int
    /// Work-items of a group in start and finish.
    package var groupHash: Int
    /// Hashes of a group in mix.
    package var groupLoop: Int
    /// Work-items that share a hash in mix: 1 or 4.
    package var items: Int
    /// The lookup gap: of this many rows one is stored, and the others are computed again when they are read.
    package var gap: Int
    /// The number of scratchpads that alternate by rows in memory; 1 if each is contiguous.
    package var interleave: Int
    /// Hashes of a batch.
    package var batch: Int
    /// Scratchpads of one buffer, a multiple of `interleave`; there are at most four buffers.
    package var padsPerBuffer: Int
    /// The number of lanes, each with its own queue and batch. While the host reads one's results, another hashes.
    package var queues: Int
    /// Turns of one launch of mix, until it is measured how long they take.
    package var turns: Int
    /// Milliseconds that a launch of mix may take; 0 leaves ``turns`` as they are.
    package var milliseconds: Int

    /// Bytes of a row.
    static let row = 128
    package static let maxBuffers = ScratchpadBuffers.maximum
    static let gaps = [1, 2, 4]

    /// The default for a device, the numbers in Kernels/Scrypt/Launch.h and ``DefaultRow`` within the device's limits,
    /// except for the given settings.
    ///
    /// - Parameter rows: RFC 7914's N.
    /// - Throws: ``LaunchRefusal`` when the device's limits do not allow it.
    package init(
        rows: Int, within limits: DeviceLimits, settings: TuningSettings = TuningSettings()
    ) throws(LaunchRefusal) {
        let defaults = nj_scrypt_launch_default(limits.kind == .cpu ? 1 : 0)
        n = rows
        items = settings["items"] ?? Int(defaults.items)
        gap = settings["gap"] ?? Int(defaults.gap)
        queues = settings["queues"] ?? Int(defaults.queues)
        guard items == 1 || items == 4 else {
            throw LaunchRefusal(reason: "1 or 4 work-items can share a hash, not \(items)")
        }
        guard Self.gaps.contains(gap) else {
            throw LaunchRefusal(reason: "the lookup gap can be 1, 2 or 4, not \(gap)")
        }
        guard (1...4).contains(queues) else {
            throw LaunchRefusal(reason: "a device can have 1 to 4 lanes, not \(queues)")
        }
        groupHash = settings["groupHash"] ?? min(Int(defaults.group_hash), limits.maxGroup)
        groupLoop =
            settings["groupLoop"] ?? max(1, min(DefaultRow.value(.scrypt, .groupLoop, limits), limits.maxGroup / items))
        interleave = settings["interleave"] ?? Int(defaults.interleave)
        turns = Int(defaults.turns)
        milliseconds = Int(defaults.milliseconds)
        guard (1...limits.maxGroup).contains(groupHash), groupLoop > 0, groupLoop <= limits.maxGroup / items else {
            throw LaunchRefusal(reason: "the device allows no work-groups of that size")
        }
        let pad = UInt64(Self.row * rows / gap)
        let hash = pad + UInt64(4 * Prelude.scryptRecordWords)
        guard (1...1 << 16).contains(interleave) else {
            throw LaunchRefusal(reason: "scratchpads can alternate by 1 to \(1 << 16), not \(interleave)")
        }
        let perBuffer = Int(clamping: limits.maxAllocation / pad) / interleave * interleave
        let most = min(
            Int(clamping: limits.budget / hash / UInt64(queues)) / interleave * interleave,
            perBuffer.multipliedReportingOverflow(by: Self.maxBuffers).partialValue)
        guard most > 0 else {
            throw LaunchRefusal(reason: "the device has no memory for \(interleave) scratchpads of \(pad) bytes")
        }
        let usual = max(1, limits.computeUnits) * DefaultRow.value(.scrypt, .hashesPerUnit, limits)
        batch = settings["batch"] ?? max(1, min(usual, most) / groupLoop * groupLoop)
        guard (1...most).contains(batch) else {
            throw LaunchRefusal(reason: "the device has no memory for \(batch) scratchpads at once")
        }
        padsPerBuffer = min(perBuffer, (batch + interleave - 1) / interleave * interleave)
    }

    /// Bytes of a hash's scratchpad.
    var pad: Int { Self.row * n / gap }

    /// The number of scratchpads in each buffer.
    package var buffers: [Int] {
        let whole = (batch + interleave - 1) / interleave * interleave
        return stride(from: 0, to: whole, by: padsPerBuffer).map { min(padsPerBuffer, whole - $0) }
    }

    package var settings: TuningSettings {
        TuningSettings([
            "batch": batch, "groupLoop": groupLoop, "interleave": interleave, "groupHash": groupHash, "items": items,
            "gap": gap, "queues": queues,
        ])
    }

    /// The settings that a tuner can try within a device's limits, the most important first.
    package static func knobs(rows: Int, within limits: DeviceLimits) -> [TuningKnob] {
        guard let plain = try? ScryptLaunch(rows: rows, within: limits) else { return [] }
        return Knobs.choice(
            [
                ("batch", Knobs.multiples(of: plain.batch)), ("gap", gaps), ("items", [1, 4]), ("queues", [1, 2]),
                ("groupLoop", Knobs.powers(1...256)), ("interleave", Knobs.powers(1...256)),
            ]
        ) { settings in (try? ScryptLaunch(rows: rows, within: limits, settings: settings)) != nil }
    }
}
