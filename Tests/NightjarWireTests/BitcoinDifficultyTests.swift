import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Difficulties as pools write them, and the 256-bit targets that they stand for. The expected targets were computed with
/// fractions of whole numbers.
@Suite(.timeLimit(.minutes(5))) struct BitcoinDifficultyTests {
    private static func target(_ hex: String) throws -> Target {
        try #require(Target(littleEndian: (Hex.decode(hex) ?? []).reversed()))
    }

    private static let rows: [(text: String, sha256d: String, scrypt: String)] = [
        (
            "1", "00000000ffff0000000000000000000000000000000000000000000000000000",
            "0000ffff00000000000000000000000000000000000000000000000000000000"
        ),
        (
            "0.1e1", "00000000ffff0000000000000000000000000000000000000000000000000000",
            "0000ffff00000000000000000000000000000000000000000000000000000000"
        ),
        (
            "0.00015", "00001a0a90a00000000000000000000000000000000000000000000000000000",
            "1a0a90a000000000000000000000000000000000000000000000000000000000"
        ),
        (
            "0.1", "00000009fff60000000000000000000000000000000000000000000000000000",
            "0009fff600000000000000000000000000000000000000000000000000000000"
        ),
        (
            "0.0005", "000007cff8300000000000000000000000000000000000000000000000000000",
            "07cff83000000000000000000000000000000000000000000000000000000000"
        ),
        (
            "1.5", "00000000aaaa0000000000000000000000000000000000000000000000000000",
            "0000aaaa00000000000000000000000000000000000000000000000000000000"
        ),
        (
            "65536", "000000000000ffff000000000000000000000000000000000000000000000000",
            "00000000ffff0000000000000000000000000000000000000000000000000000"
        ),
        (
            "1e15", "00000000000000000000480e766cdedcb914316213b20a7a5f0d26cb45f4f354",
            "0000000000000000480e766cdedcb914316213b20a7a5f0d26cb45f4f354160d"
        ),
        (
            "9223372036854775807", "000000000000000000000001fffe000000000003fffc000000000007fff80000",
            "00000000000000000001fffe000000000003fffc000000000007fff800000000"
        ),
        (
            "123456.789012345678901234567890", "00000000000087e4b45ea3f325bffe1466afb678fca29d5397bc6a506930fdf1",
            "0000000087e4b45ea3f325bffe1466afb678fca29d5397bc6a506930fdf155ef"
        ),
        (
            "2.328306436538696e-10", "ffff0000000008f22774e0c14fc8d69209559e7d3fb087d5e2903569e782145b",
            String(repeating: "f", count: 64)
        ),
        (
            "1e60", "00000000000000000000000000000000000000000000000000000000019b5eaf",
            "0000000000000000000000000000000000000000000000000000019b5eaf4a7f"
        ),
    ]

    @Test(arguments: rows) func targetsAreExact(_ row: (text: String, sha256d: String, scrypt: String)) throws {
        for (algorithm, hex) in [(Algorithm.sha256d, row.sha256d), (.scrypt, row.scrypt)] {
            let unit = BitcoinDifficulty.Unit(algorithm)
            let target = try Self.target(hex)
            for json in [JSON.number(row.text), .string(row.text)] {
                let difficulty = try #require(unit.difficulty(json))
                #expect(difficulty.target == target)
                #expect(difficulty.shown.text == row.text)
            }
        }
    }

    @Test func theExpectedNumberOfHashesIsThatOfTheTarget() throws {
        for (algorithm, hashes) in [(Algorithm.sha256d, 4_295_032_833.0), (.scrypt, 65_537.0)] {
            let unit = BitcoinDifficulty.Unit(algorithm)
            #expect(unit.hashes.rounded() == hashes)
            #expect(abs(Double(unit.one.target.difficulty.value) - hashes) <= 1)
            let half = try #require(unit.difficulty(text: "0.5"))
            #expect(abs(half.shown.value * half.shown.hashesPerUnit - hashes / 2) <= 1)
            #expect(unit.one.isHarder(than: half) && !half.isHarder(than: unit.one) && !half.isHarder(than: half))
        }
    }

    @Test func aFactorChangesTheUnit() throws {
        // Bitcoin's numbers for scrypt, and scrypt's for SHA-256d.
        #expect(BitcoinDifficulty.Unit(.scrypt, factor: 1).one.target == BitcoinDifficulty.Unit(.sha256d).one.target)
        #expect(
            BitcoinDifficulty.Unit(.sha256d, factor: 65536).one.target == BitcoinDifficulty.Unit(.scrypt).one.target)
        let half = BitcoinDifficulty.Unit(.sha256d, factor: 0.5)
        #expect(half.one.target == BitcoinDifficulty.Unit(.sha256d).difficulty(text: "2")?.target)
    }

    @Test(arguments: [
        JSON.number("0"), .number("-1"), .number("-0"), .number("0.000e5"), .string("NaN"), .string("inf"), .string(""),
        .string("0x10"), .string("1,5"), .number("1e80"), .number("1e999"), .number("1e-99999999999999999999"), .null,
        .bool(true), .array([.number("1")]), .number("1" + String(repeating: "0", count: 64)),
    ]) func numbersThatAreNoDifficulty(_ json: JSON) {
        #expect(BitcoinDifficulty.Unit(.sha256d).difficulty(json) == nil)
    }

    @Test func ourOwnNumbersAreWrittenPlainly() {
        let unit = BitcoinDifficulty.Unit(.sha256d)
        #expect(unit.difficulty(value: 65536)?.shown.text == "65536")
        #expect(unit.difficulty(value: 0.001)?.shown.text == "0.001")
        #expect(unit.difficulty(value: 0) == nil && unit.difficulty(value: .nan) == nil)
    }
}
