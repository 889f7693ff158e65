import NightjarCore

/// The settings of CryptoNight's launches that a tuner may choose.
extension CryptoNightLaunch {
    /// The settings that a tuner can try within a device's limits, the most important first.
    package static func knobs(_ parameters: CryptoNightParameters, within limits: DeviceLimits) -> [TuningKnob] {
        guard let plain = try? CryptoNightLaunch(parameters, within: limits) else { return [] }
        return Knobs.choice(
            [
                ("batch", Knobs.multiples(of: plain.batch)), ("queues", [1, 2]), ("groupLoop", Knobs.powers(1...64)),
                ("tableBanks", hasBanks(limits) ? [1, 32] : []),
                ("interleave", Knobs.powers(1...32)),
                ("unroll", parameters.base == .gpu ? [] : Knobs.powers(1...8)),
                ("groupFill", Knobs.powers(itemsInFill...256)),
            ]
        ) { settings in (try? CryptoNightLaunch(parameters, within: limits, settings: settings)) != nil }
    }

    package var settings: TuningSettings {
        TuningSettings([
            "batch": batch, "groupLoop": groupLoop, "interleave": interleave, "groupFill": groupFill,
            "groupHash": groupHash, "unroll": unroll, "queues": queues, "tableBanks": tableBanks,
        ])
    }

    /// The default, except for the given settings.
    ///
    /// - Throws: ``LaunchRefusal`` when the device's limits do not allow it.
    package init(
        _ parameters: CryptoNightParameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) {
        let plain = try CryptoNightLaunch(parameters, within: limits)
        guard !settings.values.isEmpty else {
            self = plain
            return
        }
        let interleave = settings["interleave"] ?? plain.interleave
        let group = (
            hash: settings["groupHash"] ?? plain.groupHash, fill: settings["groupFill"] ?? plain.groupFill,
            loop: settings["groupLoop"] ?? plain.groupLoop
        )
        let batch = settings["batch"] ?? plain.batch
        let unroll = settings["unroll"] ?? plain.unroll
        let queues = settings["queues"] ?? plain.queues
        let tableBanks = settings["tableBanks"] ?? plain.tableBanks
        // The work-items that share a hash must be in one group.
        let fillTeam = parameters.features.contains(.heavy) ? Self.itemsInFill : 1
        guard (1...64).contains(unroll) else {
            throw LaunchRefusal(reason: "the main loop can be unrolled to 1 to 64 turns, not \(unroll)")
        }
        guard (1...4).contains(queues) else {
            throw LaunchRefusal(reason: "a device can have 1 to 4 lanes, not \(queues)")
        }
        guard tableBanks == 1 || tableBanks == 32 && Self.hasBanks(limits) else {
            throw LaunchRefusal(reason: "the device can have one AES table, not \(tableBanks)")
        }
        guard min(interleave, batch, group.hash, group.fill, group.loop) > 0,
            group.hash <= limits.maxGroup, group.fill <= limits.maxGroup, group.fill.isMultiple(of: fillTeam),
            group.loop <= limits.maxGroup / parameters.itemsInLoop
        else { throw LaunchRefusal(reason: "the device allows no work-groups of that size") }
        let memory = UInt64(parameters.memory)
        let perBuffer = Int(clamping: limits.maxAllocation / memory) / interleave * interleave
        let whole = (batch + interleave - 1) / interleave * interleave
        guard perBuffer > 0, UInt64(whole) <= limits.budget / memory / UInt64(queues),
            (whole + perBuffer - 1) / perBuffer <= Self.maxBuffers
        else { throw LaunchRefusal(reason: "the device has no memory for \(batch) scratchpads at once") }
        self.init(
            groupHash: group.hash, groupFill: group.fill, groupLoop: group.loop, interleave: interleave, batch: batch,
            padsPerBuffer: min(perBuffer, whole), unroll: unroll, turns: plain.turns, milliseconds: plain.milliseconds,
            queues: queues)
        self.tableBanks = tableBanks
        usesReciprocals = plain.usesReciprocals
    }
}
