import Nightjar
import TestSupport
import Testing

/// A Monero node's `calc_pow` knows the algorithms of all its protocol versions: an oracle that shares no code with us.
@Suite(.timeLimit(.minutes(15))) struct NodeOracleTests {
    @Test func aNodeComputesTheSameHashes() async throws {
        let node = try await Monerod.start(environment: ["MONERO_USE_CNV4_JIT": "0"])
        let engine = try Engine()
        let versions: [(algorithm: Algorithm, major: Int)] = [(.cn0, 1), (.cn1, 7), (.cn2, 8), (.cnR, 10), (.rx0, 12)]
        var random = SeededGenerator()
        let seed = random.bytes(32)
        for (algorithm, major) in versions {
            for length in [43, 76, 77, 136, 200] {
                let input = random.bytes(length)
                let height = UInt64.random(in: 1_788_000...4_000_000, using: &random)
                let answer = try await node.proofOfWork(
                    major: major, height: height, blob: Hex.encode(input), seed: Hex.encode(seed))
                for device in engine.devices where engine.support(for: algorithm, on: device.id) == .supported {
                    // A program per height takes a device's compiler seconds: one is enough to see it agree.
                    if algorithm == .cnR && device.id != .cpu && length != 76 { continue }
                    let digest = try await engine.hash(
                        input, algorithm: algorithm, seed: seed, height: height, on: device.id)
                    #expect(
                        digest.description == answer,
                        "\(algorithm) on \(device.id), height \(height): \(Hex.encode(input))")
                }
            }
        }
    }
}
