import NightjarAlgorithms
import NightjarCore
import NightjarOpenCL
import TestSupport
import Testing

/// RandomX that is so small that a test can hash thousands, and the portable hasher to compare with.
enum SmallRandomX {
    /// - Parameters:
    ///   - v2: with the changes of version 2.
    ///   - even: all instructions are equally frequent, so that the rare ones are tried too.
    ///     The plain version 1 has programs of the real length; the others have shorter ones.
    ///   - tiny: even smaller, for simulators.
    static func parameters(v2: Bool = false, even: Bool = false, tiny: Bool = false) -> RandomXParameters {
        guard let full = (v2 ? Algorithm.rx2 : .rx0).parameters as? RandomXParameters else {
            preconditionFailure("not RandomX")
        }
        let count = full.frequencies.count
        let frequencies = even ? (0..<count).map { 256 / count + ($0 < 256 % count ? 1 : 0) } : full.frequencies
        return RandomXParameters(
            argonSalt: full.argonSalt, argonIterations: 1, argonLanes: 1, cacheKiB: 64, cacheAccesses: tiny ? 2 : 3,
            superscalarLatency: tiny ? 8 : 20, datasetBaseSize: tiny ? 1 << 12 : 1 << 16, datasetExtraSize: 5 * 64,
            programCount: tiny ? 2 : 3, programIterations: tiny ? 4 : 20, programSize: v2 || even || tiny ? 64 : 256,
            scratchpadL3: tiny ? 2048 : 8192, scratchpadL2: tiny ? 1024 : 4096, scratchpadL1: tiny ? 512 : 1024,
            jumpBits: 3, jumpOffset: full.jumpOffset, frequencies: frequencies, generatorKeys: full.generatorKeys,
            mixing: full.mixing, prefetchRegister: full.prefetchRegister, roundingGuard: v2 ? 0b1100 : 0,
            hasCommitment: full.hasCommitment)
    }

    static func algorithm(_ parameters: RandomXParameters) -> Algorithm {
        Algorithm(name: "small RandomX", parameters: parameters)
    }

    static func work(
        _ algorithm: Algorithm, length: Int = 76, nonceOffset: Int? = 39, seed: [UInt8] = [1, 2, 3]
    ) throws -> Work {
        var random = SeededGenerator(seed: UInt64(length))
        return try Work(
            algorithm: algorithm, input: (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) },
            nonceOffset: nonceOffset, seed: seed)
    }

    /// The proofs of the work's nonces, by the portable interpreter.
    static func proofs(_ work: Work, _ nonces: Range<UInt64>) -> [Proof] {
        guard let parameters = work.algorithm.parameters as? RandomXParameters, let seed = work.seed else { return [] }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: parameters.cacheKiB * 1024, alignment: 64)
        let scratchpad = UnsafeMutableRawBufferPointer.allocate(byteCount: parameters.scratchpadL3, alignment: 64)
        defer {
            memory.deallocate()
            scratchpad.deallocate()
        }
        let hasher = RandomXHasher(parameters, scratchpad: scratchpad, implementation: .portable)
        hasher.use(RandomXCache(parameters, seed: seed, memory: memory))
        return nonces.map { nonce in
            work.input(nonce: UInt32(nonce)).withUnsafeBytes { work.algorithm.proof(hasher.hash($0), of: $0) }
        }
    }

    /// A lane with a launch of the test's choice.
    static func lane(
        _ algorithm: Algorithm, on device: OpenCLDevice, room: Int = BatchResults.most,
        _ change: (inout RandomXLaunch) -> Void = { _ in }
    ) throws -> RandomXLane {
        guard let parameters = algorithm.parameters as? RandomXParameters else { preconditionFailure("not RandomX") }
        var launch = try RandomXLaunch(parameters, within: device.limits)
        change(&launch)
        return try RandomXLane(Fixture.backend.runtime(of: device), algorithm, launch: launch, room: room)
    }
}
