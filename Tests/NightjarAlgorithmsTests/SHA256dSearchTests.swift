import Foundation
import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// Every code that this processor can run finds exactly the nonces that plain SHA-256 of whole headers finds.
@Suite(.timeLimit(.minutes(60))) struct SHA256dSearchTests {
    private struct Found: Hashable, Comparable {
        var nonce: UInt32
        var work = 0
        var digest: Digest

        static func < (a: Found, b: Found) -> Bool { (a.nonce, a.work) < (b.nonce, b.work) }
    }

    private static let genesis =
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc8"
        + "1bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"

    /// Real headers with a difficulty that they meet. The last 64 bits of two digests are 0.
    private static let blocks: [(header: String, difficulty: Double)] = [
        (genesis, 1),
        (
            "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1"
                + "a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299", 1
        ),
        (
            "0100000050120119172a610421a6c3011dd330d9df07b63616c2cc1f1cd00200000000006657a9252aacd5c0b2940996ecff952228c3"
                + "067cc38d4885efb5a4ac4247e9f337221b4d4c86041b0f2b5710", 14484
        ),
        (
            "0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db8b1eb942ae710e"
                + "951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695", 244112
        ),
        (
            "04c03a25324409f3c6f4854ec44ca6b4890235e8ffc9b2a8675c01000000000000000000c731dfc5a4e40187d893c75dbd6e5e75e5df"
                + "1f15dea22270ac899bf9679311012f5c1a6a8f0602171a014f96", 1e14
        ),
        (
            "0020b42b030216aa3bfeb2cffb069ffe3a9b0de3db50c75112279e4f1200000000000000456d7ffa5b03f0e8a4a2e10c296a2d140128"
                + "e32728886aa304135e8d1cd1d0caeac2c06604fa54195ec4d06c", 1e8
        ),
    ]

    /// The top word of a Bitcoin difficulty's target: 1 is met by a hash that is at most 0x00000000FFFF0000…
    private static func top(_ difficulty: Double) -> UInt64 {
        let top = 4_294_901_760 / difficulty
        return top < 0x1p64 ? UInt64(top) : .max
    }

    private static func header(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }

    private static func nonce(_ header: [UInt8]) -> UInt32 {
        header[76...].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func digest(_ header: [UInt8], _ nonce: UInt64) -> Digest {
        var header = header
        for byte in 0..<4 { header[76 + byte] = UInt8(truncatingIfNeeded: nonce >> UInt64(8 * byte)) }
        var digest = Digest()
        header.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
        return digest
    }

    private static func found(_ search: SHA256dSearch, _ nonces: Range<UInt64>, top: UInt64) -> [Found] {
        var found: [Found] = []
        search.search(nonces, top: top) { found.append(Found(nonce: $0, work: $1, digest: $2)) }
        return found.sorted()
    }

    private static func search(_ code: SHA256dCode, _ headers: [[UInt8]]) -> SHA256dSearch {
        let search = SHA256dSearch(code)
        search.prepare(headers)
        return search
    }

    /// Counts around every code's step, and the last nonces that there are.
    @Test(arguments: SHA256dCode.available)
    func everyCount(_ code: SHA256dCode) throws {
        let header = (0..<80).map { UInt8($0 * 7 & 255) }
        let search = Self.search(code, [header])
        for first in [0, 0xABCD_EF01, (1 << 32) - 100] as [UInt64] {
            let digests = (first..<first + 100).map { Self.digest(header, $0) }
            for count in 0...100 {
                let nonces = first..<first + UInt64(count)
                #expect(search.checksum(nonces) == digests.prefix(count).reduce(0) { $0 ^ $1.work })
                let all = zip(nonces, digests).map { Found(nonce: UInt32($0), digest: $1) }
                #expect(Self.found(search, nonces, top: .max) == all)
            }
            #expect(search.digest(UInt32(first)) == digests[0])
        }
    }

    /// Every target between two digests, for words of every size.
    @Test(arguments: SHA256dCode.available)
    func everyTarget(_ code: SHA256dCode) throws {
        let search = Self.search(code, [[UInt8](repeating: 0xA5, count: 80)])
        let nonces = 5000..<5300 as Range<UInt64>
        let all = Self.found(search, nonces, top: .max)
        #expect(all.count == nonces.count)
        for top in all.map(\.digest.work) {
            for top in [top - 1, top, top | 0xFFFF_FFFF, (top >> 32) << 32] {
                #expect(Self.found(search, nonces, top: top) == all.filter { $0.digest.work <= top })
            }
        }
    }

    /// Real headers meet what they had to meet, also where the last two words are 0; with one bit flipped they don't.
    @Test(arguments: SHA256dCode.available)
    func realHeaders(_ code: SHA256dCode) throws {
        for (hex, difficulty) in Self.blocks {
            let header = try Self.header(hex)
            let (nonce, top) = (Self.nonce(header), Self.top(difficulty))
            let near = UInt64(max(nonce, 500)) - 500..<min(1 << 32, UInt64(nonce) + 500)
            let expected = [Found(nonce: nonce, digest: Self.digest(header, UInt64(nonce)))]
            #expect(Self.found(Self.search(code, [header]), near, top: top) == expected)
            for bit in [0, 300, 511, 512, 600, 607] {
                var flipped = header
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(Self.found(Self.search(code, [flipped]), near, top: top).isEmpty, "bit \(bit)")
            }
        }
    }

    /// Headers that differ in their first 64 bytes only: together, each is searched as alone.
    @Test(arguments: SHA256dCode.available)
    func together(_ code: SHA256dCode) throws {
        let headers = try (0..<4).map { version in
            var header = try Self.header(Self.genesis)
            header[2] = UInt8(version * 0x20)
            return header
        }
        for count in 1...4 {
            let works = SHA256dSearch(code).works(count)
            #expect((1...count).contains(works))
            #expect(code != .avx512 || works == [1, 2, 2, 4][count - 1])
            #expect(code != .mixed || works == count)
            let together = Self.search(code, Array(headers[..<works]))
            for nonces in [0..<1, 3..<20, 2_083_236_893 - 333..<2_083_236_893 + 222, 0xFFFF_FF00..<1 << 32]
                as [Range<UInt64>]
            {
                for top in [UInt64.max, .max >> 4, 0xFFFF_FFFF, 0] {
                    let expected = headers[..<works].enumerated().flatMap { work, header in
                        Self.found(Self.search(.portable, [header]), nonces, top: top).map {
                            Found(nonce: $0.nonce, work: work, digest: $0.digest)
                        }
                    }
                    #expect(Self.found(together, nonces, top: top) == expected.sorted())
                }
            }
        }
    }

    /// Rejection by the last word, which is early, against a comparison of whole digests: no nonce is lost, none is
    /// invented. Around the nonce of a real block, so that there is something to find at each difficulty.
    ///
    /// `NIGHTJAR_TEST_NONCES` gives another number of nonces. A hundred million take ten minutes.
    @Test func earlyRejection() throws {
        let count = ProcessInfo.processInfo.environment["NIGHTJAR_TEST_NONCES"].flatMap { UInt64($0) } ?? 200_000
        let header = try Self.header(Self.genesis)
        let nonce = UInt64(Self.nonce(header))
        let nonces = nonce - min(nonce, count / 2)..<min(1 << 32, nonce + (count + 1) / 2)
        // The first one is met often, the last ones by the block alone.
        let tops = [1e-6, 0.00015, 0.5, 1, 3].map(Self.top)
        var expected = [[Found]](repeating: [], count: tops.count)
        for nonce in nonces {
            let digest = Self.digest(header, nonce)
            for (index, top) in tops.enumerated() where digest.work <= top {
                expected[index].append(Found(nonce: UInt32(nonce), digest: digest))
            }
        }
        #expect(expected.allSatisfy { !$0.isEmpty } && expected[0].count > count / 10_000)
        for code in SHA256dCode.available {
            let search = Self.search(code, [header])
            for (index, top) in tops.enumerated() { #expect(Self.found(search, nonces, top: top) == expected[index]) }
        }
    }

    @Test(arguments: SHA256dCode.available, try Vectors.hashes("sha256d"))
    func vectors(_ code: SHA256dCode, _ vector: Vectors.Hash) throws {
        let nonce = Self.nonce(vector.input.bytes)
        let digest = try #require(Digest(vector.hash.bytes))
        let search = Self.search(code, [vector.input.bytes])
        #expect(search.digest(nonce) == digest)
        #expect(search.checksum(UInt64(nonce)..<UInt64(nonce) + 1) == digest.work)
        let found = Self.found(search, UInt64(nonce)..<UInt64(nonce) + 1, top: digest.work)
        #expect(found == [Found(nonce: nonce, digest: digest)])
    }

    @Test(arguments: SHA256dCode.available, try Vectors.checksums("sha256d"))
    func checksums(_ code: SHA256dCode, _ vector: Vectors.Checksum) {
        let search = Self.search(code, [[UInt8](repeating: 0, count: 80)])
        #expect(Hex.encodeUpper(search.checksum(0..<UInt64(vector.hashes))) == vector.checksum)
    }
}
