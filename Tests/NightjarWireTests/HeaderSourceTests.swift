import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// Block headers made of a pool's job. The expected headers were put together elsewhere.
@Suite(.timeLimit(.minutes(5))) struct HeaderSourceTests {
    private static let root = "24d325a7a3acbd8c28402c7c4a3bb1fe1d1b5e730cc548c5dffae70343e9def7"
    private static let previous = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"

    private static func template(size: Int = 4) throws -> HeaderTemplate {
        HeaderTemplate(
            version: 0x2000_0000, previous: try #require(Hex.decode(previous)),
            coinbaseStart: try #require(
                Hex.decode(
                    "02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff1403a086012f")),
            coinbaseEnd: try #require(Hex.decode("2f6e696768746a61722fffffffff0100f2052a01000000015100000000")),
            extranonce1: [8, 0, 0, 2], extranonce2Size: size,
            branches: [[UInt8](repeating: 0x11, count: 32), Array(0..<32)], time: 0x6A1A_5C2F, bits: 0x1D00_FFFF)
    }

    private static func parts(_ source: HeaderSource, _ index: UInt64) throws -> HeaderParts {
        try #require(source.unit(index).flatMap { HeaderParts(token: $0.token) })
    }

    @Test func theHeaderIsMadeOfAllParts() throws {
        let template = try Self.template()
        let extra: [UInt8] = [4, 3, 2, 1]
        for (version, time, start, end) in [
            (0x2000_0000, 0x6A1A_5C2F, "00000020", "2f5c1a6a"), (0x2000_6000, 0x6A1A_5C30, "00600020", "305c1a6a"),
        ] as [(UInt32, UInt32, String, String)] {
            let header = template.header(HeaderParts(version: version, time: time, extranonce2: extra))
            #expect(Hex.encode(header) == start + Self.previous + Self.root + end + "ffff001d00000000")
        }
        #expect(template.height == 100_000)
    }

    /// Bitcoin's block 1, whose coinbase transaction is its only one.
    @Test func aRealBlock() throws {
        let coinbase = try #require(
            Hex.decode(
                "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0704ffff001d0104ffffff"
                    + "ff0100f2052a0100000043410496b538e853519c726a2c91e61ec11600ae1390813a627c66fb8be7947be63c52da7589"
                    + "379515d4e0a604f8141781e62294721166bf621e73a82cbf2342c858eeac00000000"))
        let header =
            "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1"
            + "a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299"
        let bytes = try #require(Hex.decode(header))
        let template = HeaderTemplate(
            version: 1, previous: Array(bytes[4..<36]), coinbaseStart: Array(coinbase[..<43]),
            coinbaseEnd: Array(coinbase[49...]), extranonce1: Array(coinbase[43..<45]), extranonce2Size: 4,
            branches: [], time: 0x4966_BC61, bits: 0x1D00_FFFF)
        let source = try HeaderSource(.sha256d, template)
        let work = try source.work(
            HeaderParts(version: 1, time: 0x4966_BC61, extranonce2: Array(coinbase[45..<49])))
        #expect(work.input(nonce: 0x9962_E301) == bytes)
        #expect(
            Hex.encode(DoubleSHA256.digest(bytes).reversed())
                == "00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048")
        #expect(HeaderTemplate.swapped(HeaderTemplate.swapped(template.previous)) == template.previous)
    }

    @Test func extraNonceComesFirst() throws {
        let source = try HeaderSource(.sha256d, Self.template(), mask: 0x1FFF_E000, start: 7, seconds: 100)
        for (index, extra) in [(0, [7, 0, 0, 0]), (1, [8, 0, 0, 0]), (256, [7, 1, 0, 0])] as [(UInt64, [UInt8])] {
            let parts = try Self.parts(source, index)
            #expect(parts == HeaderParts(version: 0x2000_0000, time: 0x6A1A_5C2F, extranonce2: extra))
        }
        // It begins before its own start again when it has come to its end.
        #expect(try Self.parts(source, 0xFFFF_FFFF).extranonce2 == [6, 0, 0, 0])
        let unit = try #require(source.unit(3))
        #expect(unit.nonces == .full && unit.work.nonceOffset == 76 && unit.work.input.count == 80)
    }

    /// One version bit is rolled from unit to unit; of more, the lowest two are rolled within a unit.
    @Test(
        arguments: [
            (0x0000_8000, [0x2000_0000, 0x2000_8000], 1), (0x0000_A000, [0x2000_0000], 4),
            (0x1000_A000, [0x2000_0000, 0x3000_0000], 4),
        ] as [(UInt32, [UInt32], Int)])
    func versionsComeSecondAndTimesLast(_ mask: UInt32, _ row: [UInt32], _ alike: Int) throws {
        // 256 extra nonces and three seconds.
        let source = try HeaderSource(.sha256d, Self.template(size: 1), mask: mask, seconds: 2)
        var seen: Set<[UInt8]> = []
        var versions: [UInt32] = []
        var times: [UInt32] = []
        var index: UInt64 = 0
        while let unit = source.unit(index) {
            #expect(unit.siblings.count == alike - 1)
            for number in 0..<alike {
                let one = unit.alone(number)
                let parts = try #require(HeaderParts(token: one.token))
                #expect(try source.work(parts) == one.work)
                #expect(seen.insert(one.work.input).inserted)
                #expect((parts.version ^ 0x2000_0000) & ~mask == 0)
            }
            let parts = try Self.parts(source, index)
            if versions.last != parts.version { versions.append(parts.version) }
            if times.last != parts.time { times.append(parts.time) }
            index += 1
        }
        #expect(index == 256 * UInt64(row.count) * 3)
        #expect(versions == (row.count == 1 ? row : row + row + row))
        #expect(times == [0x6A1A_5C2F, 0x6A1A_5C30, 0x6A1A_5C31])
    }

    /// A mask leaves the job's own version bits where it has none.
    @Test func aJobsOwnBitsCount() throws {
        var template = try Self.template(size: 0)
        template.version = 0x2000_4004
        let source = try HeaderSource(.sha256d, template, mask: 0x0000_6000)
        let unit = try #require(source.unit(0))
        let versions = (0..<4).map { HeaderParts(token: unit.alone($0).token)?.version }
        #expect(versions == [0x2000_4004, 0x2000_6004, 0x2000_0004, 0x2000_2004])
        #expect(source.unit(1) == nil)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 7, 8, 9, 16, 32]) func sizesOfExtraNonces(_ size: Int) throws {
        let source = try HeaderSource(.sha256d, Self.template(size: size), start: .max)
        let parts = try Self.parts(source, 0)
        #expect(parts.extranonce2.count == size)
        #expect(
            parts.extranonce2 == [UInt8](repeating: 255, count: min(size, 8))
                + [UInt8](repeating: 0, count: max(0, size - 8)))
        #expect(source.unit(1) == nil || size > 0)
    }

    @Test func aTimeNearItsEndIsNotRolledOver() throws {
        var template = try Self.template(size: 0)
        template.time = .max - 1
        let source = try HeaderSource(.sha256d, template, seconds: 7200)
        #expect(source.unit(1) != nil && source.unit(2) == nil)
    }

    @Test func heights() throws {
        var template = try Self.template()
        let before = [UInt8](repeating: 0, count: 42)
        for (script, height) in [
            ([0x51], 1), ([0x60], 16), ([1, 17], 17), ([2, 0xC8, 0], 200), ([3, 0xA0, 0x86, 1], 100_000), ([0], nil),
            ([3, 1], nil), ([0x61], nil), ([], nil),
        ] as [([UInt8], UInt64?)] {
            template.coinbaseStart = before + script
            #expect(template.height == height)
        }
        template.coinbaseStart = []
        #expect(template.height == nil)
    }
}
