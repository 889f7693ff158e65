import ArgumentParser
import Glibc
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform

struct BenchCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure hash rates, verified by known answers and a checksum.",
        discussion: """
            Without -a and --device, every algorithm is measured on every device that can run it, one after the other, \
            for 10 seconds each. A device that you name and that cannot run an algorithm is an error in the results. \
            RandomX is measured in full mode, as in mining. With few --hashes it is measured in light mode, which is \
            done before a dataset would be filled.
            """)

    @Option(name: .algorithm, help: ArgumentHelp("The algorithms.", valueName: "algo,…"))
    var algorithms: [String] = []

    @Option(help: ArgumentHelp("The devices: cpu, opencl:P.D, or opencl for all OpenCL devices.", valueName: "id,…"))
    var device: [String] = []

    @Option(help: ArgumentHelp("Measure the nonces 0 to N-1.", valueName: "n"))
    var hashes: Int?

    @Option(help: ArgumentHelp("Measure for S seconds (10).", valueName: "s"))
    var seconds: Double?

    @Option(name: [.customShort("t"), .long], help: ArgumentHelp("CPU threads.", valueName: "n"))
    var threads: Int?

    @Option(help: RandomXMode.help)
    var randomxMode = RandomXMode.automatic

    @Option(
        help: ArgumentHelp(
            "OpenCL launch settings, with the names of 'tune'; the others keep their defaults.", valueName: "name=n,…"))
    var set: LaunchSettings?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file, too.", valueName: "file"))
    var report: String?

    func execute() async throws(CommandError) -> Int32 {
        let length = try length()
        let algorithms = try Names.algorithms(algorithms)
        let selectors = try Names.devices(device)
        let engine = try CommandError.engine(devices: selectors, threads: threads, randomX: randomxMode)
        let file = try report.map { (path) throws(CommandError) in try ReportFile(path: path) }

        var results: [BenchOutcome] = []
        for pair in AlgorithmOnDevice.all(algorithms, engine, devicesNamed: selectors != nil) {
            let result = await measure(pair, engine, length)
            results.append(result)
            if !json { for line in Self.lines(result) { try Output.line(line) } }
        }
        guard !results.isEmpty else { throw CommandError(.failed, "no device here runs any of the algorithms") }
        let object = Self.report(results, devices: engine.devices).description
        if json { try Output.line(object) }
        try file?.write(object)

        let failed = results.filter { !$0.isVerified }
        guard failed.isEmpty else {
            let first = failed[0]
            let more = failed.count > 1 ? ", and \(failed.count - 1) more" : ""
            throw CommandError(
                .failed, "\(first.algorithm) on \(first.device): \(first.error?.reason ?? "not verified")\(more)")
        }
        return 0
    }

    private func length() throws(CommandError) -> BenchLength {
        switch (hashes, seconds) {
        case (nil, nil): return .seconds(10)
        case (.some, .some): throw CommandError(.usage, "--hashes and --seconds exclude each other")
        case (let hashes?, nil):
            guard (1...(1 << 32)).contains(hashes) else {
                throw CommandError(.usage, "--hashes \(hashes): from 1 to 2^32, the number of nonces")
            }
            return .hashes(hashes)
        case (nil, let seconds?):
            guard seconds > 0, seconds <= 86_400 * 366 else {
                throw CommandError(.usage, "--seconds \(seconds): more than 0 and at most a year")
            }
            return .seconds(seconds)
        }
    }

    private func measure(_ pair: AlgorithmOnDevice, _ engine: Engine, _ length: BenchLength) async -> BenchOutcome {
        guard Output.errorIsTerminal else {
            return await engine.benchOutcome(pair.algorithm, on: pair.device, length: length, settings: set?.values)
        }
        let label = "\(pair.algorithm) on \(pair.device)"
        Output.progress("\r\u{1B}[K\(label): setting up")
        let result = await engine.benchOutcome(
            pair.algorithm, on: pair.device, length: length, settings: set?.values,
            progress: { Output.progress("\r\u{1B}[K\(label): \($0) hashes") },
            setup: { Output.progress("\r\u{1B}[K\(label): the RandomX dataset is \(Int($0 * 100)) % full") })
        Output.progress("\r\u{1B}[K")
        return result
    }

    private static func lines(_ result: BenchOutcome) -> [String] {
        let name = "\(result.algorithm) on \(result.device)"
        guard let hashrate = result.hashrate, result.isVerified else {
            return ["\(name): failed: \(printable(result.error?.reason ?? "not verified"))"]
        }
        let time = PlainText.fixed(result.seconds, 2)
        let lanes = result.facts.lanes == 1 ? "1 lane" : "\(result.facts.lanes) lanes"
        let mode = result.randomX.map { ", \($0.rawValue) mode" } ?? ""
        let line =
            "\(name): \(PlainText.rate(hashrate)), \(result.hashes) hashes in \(time) s, \(lanes)\(mode), "
            + "checksum \(result.checksumHex ?? "none"), verified"
        return [line] + result.hints.map { "  \(printable($0))" }
    }

    static func report(_ results: [BenchOutcome], devices: [Device]) -> JSON {
        .fields([
            "version": .string(Version.number), "host": Host.current.json,
            "results": .array(results.map(json)),
        ])
    }

    private static func json(_ result: BenchOutcome) -> JSON {
        let good = result.isVerified && result.hashrate != nil
        var fields: [JSON.Field] = [
            .init("algorithm", .string(result.algorithm.name)), .init("device", .string(result.device.description)),
            .init("deviceName", .string(result.deviceName)), .init("threads", .integer(Int64(result.facts.lanes))),
            .init("hashes", .integer(Int64(result.hashes))), .init("seconds", .number(result.seconds)),
            // Never print a speed for wrong hashes, even if the engine gives one.
            .init("hashrate", good ? .number(result.hashrate ?? .nan) : .null),
            .init("setupSeconds", .number(result.setupSeconds)), .init("checksum", .optional(result.checksumHex)),
            .init("verified", .bool(good)),
            .init("explanation", .array((result.explanation + result.hints).map(JSON.string))),
        ]
        if let seconds = result.datasetSeconds { fields.append(.init("datasetSeconds", .number(seconds))) }
        if let mode = result.randomX { fields.append(.init("mode", .string(mode.rawValue))) }
        if !good { fields.append(.init("error", .string(result.error?.reason ?? "not verified"))) }
        return .object(fields)
    }
}

extension Host {
    /// The host's object in `bench --json`.
    var json: JSON {
        .fields([
            "cpu": .string(cpu), "cores": .integer(Int64(cores)), "os": .string(os), "hugePages": .bool(hugePages),
        ])
    }
}
