import ArgumentParser

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightjar",
        abstract: "Proof-of-work hashing and mining on CPUs and OpenCL devices.",
        version: NightjarProgram.version,
        groupedSubcommands: [
            CommandGroup(name: "Mining", subcommands: [MineCommand.self, HistoryCommand.self, SetupCommand.self]),
            CommandGroup(
                name: "Measuring",
                subcommands: [BenchCommand.self, ReportCommand.self, TuneCommand.self, SelftestCommand.self]),
            CommandGroup(name: "Hashing", subcommands: [HashCommand.self, VerifyCommand.self]),
            CommandGroup(
                name: "About",
                subcommands: [
                    DevicesCommand.self, AlgorithmsCommand.self, CompletionsCommand.self, VersionCommand.self,
                ]),
        ])

    /// What a newcomer does first, for a call without a command.
    static let start = """
        nightjar mine --sandbox                 mine at a pool in this process: no account, no network
        nightjar bench -a rx/0                  measure this machine
        nightjar mine -o POOL:PORT -u WALLET    mine at a pool

        'nightjar --help' lists all commands, and 'nightjar mine --help' all settings.
        """
}
