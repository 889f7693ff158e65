import ArgumentParser

/// A command that returns its own exit code. The parser's `run` knows neither `async` nor these exit codes.
protocol Subcommand: ParsableCommand {
    func execute() async throws(CommandError) -> Int32
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightjar",
        abstract: "Proof-of-work hashing and mining on CPUs and OpenCL devices.",
        version: Program.version,
        subcommands: [
            DevicesCommand.self, AlgorithmsCommand.self, HashCommand.self, BenchCommand.self, MineCommand.self,
            SelftestCommand.self, TuneCommand.self, HistoryCommand.self,
            SetupCommand.self, CompletionsCommand.self,
        ])
}
