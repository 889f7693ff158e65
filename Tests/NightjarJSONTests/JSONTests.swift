import NightjarJSON
import Testing

@Suite(.timeLimit(.minutes(5))) struct JSONTests {
    @Test(arguments: [
        ("null", JSON.null), (" true ", .bool(true)), ("-0.5e+3", .number("-0.5e+3")),
        ("18446744073709551615", .number("18446744073709551615")),
        ("\"a\\u00e9\\ud83d\\ude00\\n\\/\"", .string("aé😀\n/")), ("[ ]", .array([])),
        ("[1,[2]]", .array([.number("1"), .array([.number("2")])])),
        ("{\"a\":{},\"a\":null}", .object(["a": .null])),
    ]) func values(_ text: String, _ value: JSON) throws {
        #expect(try JSON(parsing: text.utf8) == value)
        #expect(try JSON(parsing: value.text.utf8) == value)
    }

    @Test(arguments: [
        "", "  ", "{", "[1", "\"a", "tru", "nul", "01", "1.", ".5", "+1", "1e", "-", "[1,]", "{\"a\":1,}", "{a:1}",
        "{1:2}",
        "'a'", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\u12g4\"", "\"a\nb\"", "1 2", "{} x", "NaN",
        "\u{FEFF}1",
    ]) func nonsense(_ text: String) { #expect(throws: JSONError.self) { try JSON(parsing: text.utf8) } }

    /// What people write into configurations.
    @Test(arguments: [
        ("\u{FEFF}{\"a\": 1}", JSON.object(["a": .number("1")])),
        (
            "// first\n{ // here\n\"a\" /* key */ : /* value\n of two lines */ 1, // last\n} // end",
            .object(["a": .number("1")])
        ),
        ("[1, 2,]", .array([.number("1"), .number("2")])), ("{\"a\": [], }", .object(["a": .array([])])),
        ("[ /**/ ]", .array([])), ("/***/1", .number("1")),
        ("[\"//\", \"/*\"]", .array([.string("//"), .string("/*")])),
        ("{\"a\":1,/* none */}", .object(["a": .number("1")])), ("1//", .number("1")),
    ]) func written(_ text: String, _ value: JSON) throws {
        #expect(try JSONReader<JSON>.read(text.utf8, .written) == value)
        // Programs write none of this.
        if text != "[\"//\", \"/*\"]" {
            #expect(throws: JSONError.self) { try JSONReader<JSON>.read(text.utf8, .unambiguous) }
        }
    }

    @Test(arguments: [
        ("[,]", JSONError.Problem.noValue(",")), ("{,}", .nameWithoutQuotes(",")), ("{a:1}", .nameWithoutQuotes("a")),
        ("[1,,]", .noValue(",")),
        ("/* 1", .openComment), ("/*/ 1", .openComment), ("/ 1", .noValue("/")), ("[1]/", .trailing),
        ("{\"a\":1,\"a\":2}", .twice("a")), ("{\"a\": “b”}", .noValue("“")), ("// only a comment", .endsTooEarly),
        ("1 \u{FEFF}", .trailing), ("1,", .trailing),
    ]) func writtenWrongly(_ text: String, _ problem: JSONError.Problem) {
        #expect { try JSONReader<JSON>.read(text.utf8, .written) } throws: { ($0 as? JSONError)?.problem == problem }
    }

    @Test func linesAreCountedInComments() {
        #expect { try JSONReader<JSON>.read("/* 1\n2 */ // 2\n[1 2]".utf8, .written) } throws: {
            ($0 as? JSONError)?.line == 3
        }
    }

    @Test func invalidUTF8() {
        for bytes in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82],
        ] as [[UInt8]] {
            #expect(problem(bytes) == .notUTF8)
        }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON(parsing: nested(16).utf8)
        #expect(problem(nested(17).utf8) == .tooDeep(limit: 16))
        #expect(problem(String(repeating: "{\"a\":", count: 8000).utf8) == .tooDeep(limit: 16))
    }

    /// Comparing strings with many marks in a row takes long. Names and values, as they stand and escaped.
    @Test func marksInARowAreBounded() throws {
        for mark in ["\u{301}", "\\u0323"] {
            let most = String(repeating: mark, count: 30)
            _ = try JSON(parsing: "{\"a\(most)b\(most)\":\"\(most)\"}".utf8)
            for text in ["{\"a\(most)\(mark)\":1}", "[\"\(mark)\(most)\"]"] {
                #expect(problem(text.utf8) == .tooManyMarks(limit: 30))
            }
        }
        #expect(
            problem("{\"a\(String(repeating: "\u{301}\u{323}", count: 1 << 20))\":1}".utf8) == .tooManyMarks(limit: 30))
    }

    @Test func integersAreExact() throws {
        #expect(try JSON(parsing: "18446744073709551615".utf8).uint64 == .max)
        for text in ["18446744073709551616", "-1", "1.0", "1e3", "\"1\""] {
            #expect(try JSON(parsing: text.utf8).uint64 == nil)
        }
    }

    /// What it says in a log, for the first byte that is wrong.
    @Test(arguments: [
        ("hello", "not JSON at byte 0"), ("{\"a\" 1}", "not JSON at byte 5"), ("[1 2]", "not JSON at byte 3"),
        ("1 2", "not JSON at byte 2"), ("[", "JSON that ends too early"),
    ]) func errorsNameTheByte(_ text: String, _ words: String) throws {
        #expect(try #require(throws: JSONError.self) { try JSON(parsing: text.utf8) }.description == words)
    }

    @Test func errorsNameTheLine() throws {
        let error = try #require(throws: JSONError.self) { try JSON(parsing: "{\n\"a\":\n1 x".utf8) }
        #expect(error.line == 3)
        #expect(error.problem == .missing(mark: ",", after: .member("a")))
    }

    @Test func namesThatStandTwice() throws {
        let text = "{\"a\":1,\"b\":2,\"a\":3}"
        #expect(try JSON(parsing: text.utf8).text == "{\"b\":2,\"a\":3}")
        let error = try #require(throws: JSONError.self) {
            try JSONReader<JSON>.read(text.utf8, .unambiguous)
        }
        #expect(error.problem == .twice("a"))
    }

    @Test func membersKeepTheirOrder() throws {
        let text = #"{"b":[1,{}],"a":{"z":null,"y":"é"}}"#
        #expect(try JSON(parsing: text.utf8).text == text)
    }

    /// A line stays a line, and a terminal sees no escape sequences.
    @Test func textIsEscaped() throws {
        #expect(JSON.string("\u{1B}\u{9B}\u{7F}\u{2028}\r\n\"\\").text == #""\u001b\u009b\u007f\u2028\r\n\"\\""#)
        // So does a line's direction, and what is not seen; the value is the same.
        let turned = "a\u{202E}b\u{2066}c\u{200B}d\u{FEFF}e\u{AD}f\u{E0041}g\u{2029}h\u{85}\u{0}é漢\u{301}😀"
        let text = JSON.string(turned).text
        #expect(
            text == #""a\u202eb\u2066c\u200bd\ufeffe\u00adf\udb40\udc41g\u2029h\u0085\u0000é漢"# + "\u{301}😀\"")
        let again = try JSON(parsing: text.utf8).string
        #expect(again.map { Array($0.unicodeScalars) } == Array(turned.unicodeScalars))
    }

    private func problem(_ bytes: some Collection<UInt8>) -> JSONError.Problem? {
        do { _ = try JSON(parsing: bytes) } catch { return error.problem }
        return nil
    }
}
