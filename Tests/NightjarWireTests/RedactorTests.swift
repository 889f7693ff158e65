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
    ]) func aSecretIsCoveredInEachForm(_ form: String) {
        #expect(theirs(form) == "<[secret]>")
        #expect(theirs("a \(form) b") == "<a [secret] b>")
    }

    @Test func itIsCoveredBeforeAnythingIsCut() {
        for pad in 0...60 {
            let text = theirs(String(repeating: "~", count: pad) + "Qz7vKp-9\u{E9}", 40)
            #expect(!text.contains("Q"), "\(pad): \(text)")
        }
        #expect(theirs(String(repeating: "~", count: 1 << 17) + "Qz7vKp-9\u{E9}").hasSuffix("~…"))
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
