import NightjarAlgorithms
import NightjarCore

extension Stage {
    /// CryptoNight's whole hashes, and its first and last phase by themselves: those of a hash whose main loop turns once.
    static var cryptoNight: [Stage] {
        Catalog.all.flatMap { algorithm -> [Stage] in
            guard case .cryptonight(let parameters) = algorithm.family else { return [] }
            return Implementation.available.map { implementation in
                hash("\(algorithm) hash, \(implementation)", parameters, implementation)
            } + (algorithm == .cn0 ? phases(parameters) : [])
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
