import ArgumentParser
import CCommit
import Glibc
import NightjarCore
import NightjarMiner

@main enum Main {
    static func main() async {
        Descriptors.occupyClosed()
        // A reader that went away is an error of the write that meets it, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let code = await Program.run(Array(CommandLine.arguments.dropFirst()))
        Terminal.Modes.restore()
        // Not `exit`: a driver's threads may still be compiling, and its handlers would tear down what they use.
        // Nothing here is buffered.
        _exit(code)
    }
}

/// From arguments to an exit code.
enum Program {
    /// What `--version` prints: the version, and the commit where the build knows it.
    static var version: String {
        let commit = String(cString: nj_commit())
        return "nightjar \(Version.number)" + (commit.isEmpty ? "" : " (\(commit))")
    }

    static func run(_ arguments: [String]) async -> Int32 {
        do {
            return try await execute(arguments)
        } catch {
            Output.standardError("error: \(oneLine(error.message))")
            return error.code.rawValue
        }
    }

    private static func execute(_ arguments: [String]) async throws(Failure) -> Int32 {
        var command: any ParsableCommand
        do { command = try Nightjar.parseAsRoot(arguments) } catch { return try parserEnd(error) }
        if let command = command as? any Subcommand { return try await command.execute() }
        guard !(command is Nightjar) else {
            throw Failure(.usage, "no command given; 'nightjar --help' lists them")
        }
        // Commands of the parser's own: `help`.
        do { try command.run() } catch { return try parserEnd(error) }
        return 0
    }

    /// What the parser throws is a fault of the arguments, or help that was asked for.
    private static func parserEnd(_ error: any Error) throws(Failure) -> Int32 {
        guard Nightjar.exitCode(for: error) == .success else {
            throw Failure(.usage, Nightjar.message(for: error))
        }
        try Output.line(Nightjar.fullMessage(for: error))
        return 0
    }

    private static func oneLine(_ text: String) -> String {
        HumanReporter.printable(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}

/// The promised exit codes.
enum ExitStatus: Int32 {
    /// No usable device, wrong hashes, output that cannot be written.
    case failed = 1
    case usage = 64
    case badInput = 65
    case unavailable = 69
    case badConfiguration = 78
}

/// The end of a command that did not do what was asked: an exit code, and one line for standard error.
struct Failure: Error {
    let code: ExitStatus
    let message: String

    init(_ code: ExitStatus, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Faults of flags are of usage; those of a file or the environment, of the configuration.
    init(_ error: SettingError) { self.init(error.isUsage ? .usage : .badConfiguration, error.description) }
}

/// A command that says itself how it ended; the parser's own `run` knows neither `async` nor these exit codes.
protocol Subcommand: ParsableCommand {
    func execute() async throws(Failure) -> Int32
}

struct Nightjar: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightjar",
        abstract: "Proof-of-work hashing and mining on CPUs and OpenCL devices.",
        version: Program.version,
        subcommands: [
            Devices.self, Algorithms.self, Hash.self, Bench.self, Mine.self, Selftest.self, Tune.self, History.self,
            Setup.self, Completions.self,
        ])
}
