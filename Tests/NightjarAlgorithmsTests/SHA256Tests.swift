import CHashing
import NightjarCore
import TestSupport
import Testing

/// SHA-256 and what is made of it, in plain C.
@Suite(.timeLimit(.minutes(5))) struct SHA256Tests {
    /// Lengths around the ends of blocks, against Python's hashlib; the message is the bytes 0, 1, 2 …
    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"),
        (56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"),
        (63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"),
        (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"),
        (65, "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781"),
        (119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"),
        (120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"),
        (1000, "a8af099bf2e878609558dbf69d8f88f4a31040a8cf84b549a0cfa912f12ffc3f"),
    ])
    func lengths(_ length: Int, _ digest: String) {
        #expect(Hex.encode(Self.sha256((0..<length).map { UInt8($0 & 255) })) == digest)
    }

    /// An example of FIPS 180-4.
    @Test func example() {
        #expect(
            Hex.encode(Self.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    /// A message in parts has the digest of the whole, wherever it is cut.
    @Test func partsMakeTheWhole() {
        let message = (0..<200).map { UInt8($0) }
        let whole = Self.sha256(message)
        for cut in 0...200 {
            var context = nj_sha256_context()
            nj_sha256_init(&context)
            nj_sha256_update(&context, Array(message[..<cut]), cut)
            nj_sha256_update(&context, Array(message[cut...]), 200 - cut)
            var digest = [UInt8](repeating: 0, count: 32)
            nj_sha256_final(&context, &digest)
            #expect(digest == whole)
        }
    }

    @Test(arguments: try Vectors.hashes("sha256d"))
    func sha256d(_ vector: Vectors.Hash) {
        var digest = [UInt8](repeating: 0, count: 32)
        nj_sha256d(vector.input.bytes, vector.input.bytes.count, &digest)
        #expect(digest == vector.hash.bytes)
    }

    /// Headers of real blocks of Bitcoin's chains with their hashes, shown in the other order of bytes.
    @Test(arguments: [
        (
            "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27a"
                + "c72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c",
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
        ),
        (
            "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bb"
                + "be680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299",
            "00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048"
        ),
        (
            "0100000050120119172a610421a6c3011dd330d9df07b63616c2cc1f1cd00200000000006657a9252aacd5c0b2"
                + "940996ecff952228c3067cc38d4885efb5a4ac4247e9f337221b4d4c86041b0f2b5710",
            "000000000003ba27aa200b1cecaad478d2b00432346c3f1f3986da1afd33e506"
        ),
        (
            "0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d7504"
                + "23db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695",
            "00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d"
        ),
        (
            "04c03a25324409f3c6f4854ec44ca6b4890235e8ffc9b2a8675c01000000000000000000c731dfc5a4e40187d8"
                + "93c75dbd6e5e75e5df1f15dea22270ac899bf9679311012f5c1a6a8f0602171a014f96",
            "00000000000000000001cbe4b4add61d60d9a470e0958f1b4024f202db9ca628"
        ),
        (
            "00000020c3995c75b4e5e4b1acd4fafaf19393079d31712e85c68124979995f54000000023c64252385a23409c"
                + "7a661e12d0332a342be15c9b99d91e15294283abb35f93a1c36460ed5d011e987b7600",
            "000001279d712f44f617a4aba70521e9612115be3663cba9a3cedcdade8bdc43"
        ),
        (
            "0020b42b030216aa3bfeb2cffb069ffe3a9b0de3db50c75112279e4f1200000000000000456d7ffa5b03f0e8a4"
                + "a2e10c296a2d140128e32728886aa304135e8d1cd1d0caeac2c06604fa54195ec4d06c",
            "000000000000000c1a1fad82b0e133f4772802b6dff7a95990580ae2e15c634f"
        ),
    ])
    func realHeaders(_ header: String, _ hash: String) throws {
        let bytes = try #require(Hex.decode(header))
        var digest = [UInt8](repeating: 0, count: 32)
        nj_sha256d(bytes, bytes.count, &digest)
        #expect(digest.reversed() == Hex.decode(hash))
    }

    private static func sha256(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        nj_sha256(message, message.count, &digest)
        return digest
    }
}
