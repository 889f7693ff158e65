import CHashing
import NightjarAlgorithms

extension Stage {
    /// The primitives of both families: hashes of short inputs.
    static var primitives: [Stage] {
        [
            hash("blake2b, 76 B to 64 B", 64, 76) { nj_blake2b_hash($0, 64, $1, $2) },
            hash("blake2b, 256 B to 64 B", 64, 256) { nj_blake2b_hash($0, 64, $1, $2) },
            hash("keccak, 76 B to 200 B", 200, 76) {
                nj_keccak1600($1, $2, $0.assumingMemoryBound(to: UInt64.self))
            },
            hash("keccak-f1600", 200, 0) { output, _, _ in nj_keccak_f1600(output.assumingMemoryBound(to: UInt64.self))
            },
            final("blake256", nj_blake256), final("groestl256", nj_groestl256), final("jh256", nj_jh256),
            final("skein512-256", nj_skein512_256),
        ]
    }

    private typealias Final = @Sendable (UnsafeRawPointer?, Int, UnsafeMutablePointer<UInt8>?) -> Void

    /// One of CryptoNight's final hashes, of Keccak's state.
    private static func final(_ name: String, _ function: @escaping Final) -> Stage {
        hash("\(name), 200 B", 32, 200) { function($1, $2, $0.assumingMemoryBound(to: UInt8.self)) }
    }

    /// A hash of `length` bytes into `outputLength`.
    private static func hash(
        _ name: String, _ outputLength: Int, _ length: Int,
        _ function: @escaping @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer, Int) -> Void
    ) -> Stage {
        Stage(name, isQuick: true) {
            let memory = try StageMemory(4096)
            return {
                function(memory.start, memory.start + 2048, length)
                return memory.word
            }
        }
    }
}
