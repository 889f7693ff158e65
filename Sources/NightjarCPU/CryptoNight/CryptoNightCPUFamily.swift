import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// CryptoNight on the native CPU. Several hashes take turns in a lane, and the fastest width is found by measuring.
struct CryptoNightCPUFamily: CPUHasherFamily {
    private let compiles: Bool

    init(_ machine: CPUMachine) { compiles = machine.compiles }

    func widths(
        _ parameters: CryptoNightParameters, _ implementation: Implementation, settles: Bool
    ) -> CPUWidths {
        CPUWidths(
            1...WidthChoice.limit(parameters, implementation: implementation),
            first: parameters.base == .r ? Processor.kind.cryptoNightR : Processor.kind.cryptoNight, prefersPages: true)
    }

    func explanation(
        _ parameters: CryptoNightParameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String] {
        let limit = WidthChoice.limit(parameters, implementation: implementation)
        return WidthChoice.explanation(limit: limit, scratchpads: scratchpadsPerLane).map { [$0] } ?? []
    }

    func hasher(_ parameters: CryptoNightParameters, _ resources: CPUHasherResources) throws(NightjarError)
        -> any CPUHasher
    {
        let (compiler, remark) = CompiledRandomMath.orWhyNot(
            parameters, resources.implementation, compiles: compiles)
        if resources.machines > 1 { try check(parameters, resources, compiler) }
        let hasher = CryptoNightHasher(
            parameters, scratchpads: resources.scratchpads, width: resources.machines,
            implementation: resources.implementation,
            compiler: compiler)
        return CryptoNightCPUHasher(hasher, remarks: remark.map { [$0] } ?? [])
    }

    /// Known answers have no place for a nonce and are hashed one by one, so that they do not check the other places of a
    /// batch.
    private func check(
        _ parameters: CryptoNightParameters, _ resources: CPUHasherResources, _ compiler: CompiledRandomMath?
    ) throws(NightjarError) {
        let check = WidthCheck(
            parameters, scratchpads: resources.scratchpads, width: resources.machines,
            implementation: resources.implementation,
            compiler: compiler)
        if let width = check.wrong(upTo: resources.machines) {
            throw NightjarError(device: .cpu, reason: "\(width) hashes that take turns differ from each by itself")
        }
    }
}
