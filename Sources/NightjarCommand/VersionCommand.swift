import ArgumentParser

struct VersionCommand: Subcommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    static var warnsOfRoot: Bool { false }

    func execute() async throws(CommandError) -> Int32 {
        try Output.line(NightjarProgram.version)
        return 0
    }
}
