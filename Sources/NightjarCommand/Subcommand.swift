import ArgumentParser

/// A command that returns its own exit code. The parser's `run` knows neither `async` nor these exit codes.
protocol Subcommand: ParsableCommand {
    func execute() async throws(CommandError) -> Int32

    /// Whether the program warns on standard error when root runs this command.
    static var warnsOfRoot: Bool { get }
}

extension Subcommand {
    static var warnsOfRoot: Bool { true }
}
