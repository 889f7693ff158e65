import ArgumentParser

struct CompletionsCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a shell's completion script.",
        discussion: """
            'make install' puts the scripts where the shells look for them. For one session of bash: \
            source <(nightjar completions bash)
            """)

    /// The shells that have a script, with the argument parser's names for them.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var script: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell: bash, zsh or fish.")
    var shell: Shell

    /// A shell reads them at each start.
    static var warnsOfRoot: Bool { false }

    func execute() async throws(CommandError) -> Int32 {
        try Output.line(RootCommand.completionScript(for: shell.script))
        return 0
    }
}
