import ArgumentParser
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner

struct AlgorithmsCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "algorithms", abstract: "List the algorithms that this build runs, and on what.")

    @Flag(help: "Print JSON.")
    var json = false

    func execute() async throws(CommandError) -> Int32 {
        guard !json else {
            try Output.line(JSON.array(Catalog.all.map(\.json)).description)
            return 0
        }
        for line in AlgorithmTable.lines { try Output.line(line) }
        return 0
    }
}

extension Algorithm {
    /// The algorithm's object in `algorithms --json`.
    fileprivate var json: JSON {
        .fields([
            "name": .string(name), "family": .string(family), "memory": .integer(Int64(memory)),
            "needs": .array(needs.map { .string($0.rawValue) }), "backends": .array(backends.map(JSON.string)),
            "digest": .integer(32), "dialect": .string(dialect.rawValue),
            "inputs": .fields([
                "minimum": .integer(Int64(inputLengths.lowerBound)),
                "maximum": .integer(Int64(min(inputLengths.upperBound, LineReader.longestLine / 2))),
            ]),
        ])
    }
}
