import CKernels
import NightjarCore

/// How SHA-256d is launched on a device: by default, or as it was measured to be fastest.
package struct SHA256dLaunch: Sendable, Hashable {
    /// Work-items of a group.
    package var groupHash: Int
    /// Nonces that a work-item hashes side by side: 1, 2, 4, 8 or 16.
    package var width: Int
    /// Whether all rounds of the scan are written out.
    package var unrolls: Bool
    /// Whether the scan multiplies by one where it adds. GPUs that multiply in a unit of its own then rotate and add at
    /// the same time.
    package var multiplies: Bool
    /// Nonces that a work-item hashes in one launch.
    package var nonces: Int
    /// Hashes of a batch.
    package var batch: Int
    /// Nonces of one launch, until it is measured how long they take.
    package var slice: Int
    /// Milliseconds that a launch may take; 0 leaves ``slice`` as it is.
    package var milliseconds: Int

    /// There are only 2³² nonces.
    package static let mostNonces = 1 << 32
    /// The most nonces of one launch: the kernel counts in 32 bits.
    package static let mostOfLaunch = 1 << 31
    static let widths = [1, 2, 4, 8, 16]

    /// The default for a device, the numbers in Kernels/SHA256d/Launch.h and ``DefaultRow``, except for the given settings.
    ///
    /// - Throws: ``LaunchRefusal`` when the device's limits do not allow it.
    package init(within limits: DeviceLimits, settings: TuningSettings = TuningSettings()) throws(LaunchRefusal) {
        let defaults = nj_sha256d_launch_default(limits.kind == .cpu ? 1 : 0)
        groupHash = settings["groupHash"] ?? min(Int(defaults.group_hash), limits.maxGroup)
        // A CPU's work-items use its vector instructions. A GPU has work-items for that, and registers for one hash each.
        let fitting = limits.kind == .cpu ? Self.widths.last { $0 <= limits.vectorWidth } : nil
        width = settings["width"] ?? fitting ?? 1
        unrolls = settings["unroll"].map { $0 != 0 } ?? (defaults.unrolls != 0)
        multiplies = (settings["multiply"] ?? DefaultRow.value(.sha256d, .multiply, limits)) != 0
        nonces = settings["nonces"] ?? Int(defaults.nonces)
        let usual = max(1, limits.computeUnits) * DefaultRow.value(.sha256d, .hashesPerUnit, limits)
        batch = settings["batch"] ?? min(Self.mostNonces, usual)
        slice = Int(defaults.slice)
        milliseconds = Int(defaults.milliseconds)
        guard (1...limits.maxGroup).contains(groupHash) else {
            throw LaunchRefusal(reason: "the device allows no work-groups of that size")
        }
        guard Self.widths.contains(width) else {
            throw LaunchRefusal(reason: "a work-item can hash 1, 2, 4, 8 or 16 nonces side by side, not \(width)")
        }
        guard (1...1 << 20).contains(nonces) else {
            throw LaunchRefusal(reason: "a work-item can hash 1 to \(1 << 20) nonces in a launch, not \(nonces)")
        }
        guard (1...Self.mostNonces).contains(batch) else {
            throw LaunchRefusal(reason: "a batch has 1 to 2³² hashes, not \(batch)")
        }
    }

    package var settings: TuningSettings {
        TuningSettings([
            "batch": batch, "groupHash": groupHash, "width": width, "unroll": unrolls ? 1 : 0,
            "multiply": multiplies ? 1 : 0, "nonces": nonces,
        ])
    }

    /// The settings that a tuner can try within a device's limits, the most important first.
    package static func knobs(within limits: DeviceLimits) -> [TuningKnob] {
        guard let plain = try? SHA256dLaunch(within: limits) else { return [] }
        return Knobs.choice(
            [
                ("batch", Knobs.multiples(of: plain.batch)), ("multiply", [0, 1]), ("width", widths),
                ("nonces", Knobs.powers(1...1 << 14)),
                ("groupHash", Knobs.powers(1...1024)), ("unroll", [0, 1]),
            ]
        ) { settings in (try? SHA256dLaunch(within: limits, settings: settings)) != nil }
    }
}
