import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// scrypt on the native CPU. A lane makes as many hashes at once as its vectors have room for; where that may be more
/// than one number, the fastest is found by measuring.
struct ScryptCPUFamily: CPUHasherFamily {
    /// The hashes of a batch: a few milliseconds, and a multiple of every width.
    private static let batch = 64

    init(_ machine: CPUMachine) {}

    func widths(_ parameters: ScryptParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        let code = ScryptCode.best(implementation)
        return CPUWidths(code.widths, batch: code == .portable ? Self.batch / 4 : Self.batch)
    }

    func explanation(
        _ parameters: ScryptParameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String] {
        let code = ScryptCode.best(implementation)
        return [ScryptWords.explanation(code.words, widths: code.widths, scratchpads: scratchpadsPerLane)]
    }

    func hasher(
        _ parameters: ScryptParameters, _ resources: CPUHasherResources
    ) throws(NightjarError) -> any CPUHasher {
        let code = ScryptCode.best(resources.implementation)
        let check = ScryptCheck(scratchpads: resources.scratchpads, width: resources.machines, code: code)
        if let width = check.wrong() {
            throw NightjarError(
                device: .cpu, reason: "\(width) scrypt hashes at once (\(code.words)) differ from each by itself")
        }
        return ScryptCPUHasher(
            ScryptHasher(scratchpads: resources.scratchpads, width: resources.machines, code: code))
    }
}
