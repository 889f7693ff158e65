import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// CryptoNight on the native CPU. Several hashes take turns in a lane, and the fastest width is found by measuring.
struct CryptoNightCPUFamily: CPUFamily {
    init(_ machine: CPUMachine) {}

    func widths(
        _ parameters: CryptoNightParameters, _ implementation: Implementation, settles: Bool
    ) -> CPUWidths {
        CPUWidths(1...WidthChoice.limit(parameters, implementation: implementation), tries: true, prefersPages: true)
    }

    func explanation(
        _ parameters: CryptoNightParameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String] {
        let limit = WidthChoice.limit(parameters, implementation: implementation)
        return WidthChoice.explanation(limit: limit, scratchpads: scratchpadsPerLane).map { [$0] } ?? []
    }

    func hasher(_ parameters: CryptoNightParameters, _ seat: CPUHasherSeat) throws(NightjarError) -> any CPUHasher {
        let (compiler, remark) = CompiledRandomMath.orWhyNot(parameters, seat.implementation)
        if seat.widths.range.count > 1 { try tryWidths(parameters, seat, compiler) }
        let hasher = CryptoNightHasher(
            parameters, scratchpads: seat.scratchpads, width: seat.machines, implementation: seat.implementation,
            compiler: compiler)
        return CryptoNightCPUHasher(hasher, remarks: remark.map { [$0] } ?? [])
    }

    /// Hashes for about a second, in every width.
    private func tryWidths(
        _ parameters: CryptoNightParameters, _ seat: CPUHasherSeat, _ compiler: CompiledRandomMath?
    ) throws(NightjarError) {
        let trial = WidthTrial(
            parameters, scratchpads: seat.scratchpads, width: seat.machines, implementation: seat.implementation,
            compiler: compiler)
        var turn = seat.widths.turn
        while turn.isTrial {
            let width = min(turn.width, seat.machines)
            turn = seat.widths.batch(turn, hashes: width) { trial.hash(width) }
        }
        if let width = trial.wrong(upTo: seat.machines) {
            throw NightjarError(device: .cpu, reason: "\(width) hashes that take turns differ from each by itself")
        }
    }
}

private final class CryptoNightCPUHasher: CPUHasher {
    let remarks: [String]
    private let hasher: CryptoNightHasher

    init(_ hasher: CryptoNightHasher, remarks: [String]) {
        self.hasher = hasher
        self.remarks = remarks
    }

    func prepare(_ work: Work) { hasher.prepare(height: work.height) }

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        hasher.hash(inputs, into: digests, width: width)
    }
}
