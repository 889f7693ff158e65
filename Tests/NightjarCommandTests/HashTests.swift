import Foundation
import NightjarCore
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct HashTests {
    static func lines(_ vectors: [Vectors.Hash]) -> [UInt8] {
        Array(vectors.map { "\($0.input)" + ($0.height.map { " \($0)" } ?? "") }.joined(separator: "\n").utf8)
    }

    @Test(arguments: ["cn/0", "cn/1", "cn/2", "cn/r"])
    func knownAnswersOnTheCPU(_ name: String) async throws {
        let vectors = try Vectors.hashes(name)
        try #require(!vectors.isEmpty)
        let ended = try await Binary.run(["hash", "-a", name], input: Self.lines(vectors))
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(ended.lines == vectors.map { "\($0.hash)" })
    }

    @Test(arguments: ["cn/0", "cn/1", "cn/2", "cn/r"])
    func knownAnswersOnOpenCL(_ name: String) async throws {
        // A few: the engine's tests go through all of them on this device.
        let vectors = Array(try Vectors.hashes(name).prefix(3))
        try #require(vectors.count == 3)
        let ended = try await Binary.run(["hash", "-a", name, "--device", "opencl:0.0"], input: Self.lines(vectors))
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(ended.lines == vectors.map { "\($0.hash)" })
    }

    @Test func randomXTakesItsKey() async throws {
        let all = try Vectors.hashes("rx/0")
        let seed = try #require(all.first?.seed)
        let vectors = all.filter { $0.seed?.bytes == seed.bytes }
        let ended = try await Binary.run(["hash", "-a", "randomx", "--seed", "\(seed)"], input: Self.lines(vectors))
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(ended.lines == vectors.map { "\($0.hash)" })
    }

    @Test func aCommitmentIsPrintedInPlaceOfTheHash() async throws {
        let all = try Vectors.hashes("rx/2")
        let seed = try #require(all.first?.seed)
        let vectors = all.filter { $0.seed?.bytes == seed.bytes }
        let arguments = ["hash", "-a", "rx/2", "--seed", "\(seed)"]
        let hashes = try await Binary.run(arguments, input: Self.lines(vectors))
        #expect(hashes.code == 0 && hashes.lines == vectors.map { "\($0.hash)" }, "\(hashes)")
        let commitments = try await Binary.run(arguments + ["--commitment"], input: Self.lines(vectors))
        #expect(commitments.code == 0 && commitments.err == "", "\(commitments)")
        #expect(try commitments.lines == vectors.map { "\(try #require($0.commitment))" })
    }

    @Test func theHeightOfALineOverridesTheOption() async throws {
        let vectors = try Vectors.hashes("cn/r")
        let other = try #require(vectors.first { $0.height != vectors[0].height })
        let height = try #require(vectors[0].height)
        // The first line relies on the option, the second has its own; line ends of both kinds, none at the end.
        let input = "\(vectors[0].input)\r\n\(other.input)   \(try #require(other.height))\t"
        let ended = try await Binary.run(
            ["hash", "-a", "cn/r", "--height", "\(height)", "-"], input: Array(input.utf8))
        #expect(ended.lines == ["\(vectors[0].hash)", "\(other.hash)"], "\(ended)")
        #expect(ended.code == 0)
    }

    @Test func anEmptyLineIsTheEmptyInput() async throws {
        // The digest of the empty input by cn/0, as published with the CryptoNote standard CNS008.
        let empty = "eb14e8a833fac6fe9a43b57b336789c46ffe93f2868452240720607b14387e11"
        let ended = try await Binary.run(["hash", "-a", "cn/0"], input: Array("\n\r\n".utf8))
        #expect(ended.lines == [empty, empty] && ended.code == 0, "\(ended)")
        let nothing = try await Binary.run(["hash", "-a", "cn/0"])
        #expect(nothing.out == "" && nothing.err == "" && nothing.code == 0)
    }

    @Test func inputsCanBeInAFile() async throws {
        let vector = try #require(try Vectors.hashes("cn/0").first)
        let path = NSTemporaryDirectory() + "nightjar-inputs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("\(vector.input)\n".utf8).write(to: URL(fileURLWithPath: path))
        let ended = try await Binary.run(["hash", "-a", "cn/0", path])
        #expect(ended.lines == ["\(vector.hash)"] && ended.code == 0, "\(ended)")
    }

    @Test func eachDigestComesAsSoonAsItsLine() async throws {
        // The second line is only written once the first digest has been read.
        let vector = try #require(try Vectors.hashes("cn/0").first)
        let shell = """
            mkfifo "$1/to" "$1/from"; "$0" hash -a cn/0 <"$1/to" >"$1/from" & exec 3>"$1/to" 4<"$1/from"
            echo \(vector.input) >&3; read -r a <&4; echo \(vector.input) >&3; read -r b <&4; exec 3>&-; wait; echo "$a $b"
            """
        let directory = NSTemporaryDirectory() + "nightjar-pipes-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let ended = try await Binary.run([directory], shell: shell)
        #expect(ended.lines == ["\(vector.hash) \(vector.hash)"], "\(ended)")
    }

    struct BadLine: Sendable, CustomStringConvertible {
        let arguments: [String]
        let input: [UInt8]
        let digests: Int
        let message: String
        var description: String { arguments.joined(separator: " ") + ": " + message }

        init(_ arguments: [String], _ input: String, _ digests: Int, _ message: String) {
            self.init(arguments, Array(input.utf8), digests, message)
        }

        init(_ arguments: [String], _ input: [UInt8], _ digests: Int, _ message: String) {
            (self.arguments, self.input, self.digests, self.message) = (arguments, input, digests, message)
        }
    }

    private static let spaces =
        "hex with spaces; an input is written without them, and what follows a space is a height"

    @Test(arguments: [
        BadLine(["-a", "cn/0"], "00\n\nzz\n00\n", 2, "line 3: bad hex: character 1 is not a hex digit"),
        BadLine(["-a", "cn/0"], "00\n000", 1, "line 2: bad hex: 3 digits, but two make a byte"),
        BadLine(["-a", "cn/0"], [0x30, 0x30, 0xFF, 0xFE], 0, "line 1: bad hex: character 3 is not a hex digit"),
        BadLine(["-a", "cn/0"], [0x30, 0x30, 0x00, 0x0A], 0, "line 1: bad hex: character 3 is not a hex digit"),
        BadLine(["-a", "cn/0"], "00 seven", 0, "line 1: bad height; it is a number below 2^64 after the input"),
        BadLine(["-a", "cn/0"], "00 -1", 0, "line 1: bad height; it is a number below 2^64 after the input"),
        BadLine(["-a", "cn/0"], "00 1 2", 0, "line 1: \(spaces)"),
        BadLine(["--algo", "cn/0"], "54 68 69\n", 0, "line 1: \(spaces)"),
        BadLine(["--algorithm", "cn/0"], "54 6f\n", 0, "line 1: \(spaces)"),
        BadLine(
            ["-a", "cn/r"], "00 18446744073709551616", 0,
            "line 1: bad height; it is a number below 2^64 after the input"),
        BadLine(
            ["-a", "cn/0"], "00\n " + String(repeating: "00", count: 43), 1,
            "line 2: bad height; it is a number below 2^64 after the input"),
        BadLine(
            ["-a", "cn/0"], "00\n" + String(repeating: "0", count: 17 << 20), 1, "line 2: longer than 16777216 bytes"),
        BadLine(["-a", "cn/1"], "00", 0, "line 1: cn/1 needs at least 43 bytes of input, not 1"),
        BadLine(["-a", "cn/r"], "00", 0, "line 1: cn/r needs a block height"),
        BadLine(["-a", "rx/0"], "00", 0, "line 1: rx/0 needs a seed"),
        BadLine(["-a", "cn/0", "/"], "", 0, "/: Is a directory"),
        BadLine(["-a", "cn/0", "/nowhere/at/all"], "", 0, "/nowhere/at/all: No such file or directory"),
    ])
    func badInputIsNamed(_ bad: BadLine) async throws {
        let ended = try await Binary.run(["hash"] + bad.arguments, input: bad.input)
        #expect(ended.code == 65 && !ended.wasKilled, "\(ended)")
        #expect(ended.err == "error: \(bad.message)\n")
        #expect(ended.lines.count == bad.digests)
        #expect(ended.lines.allSatisfy { $0.count == 64 })
    }

    @Test func closedDescriptorsAreErrorsOfThisCommand() async throws {
        let input = try await Binary.run([], shell: #""$0" hash -a cn/0 <&-"#)
        #expect(input.code == 65 && input.err == "error: standard input: Bad file descriptor\n", "\(input)")
        let output = try await Binary.run([], input: Array("00\n".utf8), shell: #""$0" hash -a cn/0 >&-"#)
        #expect(output.code == 1 && output.err == "error: standard output: Bad file descriptor\n", "\(output)")
        let full = try await Binary.run([], input: Array("00\n".utf8), shell: #""$0" hash -a cn/0 >/dev/full"#)
        #expect(full.code == 1 && full.err == "error: standard output: No space left on device\n", "\(full)")
    }

    @Test func aReaderThatLeavesIsNoCrash() async throws {
        let lines = [UInt8](Array(repeating: "00\n", count: 200).joined().utf8)
        let ended = try await Binary.run([], input: lines, shell: #"{ "$0" hash -a cn/0; echo "$?" >&2; } | head -n 1"#)
        #expect(ended.lines.count == 1 && ended.err == "error: standard output: Broken pipe\n1\n", "\(ended)")
    }
}
