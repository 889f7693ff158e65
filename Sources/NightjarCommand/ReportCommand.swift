import ArgumentParser
import NightjarPlatform
import NightjarReport

struct ReportCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show, compare and convert what 'bench' wrote.",
        discussion: """
            Each FILE is a .json or .html file that 'bench' wrote. Several are compared: all others with the first. Without \
            -o, a table is printed.

              nightjar report result.json -o result.html -o result.svg
              nightjar report before.json after.json
            """)

    @Argument(help: ArgumentHelp("What 'bench' wrote.", valueName: "file"))
    var files: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write a file: .html, .svg, .md, .csv or .json, by its ending. It may be repeated.", valueName: "file"))
    var output: [String] = []

    static var warnsOfRoot: Bool { true }

    func execute() async throws(CommandError) -> Int32 {
        guard !files.isEmpty else { throw CommandError(.usage, "report needs a file that 'bench' wrote") }
        var outputs: [ReportFile] = []
        for path in output { outputs.append(try ReportFile(path: path)) }
        var members: [ReportSet.Member] = []
        for path in files { members += try ReportFile.read(path).members }
        guard let reports = ReportSet(members) else {
            throw CommandError(.badInput, "there is no report in these files")
        }
        for file in outputs { try file.write(reports) }
        if outputs.isEmpty { try Self.print(reports) }
        return 0
    }

    private static func print(_ reports: ReportSet) throws(CommandError) {
        let width = Terminal.isScreen ? Terminal.width - 1 : Int.max
        for member in reports.members {
            if reports.members.count > 1 { try Output.line("\(printable(member.name)):") }
            for line in TextTable.summary(member.report, width: width) { try Output.line(line) }
            try Output.line("")
        }
        for (member, comparisons) in reports.comparisons {
            try Output.line("\(printable(member.name)) against \(printable(reports.first.name)):")
            for line in TextTable.lines(comparisons) { try Output.line(line) }
        }
    }
}
