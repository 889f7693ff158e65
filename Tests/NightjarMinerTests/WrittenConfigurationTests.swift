import Foundation
import NightjarMiner
import Testing

/// What people write into configurations, and editors save: the words name what is wrong.
@Suite(.timeLimit(.minutes(5))) struct WrittenConfigurationTests {
    private func fault(_ bytes: [UInt8]) throws -> String {
        let scratch = LedgerTests.Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        let path = scratch.path + "/c.json"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do { _ = try ConfigurationFile(path: path) } catch {
            return "\(error)".replacingOccurrences(of: path, with: "FILE")
        }
        return "no fault"
    }

    @Test(arguments: [
        ("{“log”: 1}", "FILE:1: '“' does not belong here: write straight quotation marks, \""),
        ("{'log': 'json'}", "FILE:1: ''' does not belong here: write straight quotation marks, \""),
        ("{\"log\": 'json'}", "FILE:1: ''' does not belong here: write straight quotation marks, \""),
        ("{\n\u{A0}\"log\": 1}", "FILE:2: an invisible character (U+A0) does not belong here: delete it"),
        ("{\"log\": \u{200B}1}", "FILE:1: an invisible character (U+200B) does not belong here: delete it"),
        ("{log: 1}", "FILE:1: a key in quotation marks is missing"),
        (
            "{\"autosave\": true, \"cpu\": true}",
            "FILE:1: autosave: xmrig's configurations have this key: give such a file after --from-xmrig"
        ),
    ]) func theFaultIsNamed(_ text: String, _ words: String) throws { #expect(try fault(Array(text.utf8)) == words) }

    @Test(arguments: [
        (String.Encoding.utf16, "UTF-16"), (.utf16LittleEndian, "UTF-16"), (.utf16BigEndian, "UTF-16"),
        (.utf32, "UTF-32"),
    ]) func theEncodingIsNamed(_ encoding: String.Encoding, _ name: String) throws {
        let bytes = try #require("{\"threads\": 2}".data(using: encoding))
        #expect(try fault(Array(bytes)) == "FILE:1: it is \(name); save it as UTF-8")
    }
}
