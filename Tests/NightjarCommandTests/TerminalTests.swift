import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct TerminalTests {
    /// A `nightjar mine` at a terminal.
    final class Sitting {
        let terminal: PseudoTerminal
        let process: ChildProcess
        let directory = NSTemporaryDirectory() + "nightjar-terminal-\(UUID().uuidString)"

        init(
            _ arguments: [String] = ["mine", "--sandbox", "--device", "cpu"], environment: [String: String] = [:],
            columns: UInt16 = 200
        ) throws {
            terminal = try PseudoTerminal(columns: columns)
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            var variables = ProcessInfo.processInfo.environment.merging(["XDG_STATE_HOME": directory, "TERM": "xterm"])
            { $1 }
            variables["NO_COLOR"] = nil
            process = try ChildProcess(
                [try Binary.path()] + arguments, environment: variables.merging(environment) { $1 },
                files: (terminal.path, terminal.path, terminal.path), session: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        /// Waits until `condition` holds.
        func until(_ what: String, _ condition: () throws -> Bool) async throws {
            try await eventually(every: .milliseconds(20), "\(what); \(terminal.text)") { try condition() }
        }

        func wait(for text: String) async throws { try await until("'\(text)'") { terminal.text.contains(text) } }

        /// What `ps` says the process is doing: `T` for stopped.
        var condition: Character? {
            let text = (try? String(contentsOfFile: "/proc/\(process.id)/stat", encoding: .utf8)) ?? ""
            return text.split(separator: ")").last?.first { $0 != " " }
        }
    }

    @Test func aPersonSeesAndSteersTheRun() async throws {
        let sitting = try Sitting()
        let terminal = sitting.terminal
        #expect(terminal.isCooked)
        try await sitting.wait(for: "  keys  h hash rates, p pause, r resume")
        try await sitting.until("keys are not taken one by one") { !terminal.isCooked }
        // The line below all others, drawn in place.
        try await sitting.until("no status line") {
            terminal.text.contains(/\r\x{1B}\[2K[^\r\n]* accepted/)
        }
        // One line for a device that is ready; how its lanes were chosen is for the key.
        try await sitting.wait(for: "known answers passed")
        #expect(!terminal.text.contains("pinned to") && !terminal.text.contains("preparing cn/2"))
        terminal.type("h")
        try await sitting.wait(for: "highest")
        try await sitting.wait(for: "pinned to")
        terminal.type("p")
        try await sitting.wait(for: "paused by the user")
        try await sitting.wait(for: "\u{1B}[2Kpaused by the user | \u{1B}[1m0 H/s\u{1B}[0m | ")
        #expect(terminal.text.contains(" | r resumes"))
        terminal.type("r")
        try await sitting.wait(for: "resumed")
        terminal.type("s")
        try await sitting.wait(for: "  cpu: ")
        terminal.type("c")
        try await sitting.wait(for: "  not encrypted")
        terminal.type("q")
        #expect(try await sitting.process.wait(timeout: 60) == .exited(0))
        #expect(terminal.isCooked, "the terminal is as it was")
        let text = terminal.text
        #expect(text.contains(" found: ") && text.contains("\u{1B}[32mconnected to 127.0.0.1"))
        #expect(text.contains("stopping: waiting for 1 device"))
        #expect(
            text.components(separatedBy: "[33mpaused by the user").count == 2,
            "keys are not echoed, and each is heard once")
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func aSignalGivesTheTerminalBack(_ signal: Int32) async throws {
        let sitting = try Sitting()
        try await sitting.until("raw") { !sitting.terminal.isCooked }
        sitting.process.send(signal)
        #expect(try await sitting.process.wait(timeout: 60) == .exited(128 + signal))
        #expect(sitting.terminal.isCooked && sitting.terminal.text.contains(" found"))
    }

    @Test func aCrashGivesTheTerminalBack() async throws {
        let sitting = try Sitting()
        try await sitting.until("raw") { !sitting.terminal.isCooked }
        sitting.process.send(SIGSEGV)
        #expect(try await sitting.process.wait(timeout: 60) == .killed(signal: SIGSEGV))
        #expect(sitting.terminal.isCooked)
    }

    @Test func aStopGivesTheTerminalBackUntilItGoesOn() async throws {
        let sitting = try Sitting()
        let terminal = sitting.terminal
        try await sitting.until("raw") { !terminal.isCooked }
        // Ctrl-Z.
        terminal.type("\u{1A}")
        try await sitting.until("not stopped") { sitting.condition == "T" }
        #expect(terminal.isCooked)
        sitting.process.send(SIGCONT)
        try await sitting.until("raw again") { !terminal.isCooked }
        let before = terminal.text.count
        try await sitting.until("drawn again") { terminal.text.dropFirst(before).contains("\u{1B}[2K") }
        terminal.type("q")
        #expect(try await sitting.process.wait(timeout: 60) == .exited(0))
        #expect(terminal.isCooked)
    }

    @Test func aTerminalThatIsClosedEndsTheRun() async throws {
        var sitting: Sitting? = try Sitting()
        try await sitting?.until("raw") { sitting?.terminal.isCooked == false }
        let process = try #require(sitting?.process)
        sitting = nil
        // By the hang-up, or by the first line that cannot be written.
        let end = try #require(try await process.wait(timeout: 60))
        #expect(end == .exited(129) || end == .exited(1), "\(end)")
    }

    @Test func colourIsLeftOutOnRequest() async throws {
        let sitting = try Sitting(environment: ["NO_COLOR": "1"])
        try await sitting.wait(for: "connected to 127.0.0.1")
        try await sitting.until("raw") { !sitting.terminal.isCooked }
        sitting.terminal.type("q")
        #expect(try await sitting.process.wait(timeout: 60) == .exited(0))
        #expect(!sitting.terminal.text.contains("\u{1B}[3") && !sitting.terminal.text.contains("\u{1B}[0m"))
    }

    @Test func aSimpleTerminalGetsPlainLines() async throws {
        let sitting = try Sitting(
            ["mine", "--sandbox", "--device", "cpu", "--max-seconds", "0.5"], environment: ["TERM": "dumb"])
        #expect(try await sitting.process.wait(timeout: 60) == .exited(0))
        #expect(sitting.terminal.text.contains("connected to 127.0.0.1") && !sitting.terminal.text.contains("\u{1B}"))
    }

    @Test func programsGetTheirLinesOnATerminalToo() async throws {
        let sitting = try Sitting(["mine", "--sandbox", "--device", "cpu", "--max-seconds", "0.5", "--log", "json"])
        #expect(try await sitting.process.wait(timeout: 60) == .exited(0))
        let text = sitting.terminal.text
        #expect(text.contains(#""event":"summary""#) && !text.contains("\u{1B}") && !text.contains("keys:"))
    }

    @Test func aNarrowTerminalIsNotWrapped() async throws {
        let sitting = try Sitting(columns: 30)
        try await sitting.wait(for: " ok")
        sitting.terminal.type("q")
        _ = try await sitting.process.wait(timeout: 60)
        // The status line, without its styles.
        let drawn = sitting.terminal.text.components(separatedBy: "\r\u{1B}[2K").map {
            $0.prefix { !$0.isNewline }.replacing(/\u{1B}\[[0-9]+m/, with: "")
        }
        let status = drawn.filter { $0.contains(" ok") }
        #expect(!status.isEmpty && status.allSatisfy { $0.count <= 29 && !$0.contains("~ ") }, "\(status)")
    }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct OutputTests {
    static let inItsDirectory = #"cd "$XDG_STATE_HOME"; exec "$0" "$@""#

    @Test(arguments: ["", "--log json"])
    func withoutAnOutputTheRunEnds(_ options: String) async throws {
        let ended = try await Binary.run([], shell: #""$0" mine --sandbox --device cpu \#(options) >&-; echo "$?" >&2"#)
        #expect(ended.err == "error: standard output: it is closed\n1\n", "\(ended)")
    }

    @Test func aFileGetsTheLinesAndOutlivesTheOutput() async throws {
        let shell =
            #"cd "$XDG_STATE_HOME"; "$0" mine --sandbox --device cpu --max-seconds 0.5 --log-file log >&-; echo "$?" >&2; cat log; stat -c %a log"#
        let ended = try await Binary.run([], shell: shell)
        #expect(ended.err == "0\n", "\(ended)")
        #expect(
            ended.out.contains("connected to 127.0.0.1") && ended.lines.last == "600" && !ended.out.contains("\u{1B}"),
            "\(ended)")
        let dated = ended.lines.filter { $0.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  .*/) != nil }
        #expect(dated.contains { $0.contains(" found") }, "a file's lines have their date")
    }

    @Test func aFileIsOpenedAnewOnAHangUp() async throws {
        let run = try Binary(
            ["mine", "--sandbox", "--device", "cpu", "--log", "json", "--log-file", "LOG"], shell: Self.inItsDirectory)
        func contents(_ name: String) -> String {
            (try? String(contentsOfFile: run.directory + "/" + name, encoding: .utf8)) ?? ""
        }
        try await run.wait(for: #""event":"connected""#)
        try FileManager.default.moveItem(atPath: run.directory + "/LOG", toPath: run.directory + "/moved")
        run.send(SIGHUP)
        try await eventually("a new log file") { FileManager.default.fileExists(atPath: run.directory + "/LOG") }
        run.send(SIGTERM)
        let ended = try await run.ended()
        #expect(ended.code == 143 && contents("moved") + contents("LOG") == ended.out, "\(ended)")
        #expect(contents("LOG").contains(#""event":"summary""#) && contents("moved").contains(#""event":"connected""#))
    }

    @Test func aFileKeepsToItsLimit() async throws {
        let ended = try await Binary.run(
            [
                "mine", "--sandbox", "--device", "cpu", "--max-seconds", "0.5", "--log", "json", "--log-file", "LOG",
                "--log-file-size", "0.0004",
            ], shell: #"cd "$XDG_STATE_HOME"; "$0" "$@"; ls -1 LOG LOG.1; wc -c LOG LOG.1 | head -n 2 >&2"#)
        #expect(ended.out.hasSuffix("LOG\nLOG.1\n"), "\(ended)")
        let sizes = ended.err.split(separator: "\n").compactMap { Int($0.split(separator: " ")[0]) }
        #expect(sizes.count == 2 && sizes.allSatisfy { $0 <= 419 && $0 > 0 }, "\(ended)")
    }

    @Test func aFileThatCannotBeOpenedIsABadConfiguration() async throws {
        let ended = try await Binary.run(["mine", "--sandbox", "--log-file", "/nowhere/at/all"])
        #expect(
            ended.code == 78 && ended.err == "error: log file /nowhere/at/all: No such file or directory\n", "\(ended)")
    }
}
