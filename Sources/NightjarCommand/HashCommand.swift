import ArgumentParser
import Nightjar
import NightjarCore
import NightjarPlatform

struct HashCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Hash inputs: one a line in hex, an optional block height after a space; one digest a line.",
        discussion: """
            An empty line is the empty input. All CPU cores hash, or an OpenCL device in its batches. Digests come in the \
            order of the lines, each as soon as it is known. The first bad line ends the command with exit code 65.
            """)

    @Option(name: .algorithm, help: ArgumentHelp("The algorithm.", valueName: "algo"))
    var algorithm: String

    @Option(help: ArgumentHelp("The device that hashes.", valueName: "id"))
    var device: [String] = []

    @Option(help: ArgumentHelp("The RandomX seed, in hex.", valueName: "hex"))
    var seed: String?

    @Option(help: ArgumentHelp("The block height, for lines without one.", valueName: "n"))
    var height: UInt64?

    @Flag(help: "Print the commitment in place of the hash (rx/2).")
    var commitment = false

    @Argument(help: ArgumentHelp("The inputs; standard input when left out or '-'.", valueName: "file"))
    var file = "-"

    func execute() async throws(CommandError) -> Int32 {
        let algorithm = try Names.algorithm(algorithm)
        if commitment, !algorithm.hasCommitment {
            let names = Catalog.all.filter(\.hasCommitment).map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "\(algorithm) has no commitment; --commitment is for \(names)")
        }
        let key = try Self.key(seed)
        let (engine, id) = try Self.engine(algorithm, device: device, for: "hash")
        let queue = AnswerQueue<PendingProof>()
        let printed = DigestPrinter(commitment: commitment)
        let ended = try await queue.answering(on: "digests", with: { printed.print($0, line: $1) }) {
            () throws(CommandError) in try read(algorithm, key, engine.core, id, queue, printed)
        }
        try printed.check()
        try ended.get()
        return 0
    }

    /// Queues the lines' inputs until a line is bad.
    private func read(
        _ algorithm: Algorithm, _ key: [UInt8]?, _ core: EngineCore, _ device: DeviceID,
        _ queue: AnswerQueue<PendingProof>, _ printed: DigestPrinter
    ) throws(CommandError) {
        var lines = try LineReader(path: file)
        var number = 0
        while !printed.hasFailed, let bytes = try lines.next() {
            number += 1
            let work: Work
            do {
                let line = try HashLine(bytes)
                let epoch = try Epoch(algorithm, height: line.height ?? height, seed: key)
                work = try Work(algorithm: algorithm, input: line.input, epoch: epoch)
            } catch let fault as LineError {
                throw CommandError(.badInput, "line \(number): \(fault.reason)")
            } catch {
                throw CommandError(.badInput, "line \(number): \(error)")
            }
            do { queue.put(try core.pendingProof(of: work, on: device), bytes: bytes.count) } catch {
                throw CommandError(.failed, "line \(number): \(error)")
            }
        }
    }

    /// The bytes of `--seed`.
    static func key(_ seed: String?) throws(CommandError) -> [UInt8]? {
        guard let seed else { return nil }
        guard let bytes = Hex.decode(seed) else { throw CommandError(.usage, "--seed: bad hex") }
        return bytes
    }

    /// The engine of a command that runs on one device, and the device, which can run the algorithm.
    static func engine(
        _ algorithm: Algorithm, device: [String], for command: String, randomX: RandomXMode = .light
    ) throws(CommandError) -> (Engine, DeviceID) {
        let selectors = try Names.devices(device) ?? [.device(.cpu)]
        guard selectors.count == 1 else { throw CommandError(.usage, "--device: \(command) runs on one device") }
        let engine = try CommandError.engine(devices: selectors, randomX: randomX)
        guard engine.devices.count == 1, let id = engine.devices.first?.id else {
            throw CommandError(
                .usage,
                "--device \(selectors[0]): \(command) runs on one device, and this names \(engine.devices.count)")
        }
        if case .unsupported(let reason) = engine.support(for: algorithm, on: id) {
            throw CommandError.cannotRun(algorithm, on: id, reason: reason)
        }
        return (engine, id)
    }
}
