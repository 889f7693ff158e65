import ArgumentParser
import CCommit
import Glibc
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

    /// A sentence for root, who risks more than the program needs; `nil` for other users.
    static var rootWarning: String? { geteuid() == 0 ? "Nightjar runs as root and does not need to" : nil }

    /// - Parameter secrets: what in the arguments no message may repeat.
    static func run(_ arguments: [String], secrets: SecretArguments) async -> Int32 {
        do {
            return try await execute(arguments, secrets)
        } catch {
            Output.standardError("error: \(oneLine(error.message))")
            return error.code.rawValue
        }
    }

    private static func execute(
        _ arguments: [String], _ secrets: SecretArguments
    ) async throws(CommandError) -> Int32 {
        if let fault = ArgumentFault.command(arguments) {
            throw CommandError(.usage, secrets.areIn(fault) ? SecretArguments.refusal : fault)
        }
        if let fault = ArgumentFault.emptyFile(arguments) { throw CommandError(.usage, fault) }
        var command: any ParsableCommand
        do { command = try RootCommand.parseAsRoot(arguments) } catch {
            return try parserEnd(error, arguments, secrets)
        }
        if let command = command as? any Subcommand {
            if type(of: command).warnsOfRoot, let warning = rootWarning { Output.standardError("warning: \(warning)") }
            return try await command.execute()
        }
        guard !(command is RootCommand) else {
            try Output.line(RootCommand.start)
            throw CommandError(.usage, "no command given")
        }
        // The argument parser's own commands, such as `help`.
        do { try command.run() } catch { return try parserEnd(error, arguments, secrets) }
        return 0
    }

    /// Ends the program after an error of the parser: a fault in the arguments, or a request for help.
    private static func parserEnd(
        _ error: any Error, _ arguments: [String], _ secrets: SecretArguments
    ) throws(CommandError) -> Int32 {
        guard RootCommand.exitCode(for: error) == .success else {
            let message = ArgumentFault.words(RootCommand.message(for: error), arguments)
            throw CommandError(.usage, secrets.areIn(message) ? SecretArguments.refusal : message)
        }
        try Output.line(RootCommand.fullMessage(for: error))
        return 0
    }

    private static func oneLine(_ text: String) -> String {
        printable(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}
