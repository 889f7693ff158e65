import NightjarCore

/// The settings of RandomX's launches that a tuner may choose.
extension RandomXLaunch {
    /// The settings that a tuner can try within a device's limits, the most important first.
    package static func knobs(
        _ parameters: RandomXParameters, within limits: DeviceLimits, dataset: Bool? = nil
    ) -> [TuningKnob] {
        guard let plain = try? RandomXLaunch(parameters, within: limits, dataset: dataset) else { return [] }
        return Knobs.choice(
            [
                ("batch", Knobs.multiples(of: plain.batch)), ("streams", [0, 1, 2]),
                ("ptx", limits.acceptsPTX ? [0, 1] : []), ("gcn", limits.acceptsGCN ? [0, 1] : []),
                ("groupLoop", Knobs.powers(1...64)),
            ]
        ) { settings in
            (try? RandomXLaunch(parameters, within: limits, dataset: dataset, settings: settings)) != nil
        }
    }

    package var settings: TuningSettings {
        TuningSettings([
            "batch": batch, "streams": streams, "ptx": usesPTX ? 1 : 0, "gcn": usesGCN ? 1 : 0,
            "groupLoop": groupLoop, "groupFill": groupFill, "groupHash": groupHash,
        ])
    }

    /// The default, except for the given settings.
    ///
    /// - Throws: ``LaunchRefusal`` when the device's limits do not allow it.
    package init(
        _ parameters: RandomXParameters, within limits: DeviceLimits, dataset: Bool? = nil, settings: TuningSettings
    ) throws(LaunchRefusal) {
        try self.init(parameters, within: limits, dataset: dataset)
        groupHash = settings["groupHash"] ?? groupHash
        groupFill = settings["groupFill"] ?? groupFill
        groupLoop = settings["groupLoop"] ?? groupLoop
        streams = settings["streams"] ?? streams
        usesPTX = settings["ptx"].map { $0 != 0 } ?? usesPTX
        usesGCN = settings["gcn"].map { $0 != 0 } ?? usesGCN
        guard !usesPTX || limits.acceptsPTX else { throw LaunchRefusal(reason: "the device's compiler accepts no PTX") }
        guard !usesGCN || (limits.acceptsGCN && !usesPTX) else {
            throw LaunchRefusal(reason: "the device's compiler accepts no instructions of AMD's")
        }
        batch = settings["batch"] ?? batch
        guard (0...2).contains(streams) else { throw LaunchRefusal(reason: "streams is 0, 1 or 2") }
        guard min(groupHash, groupFill, groupLoop, batch) > 0,
            max(groupHash, groupFill, groupExecute) <= limits.maxGroup, streams == 0 || groupLoop <= 32
        else { throw LaunchRefusal(reason: "the device allows no work-groups of that size") }
        guard batch <= mostHashes else {
            throw LaunchRefusal(reason: "the device has no memory for \(batch) hashes at once")
        }
        padsPerBuffer = min(Int(clamping: limits.maxAllocation / UInt64(parameters.scratchpadL3)), batch)
    }
}
