import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// SHA-256d on the native CPU. A hash takes some 30 ns, so a lane of its own searches without storing anything for each
/// nonce. Which code is the fastest is measured once for all lanes.
struct SHA256dCPUFamily: CPUFamily {
    private let choice = SHA256dChoice()

    init(_ machine: CPUMachine) {}

    func widths(_ parameters: SHA256dParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        CPUWidths(1...1)
    }

    func explanation(
        _ parameters: SHA256dParameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String] {
        let codes = SHA256dChoice.codes(implementation)
        guard codes.count > 1 else { return [] }
        return ["the fastest of \(codes.count) ways to hash is found by measuring"]
    }

    func lane(
        _ algorithm: Algorithm, _ parameters: SHA256dParameters, _ resources: CPULaneResources
    ) throws(NightjarError) -> any InputLane {
        let best = try choice.best(resources.implementation)
        return SHA256dLane(algorithm, best, remarks: resources.remarks, unit: resources.unit)
    }
}
