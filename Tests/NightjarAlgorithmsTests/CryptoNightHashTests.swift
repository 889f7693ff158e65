import CHashing
import NightjarCore
import TestSupport
import Testing

/// The hashes that CryptoNight is made of, each by itself.
@Suite(.timeLimit(.minutes(15))) struct CryptoNightHashTests {
    @Test(arguments: try Vectors.primitives("keccak-1600/200"))
    func keccakState(vector: Vectors.Primitive) {
        #expect(Self.bytes(of: Self.keccak(vector.input.bytes)) == vector.hash.bytes)
    }

    @Test(arguments: try Vectors.primitives("keccak-1600/32"))
    func keccakDigest(vector: Vectors.Primitive) {
        #expect(Array(Self.bytes(of: Self.keccak(vector.input.bytes)).prefix(32)) == vector.hash.bytes)
    }

    @Test(arguments: try Vectors.primitives("keccak-f1600"))
    func keccakPermutation(vector: Vectors.Primitive) throws {
        try #require(vector.input.bytes.count == 200)
        var state = (0..<25).map { lane in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(vector.input.bytes[8 * lane + $1]) << UInt64(8 * $1) }
        }
        nj_keccak_f1600(&state)
        #expect(Self.bytes(of: state) == vector.hash.bytes)
    }

    @Test(arguments: try Vectors.primitives("blake256"))
    func blake256(vector: Vectors.Primitive) { Self.expect(vector, nj_blake256) }

    @Test(arguments: try Vectors.primitives("groestl256"))
    func groestl256(vector: Vectors.Primitive) { Self.expect(vector, nj_groestl256) }

    @Test(arguments: try Vectors.primitives("jh256"))
    func jh256(vector: Vectors.Primitive) { Self.expect(vector, nj_jh256) }

    @Test(arguments: try Vectors.primitives("skein512-256"))
    func skein(vector: Vectors.Primitive) { Self.expect(vector, nj_skein512_256) }

    /// A parameterised test with no arguments would pass.
    @Test(arguments: [
        "keccak-1600/200", "keccak-1600/32", "keccak-f1600", "blake256", "groestl256", "jh256", "skein512-256",
    ])
    func vectorsAreThere(name: String) throws {
        #expect(try Vectors.primitives(name).count >= 4)
    }

    private static func expect(
        _ vector: Vectors.Primitive, _ hash: (UnsafeRawPointer?, Int, UnsafeMutablePointer<UInt8>?) -> Void
    ) {
        var digest = [UInt8](repeating: 0, count: 32)
        hash(vector.input.bytes, vector.input.bytes.count, &digest)
        #expect(digest == vector.hash.bytes)
    }

    private static func keccak(_ input: [UInt8]) -> [UInt64] {
        var state = [UInt64](repeating: 0, count: 25)
        nj_keccak1600(input, input.count, &state)
        return state
    }

    private static func bytes(of words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    }
}
