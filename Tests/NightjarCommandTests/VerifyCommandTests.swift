import Foundation
import NightjarCore
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct VerifyCommandTests {
    /// A share as a line. The fields of `other` come last, already as JSON.
    static func line(_ vector: Vectors.Hash, _ other: String = "") -> String {
        var fields = ["\"blob\":\"\(vector.input)\"", "\"result\":\"\(vector.commitment ?? vector.hash)\""]
        if vector.commitment != nil { fields.append("\"commitment\":\"\(vector.hash)\"") }
        if let height = vector.height { fields.append("\"height\":\(height)") }
        if let seed = vector.seed { fields.append("\"seed\":\"\(seed)\"") }
        if !other.isEmpty { fields.append(other) }
        return "{\(fields.joined(separator: ","))}"
    }

    static func verify(_ name: String, _ lines: [String], _ arguments: [String] = []) async throws -> Binary.Ended {
        try await Binary.run(
            ["verify", "-a", name] + arguments, input: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    @Test(arguments: ["cn/1", "cn/r", "rx/0", "rx/2", "sha256d", "scrypt"])
    func knownAnswersAreOk(_ name: String) async throws {
        let vectors = Array(try Vectors.hashes(name).prefix(6))
        try #require(!vectors.isEmpty)
        let ended = try await Self.verify(name, vectors.map { Self.line($0) })
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(ended.lines == vectors.map { _ in "ok" })
    }

    @Test func verdictsComeInTheOrderOfTheLines() async throws {
        let vector = try #require(try Vectors.hashes("cn-pico").first)
        let wrong = Self.line(vector).replacingOccurrences(
            of: "\"result\":\"\(vector.hash)\"", with: "\"result\":\"\(String(repeating: "0", count: 64))\"")
        let hard = "\"target\":\"\(String(repeating: "0", count: 64))\""
        let lines = [Self.line(vector), Self.line(vector, hard), wrong, "{}", Self.line(vector)]
        let all = (0..<40).flatMap { _ in lines }
        let verdicts = ["ok", "above target", "wrong result", "error: \"blob\" is missing", "ok"]
        let ended = try await Self.verify("cn-pico", all)
        #expect(ended.code == 65 && ended.err == "", "\(ended)")
        #expect(ended.lines == (0..<40).flatMap { _ in verdicts })
        let readable = try await Self.verify("cn-pico", Array(lines[..<3]))
        #expect(readable.code == 1 && readable.lines == Array(verdicts[..<3]), "\(readable)")
        let nothing = try await Self.verify("cn-pico", [])
        #expect(nothing.code == 0 && nothing.out == "" && nothing.err == "", "\(nothing)")
    }

    @Test func jsonTellsWhatWasComputed() async throws {
        let vector = try #require(try Vectors.hashes("cn-pico").first)
        let wrong = "{\"blob\":\"\(vector.input)\",\"result\":\"\(String(repeating: "1", count: 64))\"}"
        let lines = [
            Self.line(vector), wrong, Self.line(vector, "\"target\":\"00000000\""), "[]",
        ]
        let ended = try await Self.verify("cn-pico", lines, ["--json"])
        #expect(ended.code == 65 && ended.err == "", "\(ended)")
        #expect(
            ended.lines == [
                #"{"line":1,"verdict":"ok","result":"\#(vector.hash)"}"#,
                #"{"line":2,"verdict":"wrong result","result":"\#(vector.hash)"}"#,
                #"{"line":3,"verdict":"above target","result":null}"#,
                #"{"line":4,"verdict":"error: a JSON object is needed, not an array","result":null}"#,
            ])
    }

    @Test func rx2IsCheckedByItsCommitmentFirst() async throws {
        let vector = try #require(try Vectors.hashes("rx/2").first)
        let seed = try #require(vector.seed)
        let commitment = try #require(vector.commitment)
        func line(_ result: String, _ hash: String, _ target: String) -> String {
            #"{"blob":"\#(vector.input)","result":"\#(result)","commitment":"\#(hash)","target":"\#(target)"}"#
        }
        let (none, all) = (String(repeating: "0", count: 64), String(repeating: "f", count: 64))
        let ended = try await Self.verify(
            "rx/2",
            [
                line("\(commitment)", "\(vector.hash)", "\(commitment)"), line("\(commitment)", none, all),
                line("\(vector.hash)", "\(vector.hash)", all), line("\(commitment)", none, none),
                #"{"blob":"\#(vector.input)","result":"\#(commitment)"}"#,
            ], ["--seed", "\(seed)"])
        #expect(
            ended.lines == [
                "ok", "wrong commitment", "wrong commitment", "above target",
                "error: \"commitment\" is missing: rx/2 needs the hash beside the result",
            ], "\(ended)")
        #expect(ended.code == 65)
    }

    /// Of the first word of cn-pico's first answer: its hash times 14 is below 2^256, and times 15 is not.
    @Test func targetsAndDifficulties() async throws {
        let vector = try #require(try Vectors.hashes("cn-pico").first)
        try #require("\(vector.hash)" == "48fc590f2e1c1d84b4e55e7a8093a7e028971412920efcff54bb028436191a11")
        let result = "\"result\":\"\(vector.hash)\""
        func half(_ result: String) -> String {
            "{\"blob\":\"\(vector.input)\",\"result\":\"\(result)\",\"difficulty\":2}"
        }
        let rows: [(String, String)] = [
            (#""target":"\#(vector.hash)""#, "ok"),
            (#""target":"47\#("\(vector.hash)".dropFirst(2))""#, "above target"),
            // The top word is 0x111a_1936_8402_bb54: a job's target must be above it.
            (#""target":"54bb028436191a11""#, "above target"), (#""target":"55bb028436191a11""#, "ok"),
            (#""target":"36191a11""#, "above target"), (#""target":"37191a11""#, "ok"),
            (#""target":"ffffffffffffffff""#, "ok"), (#""target":"ffffffff""#, "ok"),
            (#""target":"0000000000000000""#, "above target"), (#""target":"00000000""#, "above target"),
            (#""target":"\#(String(repeating: "F", count: 64))""#, "ok"),
            (#""difficulty":14"#, "ok"), (#""difficulty":15"#, "above target"), (#""difficulty":1"#, "ok"),
            (#""difficulty":340282366920938463463374607431768211455"#, "above target"),
            (#""difficulty":14,"target":null"#, "ok"),
        ]
        // Times 2: 2^256 exactly, and one less.
        let claims = [half(String(repeating: "0", count: 62) + "80"), half(String(repeating: "f", count: 62) + "7f")]
        let ended = try await Self.verify("cn-pico", rows.map { Self.line(vector, $0.0) } + claims)
        #expect(ended.lines == rows.map(\.1) + ["above target", "wrong result"], "\(ended) \(result)")
        #expect(ended.code == 1)
    }

    /// By its hash, the difficulty of Bitcoin's first block is 2536.426…; scrypt's unit is 2^16 times easier.
    @Test func bitcoinsDifficultiesHaveFractions() async throws {
        let blob =
            "01000000" + String(repeating: "0", count: 64)
            + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
        let hash = "6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000"
        func line(_ difficulty: String) -> String {
            #"{"blob":"\#(blob)","result":"\#(hash)","difficulty":\#(difficulty)}"#
        }
        let difficulties = ["1", "2536.4", "2536.5", "0.001", "2.5364e3", "1e90", "0"]
        let ended = try await Self.verify("sha256d", difficulties.map(line))
        let error = "error: \"difficulty\": a number above zero that a hash can meet is needed"
        #expect(ended.lines == ["ok", "ok", "above target", "ok", "ok", error, error], "\(ended)")
        // By scrypt the hash is another one, but what it claims meets the difficulty.
        let scrypt = try await Self.verify("scrypt", [line("166000000"), line("167000000")])
        #expect(scrypt.lines == ["wrong result", "above target"], "\(scrypt)")
    }

    @Test func eachVerdictComesAsSoonAsItsLine() async throws {
        // The second line is only written once the first verdict has been read.
        let vector = try #require(try Vectors.hashes("cn/0").first)
        let line = Self.line(vector).replacingOccurrences(of: "\"", with: "\\\"")
        let shell = """
            mkfifo "$1/to" "$1/from"; "$0" verify -a cn/0 <"$1/to" >"$1/from" & exec 3>"$1/to" 4<"$1/from"
            echo "\(line)" >&3; read -r a <&4; echo "\(line)" >&3; read -r b <&4; exec 3>&-; wait; echo "$a $b"
            """
        let directory = NSTemporaryDirectory() + "nightjar-pipes-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let ended = try await Binary.run([directory], shell: shell)
        #expect(ended.lines == ["ok ok"], "\(ended)")
    }

    @Test func whatIsWrongIsNamed() async throws {
        let blob = #""blob":"00""#
        let result = #""result":"\#(String(repeating: "0", count: 64))""#
        let rows: [(String, String)] = [
            ("", "JSON that ends too early"), ("{", "JSON that ends too early"),
            ("7", "a JSON object is needed, not a number"),
            ("{}x", "not JSON at byte 2"), ("{\(blob),\(blob),\(result)}", "a name stands twice in the object"),
            ("{\(result)}", #""blob" is missing"#), ("{\(blob)}", #""result" is missing"#),
            (#"{"blob":7,\#(result)}"#, #""blob": a string is needed, not a number"#),
            (#"{"blob":"0",\#(result)}"#, #""blob": bad hex"#), (#"{"blob":"zz",\#(result)}"#, #""blob": bad hex"#),
            (#"{\#(blob),"result":"00"}"#, #""result": 64 hex digits are needed"#),
            (#"{\#(blob),\#(result),"target":"0000"}"#, #""target": 8, 16 or 64 hex digits are needed"#),
            (#"{\#(blob),\#(result),"target":7}"#, #""target": a string is needed, not a number"#),
            (#"{\#(blob),\#(result),"difficulty":0}"#, #""difficulty": a whole number from 1 to 2^128 - 1 is needed"#),
            (
                #"{\#(blob),\#(result),"difficulty":1.5}"#,
                #""difficulty": a whole number from 1 to 2^128 - 1 is needed"#
            ),
            (#"{\#(blob),\#(result),"difficulty":"5"}"#, #""difficulty": a number is needed, not a string"#),
            (
                #"{\#(blob),\#(result),"difficulty":5,"target":"ffffffff"}"#,
                #""target" and "difficulty": only one of them may be given"#
            ),
            (#"{\#(blob),\#(result),"height":-1}"#, #""height": a whole number below 2^64 is needed"#),
            ("{\(blob),\(result)}", "cn/r needs a block height"),
        ]
        let ended = try await Self.verify("cn/r", rows.map(\.0))
        #expect(ended.lines == rows.map { "error: \($0.1)" }, "\(ended)")
        #expect(ended.code == 65 && ended.err == "")
        let short = try await Self.verify("cn/1", ["{\(blob),\(result)}"])
        #expect(short.lines == ["error: cn/1 needs at least 43 bytes of input, not 1"] && short.code == 65, "\(short)")
        let keyless = try await Self.verify("rx/0", ["{\(blob),\(result)}"])
        #expect(keyless.lines == ["error: rx/0 needs a seed"] && keyless.code == 65, "\(keyless)")
    }

    @Test func filesAndClosedDescriptors() async throws {
        let missing = try await Binary.run(["verify", "-a", "cn/0", "/nowhere/at/all"])
        #expect(
            missing.code == 65 && missing.err == "error: /nowhere/at/all: No such file or directory\n", "\(missing)")
        let input = try await Binary.run([], shell: #""$0" verify -a cn/0 <&-"#)
        #expect(input.code == 65 && input.err == "error: standard input: Bad file descriptor\n", "\(input)")
        let full = try await Binary.run([], input: Array("{}\n".utf8), shell: #""$0" verify -a cn/0 >/dev/full"#)
        #expect(full.code == 1 && full.err == "error: standard output: No space left on device\n", "\(full)")
        // What was read before a line that is too long is answered.
        let vector = try #require(try Vectors.hashes("cn-pico").first)
        let long = try await Binary.run(
            ["verify", "-a", "cn-pico"],
            input: Array((Self.line(vector) + "\n").utf8) + [UInt8](repeating: 48, count: 17 << 20))
        #expect(long.code == 65 && long.lines == ["ok"], "\(long)")
        #expect(long.err == "error: line 2: longer than 16777216 bytes\n")
    }

    @Test func anOpenCLDeviceVerifiesToo() async throws {
        let vectors = Array(try Vectors.hashes("cn/0").prefix(2))
        let ended = try await Self.verify("cn/0", vectors.map { Self.line($0) }, ["--device", "opencl:0.0"])
        #expect(ended.code == 0 && ended.lines == ["ok", "ok"], "\(ended)")
    }
}
