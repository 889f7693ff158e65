import ArgumentParser

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightjar",
        abstract: "Proof-of-work hashing and mining on CPUs and OpenCL devices.",
        version: NightjarProgram.version,
        subcommands: [
            DevicesCommand.self, AlgorithmsCommand.self, HashCommand.self, VerifyCommand.self, BenchCommand.self,
            ReportCommand.self,
            MineCommand.self,
            SelftestCommand.self, TuneCommand.self, HistoryCommand.self,
            SetupCommand.self, CompletionsCommand.self,
        ])
}
