import NightjarAlgorithms
import NightjarCPU
import NightjarCore

extension Stage {
    /// CryptoNight's whole hashes, and its first and last phase: a hash with one turn of the main loop.
    static var cryptoNight: [Stage] {
        Catalog.all.flatMap { algorithm -> [Stage] in
            guard let parameters = algorithm.parameters as? CryptoNightParameters else { return [] }
            return Implementation.available.map { implementation in
                hash("\(algorithm) hash, \(implementation)", parameters, implementation)
            } + (algorithm == .cn0 ? phases(parameters) : [])
                + (interleaved.contains(algorithm) && Implementation.best == .native
                    ? (1...CryptoNightHasher.widest).map { turns(algorithm, parameters, $0) } : [])
        }
    }

    /// One algorithm for each kind of main loop and size of scratchpad. Every width of these is timed.
    private static let interleaved: [Algorithm] = [.cn0, .cn2, .cnR, .cnLite1, .cnHeavy0, .cnPico]

    /// Hashes that take turns, with CryptoNight-R's program compiled.
    private static func turns(_ algorithm: Algorithm, _ parameters: CryptoNightParameters, _ width: Int) -> Stage {
        Stage("\(algorithm), \(width) at once, native") {
            let scratchpads = try StageMemory(width * parameters.memory)
            let compiler = parameters.base == .r ? try? CompiledRandomMath() : nil
            let hasher = CryptoNightHasher(
                parameters, scratchpads: scratchpads.bytes, width: width, implementation: .native, compiler: compiler)
            hasher.prepare(height: 1)
            let input = StageInput()
            var inputs: [UInt8] = []
            var digests = [Digest](repeating: Digest(), count: width)
            return {
                inputs.removeAll(keepingCapacity: true)
                for _ in 0..<width { inputs += input.next() }
                withExtendedLifetime(scratchpads) {
                    inputs.withUnsafeBytes { inputs in
                        digests.withUnsafeMutableBufferPointer { hasher.hash(inputs, into: $0, width: width) }
                    }
                }
                return digests[width - 1].work
            }
        }
    }

    private static func phases(_ parameters: CryptoNightParameters) -> [Stage] {
        let once = CryptoNightParameters(
            base: parameters.base, features: parameters.features, memory: parameters.memory, iterations: 1,
            mask: parameters.mask)
        return Implementation.available.map { implementation in
            hash("cn/0 explode and implode, 2 MiB, \(implementation)", once, implementation)
        }
    }

    private static func hash(
        _ name: String, _ parameters: CryptoNightParameters, _ implementation: Implementation
    ) -> Stage {
        Stage(name) {
            let scratchpad = try StageMemory(parameters.memory)
            let hasher = CryptoNightHasher(parameters, scratchpads: scratchpad.bytes, implementation: implementation)
            hasher.prepare(height: 1)
            let input = StageInput()
            return { withExtendedLifetime(scratchpad) { hasher.hash(input.next()).work } }
        }
    }
}
