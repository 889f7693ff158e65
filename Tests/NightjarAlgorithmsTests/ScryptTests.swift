import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// scrypt, by every code that this processor can run.
@Suite(.timeLimit(.minutes(10))) struct ScryptTests {
    @Test(arguments: ScryptCode.available)
    func vectors(_ code: ScryptCode) throws {
        for vector in try Vectors.hashes("scrypt") {
            #expect(Self.digests([vector.input.bytes], code) == [vector.hash.bytes])
        }
    }

    /// Keys of up to a block, and longer ones, which HMAC hashes first; against Python's hashlib. The input is the bytes
    /// 0, 1, 2 …
    @Test(
        arguments: [
            (0, "b34ab7cd1ce0c308146ab970fa75517bcf20f95c7ed7a34efc0d5f096469b2e1"),
            (1, "8bd4cbf80fca43e90718a353823293084412cd748905aca29a4c584c32536717"),
            (63, "87f33716e85178cab517128d3a9831f1a83537de4a6acdc0b8fa3b8737d77a55"),
            (64, "e9076b9cbb4c5581ce33872fe143229c22bee50672e2fda220b4a0f513bc652a"),
            (65, "7df36a3d20a0a62d8bb74f77f1db7137216b0765a91b39aa9e5f20bb3251eb10"),
            (80, "bc540a1a801df96e493005c71e010e2d387607fbf0fec416fd3c2645aa1ba9d2"),
            (1000, "cc339e3d68aa76f50dc4c5fe40aae3f7d7d7e670d208d5fc281e41dab45a132c"),
            (1 << 20, "43ab481e5fdcddf05c52068e43498ca0bb5f4c10e88a792348a8396dec9f21fb"),
        ], ScryptCode.available)
    func lengths(_ row: (length: Int, digest: String), _ code: ScryptCode) {
        let input = (0..<row.length).map { UInt8($0 & 255) }
        #expect(Self.digests([input], code).map { Hex.encode($0) } == [row.digest])
    }

    /// Every width with whole groups, one that is not, and several, against the portable code. The lengths are those where
    /// the padding of one of the hashes inside goes into another block, and their neighbours.
    @Test(arguments: ScryptCode.available)
    func manyAtOnce(_ code: ScryptCode) {
        var generator = SeededGenerator(seed: 7)
        for length in [0, 3, 51, 52, 55, 56, 60, 64, 76, 80, 115, 116, 119, 120, 128, 143] {
            let inputs = (0..<71).map { _ in (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) } }
            let expected = Self.digests(inputs, .portable)
            for width in code.widths {
                for count in length == 80 ? Array(1...width + 1) : [width - 1, width + 3] where count > 0 {
                    #expect(
                        Self.digests(Array(inputs[..<count]), code, width: width) == Array(expected[..<count]),
                        "\(count) of \(length) bytes, \(width) at once")
                }
            }
        }
    }

    /// A width that a code has not.
    @Test(arguments: ScryptCode.available, [1, 3, 13, 31])
    func anyWidth(_ code: ScryptCode, _ width: Int) {
        let inputs = (0..<40).map { [UInt8](repeating: UInt8($0), count: 80) }
        #expect(Self.digests(inputs, code, width: width) == Self.digests(inputs, .portable))
    }

    @Test(arguments: ScryptCode.available)
    func checksums(_ code: ScryptCode) throws {
        for known in try Vectors.checksums("scrypt") {
            let headers = (0..<known.hashes).map { nonce in
                [UInt8](repeating: 0, count: 76) + (0..<4).map { UInt8(nonce >> (8 * $0) & 255) }
            }
            let checksum = Self.digests(headers, code).reduce(0) { sum, digest in
                sum ^ (0..<8).reduce(UInt64(0)) { $0 | UInt64(digest[24 + $1]) << UInt64(8 * $1) }
            }
            #expect(checksum == UInt64(known.checksum, radix: 16), "\(known)")
        }
    }

    @Test func widthsAscend() {
        #expect(ScryptCode.portable.widths == [1])
        for code in ScryptCode.available {
            #expect(!code.widths.isEmpty && code.widths == code.widths.sorted())
            #expect(code.widths.allSatisfy { 64 % $0 == 0 })
        }
        #expect(ScryptCode.best(.portable) == .portable)
        #expect(ScryptCode.available.last == ScryptCode.best(.native))
    }

    /// Headers of Litecoin's blocks with the hashes that its nodes accepted, shown in the other order of bytes.
    @Test(
        arguments: [
            (
                "010000000000000000000000000000000000000000000000000000000000000000000000d9ced4ed1130f7b7fa"
                    + "ad9be25323ffafa33232a17c3edf6cfd97bee6bafbdd97b9aa8e4ef0ff0f1ecd513f7c",
                "0000050c34a64b415b6b15b37f2216634b5b1669cb9a2e38d76f7213b0671e00"
            ),
            (
                "03000000be4888357a007fda4f9235c6594700a0e02be135da3d8e69c2aebd1b809e81932912ca57d429c5b733"
                    + "2f86aa3778aacaaffbda73034cd2e946635f323e9e9211b8046656c54e011b0480e328",
                "000000000000f3f0f2e31def24c22f27a8b79e056ee4c059eb601b4e9fec4a7d"
            ),
            (
                "140000201cd116c7e7bcf752283971c97a9ddead73fa5e02d0f449da942dcd42d1ca8d41be74912f5d731f7d99"
                    + "3a2ac48a9912051369648fe02efadcf450434d4064d9798c218762cd0c011a72e3361b",
                "000000000000008942a50f389d965fad3abfcf3e6f271077ecec7343659602bd"
            ),
            (
                "020000004c1271c211717198227392b029a64a7971931d351b387bb80db027f270411e398a07046f7d4a08dd81"
                    + "5412a8712f874a7ebf0507e3878bd24e20a3b73fd750a667d2f451eac7471b00de6659",
                "00000000002bef4107f882f6115e0b01f348d21195dacd3582aa2dabd7985806"
            ),
            (
                "0200000011503ee6a855e900c00cfdd98f5f55fffeaee9b6bf55bea9b852d9de2ce35828e204eef76acfd36949"
                    + "ae56d1fbe81c1ac9c0209e6331ad56414f9072506a77f8c6faf551eac7471b00389d01",
                "00000000003a0d11bdd5eb634e08b7feddcfbbf228ed35d250daf19f1c88fc94"
            ),
            (
                "02000000a72c8a177f523946f42f22c3e86b8023221b4105e8007e59e81f6beb013e29aaf635295cb9ac966213"
                    + "fb56e046dc71df5b3f7f67ceaeab24038e743f883aff1aaafaf551eac7471b0166249b",
                "00000000000b40f895f288e13244728a6c2d9d59d8aff29c65f8dd5114a8ca81"
            ),
            (
                "010000007824bc3a8a1b4628485eee3024abd8626721f7f870f8ad4d2f33a27155167f6a4009d1285049603888"
                    + "fe85a84b6c803a53305a8d497965a5e896e1a00568359589faf551eac7471b0065434e",
                "00000000003007005891cd4923031e99d8e8d72f6e8e7edc6a86181897e105fe"
            ),
            (
                "0200000050bfd4e4a307a8cb6ef4aef69abc5c0f2d579648bd80d7733e1ccc3fbc90ed664a7f74006cb11bde87"
                    + "785f229ecd366c2d4e44432832580e0608c579e4cb76f383f7f551eac7471b00c36982",
                "000000000018f0b426a4afc7130ccb47fa02af730d345b4fe7c7724d3800ec8c"
            ),
        ], ScryptCode.available)
    func realHeaders(_ block: (header: String, hash: String), _ code: ScryptCode) throws {
        let header = try #require(Hex.decode(block.header))
        let digest = try #require(Self.digests([header], code).first)
        #expect(digest.reversed() == Hex.decode(block.hash))
        // The last byte of the header is the nonce's.
        let other = Self.digests([header.dropLast() + [header[79] ^ 1]], code)
        #expect(other != [digest])
    }

    /// The digests of inputs of one length.
    ///
    /// - Parameter width: `nil` takes the code's widest.
    private static func digests(_ inputs: [[UInt8]], _ code: ScryptCode, width: Int? = nil) -> [[UInt8]] {
        let width = width ?? code.widths.last ?? 1
        let scratchpads = UnsafeMutableRawBufferPointer.allocate(
            byteCount: width * ScryptHasher.scratchpad, alignment: 64)
        defer { scratchpads.deallocate() }
        scratchpads.initializeMemory(as: UInt8.self, repeating: 0xA5)
        let hasher = ScryptHasher(scratchpads: scratchpads, width: width, code: code)
        var digests = [Digest](repeating: Digest(), count: inputs.count)
        digests.withUnsafeMutableBufferPointer { digests in
            inputs.flatMap { $0 }.withUnsafeBytes { hasher.hash($0, into: digests, width: width) }
        }
        return digests.map(\.bytes)
    }
}
