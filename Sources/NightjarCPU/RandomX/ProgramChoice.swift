import NightjarAlgorithms
import NightjarCore
import NightjarPlatform
import Synchronization

/// Finds out, once, whether a copy of each RandomX program for each rounding mode is faster than changes of the
/// processor's mode (``ProgramEmitter``). Processors differ in what a change costs. Lanes that ask meanwhile wait some
/// 20 ms.
package final class ProgramChoice: Sendable {
    /// What the measurement gave.
    package struct Result: Sendable, Equatable {
        /// The speed with copies, as a multiple of that without.
        package let gain: Double
        package var copies: Bool { gain > 1 }

        package init(gain: Double) { self.gain = gain }

        /// A lane's remark; `nil` when it does as always.
        package var remark: String? {
            copies ? "a copy of each program for each rounding mode: measured as faster than changes of the mode" : nil
        }
    }

    /// Each way runs so many programs in a turn.
    private static let programs = 12
    /// The best turn counts, by the thread's own time: other work disturbs the others.
    private static let turns = 6

    private let known = Locked<Result?>(nil)

    package init() {}

    /// The answer for lanes of these parameters; `nil` where there is no choice.
    package func result(_ parameters: RandomXParameters) -> Result? {
        // v2 changes the mode in one of ten iterations. There, arithmetic on whole registers costs more than is gained.
        guard RandomXCompiledHasher.mayCopyPrograms, parameters.roundingGuard == 0 else { return nil }
        return known.withLock { known in
            if let known { return known }
            let result = Self.measure(parameters)
            known = result
            return result
        }
    }

    /// Runs programs both ways, on a dataset in the near cache: memory would only blur the difference.
    private static func measure(_ parameters: RandomXParameters) -> Result? {
        let parameters = parameters.nearDataset
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: parameters.scratchpadL3 + RandomXDataset.memorySize(parameters), alignment: 64)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0x5A)
        let scratchpad = UnsafeMutableRawBufferPointer(rebasing: memory[..<parameters.scratchpadL3])
        let items = UnsafeMutableRawBufferPointer(rebasing: memory[parameters.scratchpadL3...])
        guard let hasher = try? RandomXCompiledHasher(parameters, scratchpads: scratchpad) else { return nil }
        hasher.use(RandomXDataset(parameters, seed: [], memory: items))
        var shortest = (without: Double.infinity, with: Double.infinity)
        for turn in 0..<turns {
            shortest.without = min(shortest.without, time(hasher, copies: false, turn))
            shortest.with = min(shortest.with, time(hasher, copies: true, turn))
        }
        return Result(gain: shortest.without / shortest.with)
    }

    /// The seconds of the same programs for the same `turn`.
    private static func time(_ hasher: RandomXCompiledHasher, copies: Bool, _ turn: Int) -> Double {
        hasher.copiesPrograms = copies
        withUnsafeBytes(of: UInt64(turn)) { hasher.hasher.start($0) }
        let begin = ThreadTime.seconds
        for _ in 0..<programs {
            hasher.hasher.load()
            hasher.hasher.execute()
            hasher.hasher.reseed()
        }
        return ThreadTime.seconds - begin
    }
}

extension RandomXParameters {
    /// The same machine with a dataset as small as its scratchpad.
    fileprivate var nearDataset: RandomXParameters {
        RandomXParameters(
            argonSalt: argonSalt, argonIterations: argonIterations, argonLanes: argonLanes, cacheKiB: cacheKiB,
            cacheAccesses: cacheAccesses, superscalarLatency: superscalarLatency,
            datasetBaseSize: UInt64(scratchpadL3), datasetExtraSize: 0, programCount: programCount,
            programIterations: programIterations, programSize: programSize, scratchpadL3: scratchpadL3,
            scratchpadL2: scratchpadL2, scratchpadL1: scratchpadL1, jumpBits: jumpBits, jumpOffset: jumpOffset,
            frequencies: frequencies, generatorKeys: generatorKeys, mixing: mixing, prefetchRegister: prefetchRegister,
            roundingGuard: roundingGuard, hasCommitment: hasCommitment)
    }
}
