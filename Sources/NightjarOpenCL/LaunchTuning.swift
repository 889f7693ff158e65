import CKernels
import NightjarCore

/// What a tuner may choose of CryptoNight's launches.
extension CryptoNightLaunch {
    /// What can be tried within a device's limits, what matters most first.
    package static func knobs(_ parameters: CryptoNightParameters, within limits: DeviceLimits) -> [TuningKnob] {
        guard let plain = try? CryptoNightLaunch(parameters, within: limits) else { return [] }
        return NightjarOpenCL.knobs(
            [
                ("batch", multiples(of: plain.batch)), ("queues", [1, 2]), ("groupLoop", powers(1...64)),
                ("interleave", powers(1...32)),
                ("unroll", parameters.base == .gpu ? [] : powers(1...8)), ("groupFill", powers(itemsInFill...256)),
                ("groupHash", powers(1...256)),
            ]
        ) { settings in (try? CryptoNightLaunch(parameters, within: limits, settings: settings)) != nil }
    }

    package var settings: TuningSettings {
        TuningSettings([
            "batch": batch, "groupLoop": groupLoop, "interleave": interleave, "groupFill": groupFill,
            "groupHash": groupHash, "unroll": unroll, "queues": queues,
        ])
    }

    /// The default, but for what is set.
    ///
    /// - Throws: ``Refusal`` when the device's limits do not allow it.
    package init(
        _ parameters: CryptoNightParameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(Refusal) {
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
        // Teams of work-items that share a hash are not divided among groups.
        let fillTeam = parameters.features.contains(.heavy) ? Self.itemsInFill : 1
        guard (1...64).contains(unroll) else { throw Refusal(reason: "a loop is not unrolled \(unroll) times") }
        guard (1...4).contains(queues) else { throw Refusal(reason: "a device has no \(queues) queues at work") }
        guard min(interleave, batch, group.hash, group.fill, group.loop) > 0,
            group.hash <= limits.maxGroup, group.fill <= limits.maxGroup, group.fill.isMultiple(of: fillTeam),
            group.loop <= limits.maxGroup / parameters.itemsInLoop
        else { throw Refusal(reason: "the device has no groups of that size") }
        let memory = UInt64(parameters.memory)
        let percent = nj_cryptonight_launch_default(limits.kind == .cpu ? 1 : 0).memory_percent
        let budget = limits.memory / 100 * UInt64(percent)
        let perBuffer = Int(clamping: limits.maxAllocation / memory) / interleave * interleave
        let whole = (batch + interleave - 1) / interleave * interleave
        guard perBuffer > 0, UInt64(whole) <= budget / memory / UInt64(queues),
            (whole + perBuffer - 1) / perBuffer <= Self.maxBuffers
        else { throw Refusal(reason: "the device has no memory for \(batch) scratchpads at once") }
        self.init(
            groupHash: group.hash, groupFill: group.fill, groupLoop: group.loop, interleave: interleave, batch: batch,
            padsPerBuffer: min(perBuffer, whole), unroll: unroll, turns: plain.turns, milliseconds: plain.milliseconds,
            queues: queues)
    }
}

/// What a tuner may choose of RandomX's launches.
extension RandomXLaunch {
    /// What can be tried within a device's limits, what matters most first.
    package static func knobs(
        _ parameters: RandomXParameters, within limits: DeviceLimits, dataset: Bool? = nil
    ) -> [TuningKnob] {
        guard let plain = try? RandomXLaunch(parameters, within: limits, dataset: dataset) else { return [] }
        return NightjarOpenCL.knobs(
            [
                ("batch", multiples(of: plain.batch)), ("takesTurns", [0, 1]),
                ("ptx", limits.acceptsPTX ? [0, 1] : []),
                ("groupLoop", powers(1...64)), ("groupFill", powers(4...256)), ("groupHash", powers(1...256)),
            ]
        ) { settings in
            (try? RandomXLaunch(parameters, within: limits, dataset: dataset, settings: settings)) != nil
        }
    }

    package var settings: TuningSettings {
        TuningSettings([
            "batch": batch, "takesTurns": takesTurns ? 1 : 0, "ptx": usesPTX ? 1 : 0, "groupLoop": groupLoop,
            "groupFill": groupFill, "groupHash": groupHash,
        ])
    }

    /// The default, but for what is set.
    ///
    /// - Throws: ``Refusal`` when the device's limits do not allow it.
    package init(
        _ parameters: RandomXParameters, within limits: DeviceLimits, dataset: Bool? = nil, settings: TuningSettings
    ) throws(Refusal) {
        try self.init(parameters, within: limits, dataset: dataset)
        groupHash = settings["groupHash"] ?? groupHash
        groupFill = settings["groupFill"] ?? groupFill
        groupLoop = settings["groupLoop"] ?? groupLoop
        takesTurns = settings["takesTurns"].map { $0 != 0 } ?? takesTurns
        usesPTX = settings["ptx"].map { $0 != 0 } ?? usesPTX
        guard !usesPTX || limits.acceptsPTX else { throw Refusal(reason: "the device's compiler takes no PTX") }
        batch = settings["batch"] ?? batch
        guard min(groupHash, groupFill, groupLoop, batch) > 0, max(groupHash, groupFill, groupLoop) <= limits.maxGroup,
            !takesTurns || groupLoop <= 32
        else { throw Refusal(reason: "the device has no groups of that size") }
        guard batch <= mostHashes else { throw Refusal(reason: "the device has no memory for \(batch) hashes at once") }
        padsPerBuffer = min(Int(clamping: limits.maxAllocation / UInt64(parameters.scratchpadL3)), batch)
    }
}

/// Those of the values that `allows` of each knob, the others being at their defaults; knobs without a choice are none.
private func knobs(_ all: [(name: String, values: [Int])], allows: (TuningSettings) -> Bool) -> [TuningKnob] {
    all.compactMap { knob in
        let values = knob.values.filter { allows(TuningSettings([knob.name: $0])) }
        return values.count > 1 ? TuningKnob(name: knob.name, values: values) : nil
    }
}

/// The powers of two in a range.
private func powers(_ range: ClosedRange<Int>) -> [Int] { (0..<62).map { 1 << $0 }.filter(range.contains) }

/// From an eighth of `number` to eight times it.
private func multiples(of number: Int) -> [Int] {
    Array(
        Set(
            [number / 8, number / 4, number / 2, number * 3 / 4, number, number * 3 / 2]
                + [2, 3, 4, 6, 8].map { number * $0 })
    )
    .filter { $0 > 0 }.sorted()
}
