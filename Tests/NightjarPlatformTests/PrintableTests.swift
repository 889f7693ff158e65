import NightjarPlatform
import Testing

@Suite(.timeLimit(.minutes(1))) struct PrintableTests {
    @Test func whatDoesNotShowIsMadeVisible() {
        let hidden = "\u{0}\u{7}\n\r\t\u{1B}\u{7F}\u{85}\u{9B}\u{AD}\u{200B}\u{202E}\u{2028}\u{2029}\u{2066}\u{FEFF}"
        for scalar in (hidden + "\u{E000}\u{FFFE}\u{E0041}").unicodeScalars {
            #expect(printable("a\(scalar)b") == "a\u{FFFD}b", "U+\(String(scalar.value, radix: 16))")
        }
        let shown = "A b~ \u{A0}é漢字\u{5D0}😀e\u{301}\u{302}"
        #expect(printable(shown).unicodeScalars.elementsEqual(shown.unicodeScalars))
    }

    @Test func theLimitIsInBytesAndBetweenScalars() {
        #expect(printable("abcdef", limit: 6) == "abcdef" && printable("abcdefg", limit: 6) == "abcdef…")
        #expect(printable("aéé", limit: 4) == "aé…" && printable("😀😀", limit: 7) == "😀…")
        #expect(printable("", limit: 0) == "" && printable("a", limit: 0) == "…")
        // One character, and as long as a text can be.
        let pile = "e" + String(repeating: "\u{301}", count: 1_000_000)
        #expect(pile.count == 1)
        #expect(printable(pile).unicodeScalars.elementsEqual("e\u{301}\u{301}\u{301}\u{301}".unicodeScalars))
        let controls = printable(String(repeating: "\u{0}", count: 10_000), limit: 100)
        #expect(controls == String(repeating: "\u{FFFD}", count: 33) + "…")
    }
}
