import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// The door for text from outside, by itself. `DoorTests` sends hostile text through a whole miner.
@Suite(.timeLimit(.minutes(1))) struct RedactorTests {
    private let redact = Redactor(["Qz7vKp-9\u{E9}", "pw"])

    private func theirs(_ text: String, _ limit: Int = 1000) -> String { redact("<\(theirs: text, limit)>") }

    @Test(arguments: [
        "Qz7vKp-9\u{E9}", "qZ7VkP-9\u{C9}", "Qz7vKp-9e\u{301}", "Qz7vKp-9e",
        "Q\u{301}z7\u{200B}v\u{202E}Kp\u{0}-9\u{E9}",
        "%51%7A7vKp%2d9%C3%A9", "\\u0051z7vKp-9\\u00e9", "\\\\u0051z7vKp-9\\\\u00e9", "&#81;z7vKp-9&#xE9;",
        "\\x51z7vKp-9\\u{e9}", "517a37764b702d39c3a9", "517A37764B702D39C3A9", "UXo3dktwLTnDqQ==", "dTpRejd2S3AtOcOp",
        "dXM6UXo3dktwLTnDqQ", "Qz7vKp-9\u{E9}\u{302}\u{303}",
        "\\121z7vKp-9\\351", "%u0051z7vKp-9%u00e9", "&#81z7vKp-9&#x000000e9;", "\\U00000051z7vKp-9\u{E9}",
        "Qz7vKp-9\\xc3\\xa9", "\\121z7vKp-9\\303\\251", "Qz7vKp-9\\xe9", "515A37564B502D39C389", "717A37766B702D39C3A9",
        "UVo3VktQLTnDiQ==", "&#0000000000000000081;z7vKp-9&#x00000000000000e9;",
        "Q&shy;z7v&zwj;Kp-9\u{E9}", "Q\u{3164}z\u{115F}7\u{2800}v\u{FE0F}K\u{1D159}p\u{E0100}-9\u{FFA0}\u{E9}",
    ]) func aSecretIsCoveredInEachForm(_ form: String) {
        #expect(theirs(form) == "<[secret]>")
        #expect(theirs("a \(form) b") == "<a [secret] b>")
    }

    @Test(arguments: [
        "se cret!/@+1%", "se\u{A0}cret!/@+1%", "se+cret%21%2F%40%2B1%25", "se%20cret!/@%2B1%25",
        "se&nbsp;cret&excl;&sol;&commat;&plus;1&percnt;", "se\\u00a0cret!/@+1%", "se\\040cret!/@+1%",
    ])
    func spacesAndSignsAreCovered(_ form: String) {
        #expect(Redactor(["se cret!/@+1%"])("a \(theirs: form) b") == "a [secret] b")
    }

    @Test func itIsCoveredBeforeAnythingIsCut() {
        for pad in 0...60 {
            let text = theirs(String(repeating: "~", count: pad) + "Qz7vKp-9\u{E9}", 40)
            #expect(!text.contains("Q"), "\(pad): \(text)")
        }
        // Whatever its length is, no part of it is shown.
        let marks = String(repeating: "\u{301}", count: 1 << 16)
        #expect(theirs("a Qz7v\(marks)Kp-9\u{E9}") == "<(a text of 131084 bytes)>")
    }

    /// A text that has the secret twice, one begun within the other.
    @Test func overlapsAreCovered() {
        let redact = Redactor(["abcXabc", "5Horse!battery5", "ab1c", "Straße", "λόγος"])
        #expect(redact("\(theirs: "1 abcXabcXabc 2")") == "1 [secret] 2")
        #expect(redact("\(theirs: "35486f7273652162617474657279" + "35Horse!battery5 2")") == "[secret] 2")
        #expect(redact("\(theirs: "dXNlcjphYjFj")") == "[secret]", "Base64 of a short one behind a name")
        #expect(redact("\(theirs: "STRASSE STRAẞE λΌΓΟΣ")") == "[secret] [secret] [secret]")
    }

    /// Each reading and each place is looked at once, whatever a text repeats.
    @Test func textsThatAreMadeToBeSlowAreNot() {
        let redact = Redactor(["ab1c", String(repeating: "a", count: 64) + "b"])
        for piece in ["%41\\A&amp;YWIxYw", "YWIxYw", "a", "61623163", "&#", "\\u0061"] {
            let text = String(String(repeating: piece, count: 1 << 16).utf8.prefix(1 << 16)) ?? ""
            #expect(redact("\(theirs: text)").utf8.count <= 1003)
        }
    }

    @Test func partsAreCoveredTogetherToo() {
        #expect(redact("\(theirs: "Qz7v")\(theirs: "Kp-9é") is \(5)") == "[secret] is 5")
        #expect(redact("\(theirs: "x Qz7v")Kp-9\(theirs: "é y")") == "x [secret] y")
        // Ours is no reason to let theirs stand.
        #expect(redact("a\(theirs: "pw")b, spw") == "a[secret]b, spw")
    }

    @Test func ordinaryWordsStay() {
        let text = "a job 7vKp of block \(String(repeating: "5a", count: 32)): low difficulty share, x, 100 % & \\ é"
        #expect(theirs(text) == "<\(text)>")
    }

    @Test func theirTextIsNotShownByMistake() {
        let text: OutsideText = "ours \(theirs: "theirs")"
        var dumped = ""
        dump(text, to: &dumped)
        let error = JobError(job: "theirs", reason: "\(theirs: "theirs")")
        #expect(!"\(text) \(String(reflecting: text)) \(dumped) \(error)".contains("theirs"))
        #expect(text.plain == "ours theirs")
    }

    @Test func secretsAreSharedByAllPoolsOfARun() throws {
        let options = UpstreamOptions()
        for (port, password) in [(1, "first-secret"), (2, "second-secret")] {
            _ = try StratumClient(
                url: PoolURL("h:\(port)"), login: Login(user: "u", password: password), options: options)
        }
        #expect(options.secrets("\(theirs: "first-secret, second-secret, x")") == "[secret], [secret], x")
    }
}
