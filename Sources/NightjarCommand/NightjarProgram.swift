import ArgumentParser
import CCommit
import NightjarCore
import NightjarMiner
import NightjarPlatform

/// Runs the program: from arguments to an exit code.
enum NightjarProgram {
    /// The text of `--version`: the version, and the commit where the build knows it.
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

    private static func execute(_ arguments: [String]) async throws(CommandError) -> Int32 {
        var command: any ParsableCommand
        do { command = try RootCommand.parseAsRoot(arguments) } catch { return try parserEnd(error) }
        if let command = command as? any Subcommand { return try await command.execute() }
        guard !(command is RootCommand) else {
            throw CommandError(.usage, "no command given; 'nightjar --help' lists them")
        }
        // The argument parser's own commands, such as `help`.
        do { try command.run() } catch { return try parserEnd(error) }
        return 0
    }

    /// Ends the program after an error of the parser: a fault in the arguments, or a request for help.
    private static func parserEnd(_ error: any Error) throws(CommandError) -> Int32 {
        guard RootCommand.exitCode(for: error) == .success else {
            throw CommandError(.usage, RootCommand.message(for: error))
        }
        try Output.line(RootCommand.fullMessage(for: error))
        return 0
    }

    private static func oneLine(_ text: String) -> String {
        printable(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}
