import ArgumentParser
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform

struct VerifyCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check shares: one a line as a JSON object; one verdict a line.",
        discussion: """
            {"blob": "HEX", "result": "HEX", "commitment": "HEX", "target": "HEX", "difficulty": N, "height": N, "seed": \
            "HEX"}: blob has the nonce in it; rx/2 needs commitment, which has the hash; target (8, 16 or 64 hex digits, \
            little-endian) or difficulty, or neither. A verdict is ok, wrong result, above target, wrong commitment, or \
            error: with the reason. Verdicts come in the order of the lines, each as soon as it is known. Exit code 0: \
            all are ok; 1: not all; 65: a line could not be read.
            """)

    @Option(name: .algorithm, help: ArgumentHelp("The algorithm.", valueName: "algo"))
    var algorithm: String

    @Option(help: ArgumentHelp("The device that hashes.", valueName: "id"))
    var device: [String] = []

    @Option(help: ArgumentHelp("The RandomX seed for lines without one, in hex.", valueName: "hex"))
    var seed: String?

    @Flag(help: "Print each verdict as a JSON object, with what was computed.")
    var json = false

    @Argument(help: ArgumentHelp("The shares; standard input when left out or '-'.", valueName: "file"))
    var file = "-"

    func execute() async throws(CommandError) -> Int32 {
        let algorithm = try Names.algorithm(algorithm)
        let key = try HashCommand.key(seed)
        let (engine, id) = try HashCommand.engine(algorithm, device: device, for: "verify", randomX: .automatic)
        let queue = AnswerQueue<VerdictPrinter.Answer>()
        let printed = VerdictPrinter(json: json)
        let ended = try await queue.answering(on: "verdicts", with: { answer, _ in printed.print(answer) }) {
            () throws(CommandError) in try read(algorithm, key, engine.core, id, queue, printed)
        }
        try printed.check()
        try ended.get()
        return printed.exitCode
    }

    private func read(
        _ algorithm: Algorithm, _ seed: [UInt8]?, _ core: EngineCore, _ device: DeviceID,
        _ queue: AnswerQueue<VerdictPrinter.Answer>, _ printed: VerdictPrinter
    ) throws(CommandError) {
        var lines = try LineReader(path: file)
        while !printed.hasFailed, let bytes = try lines.next() {
            queue.put(Self.answer(bytes, algorithm, seed, core, device), bytes: bytes.count)
        }
    }

    /// Begins to verify a line.
    private static func answer(
        _ bytes: [UInt8], _ algorithm: Algorithm, _ seed: [UInt8]?, _ core: EngineCore, _ device: DeviceID
    ) -> VerdictPrinter.Answer {
        let line: VerifyLine
        do { line = try VerifyLine(bytes, algorithm, seed: seed) } catch { return .unreadable(reason: error.reason) }
        if line.isHopeless { return .aboveTarget }
        do { return .pending(try core.verification(of: line.share, on: device)) } catch { return .failed(error) }
    }
}
