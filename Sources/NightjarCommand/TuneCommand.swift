import ArgumentParser
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform

struct TuneCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Find the fastest launch settings by measuring, and keep them.",
        discussion: """
            Without -a and --device: every algorithm on every device that can run it. Every later bench and mine on this \
            machine uses the settings, until device, driver or kernels change. Settings that give wrong hashes are never \
            chosen.
            """)

    @Option(name: .algorithm, help: ArgumentHelp("The algorithms.", valueName: "algo,…"))
    var algorithms: [String] = []

    @Option(help: ArgumentHelp("The devices: cpu, opencl:P.D, or opencl for all OpenCL devices.", valueName: "id,…"))
    var device: [String] = []

    @Option(
        help: ArgumentHelp("How long to search, for each algorithm on each device.", valueName: "s"),
        transform: DecimalArgument.read)
    var seconds: Double = 30

    @Flag(help: "Print one JSON object, with every measurement.")
    var json = false

    func execute() async throws(CommandError) -> Int32 {
        guard seconds > 0, seconds <= 86_400 else {
            throw CommandError(.usage, "--seconds \(seconds): more than 0 and at most a day")
        }
        let algorithms = try Names.algorithms(algorithms)
        let selectors = try Names.devices(device)
        let engine = try CommandError.engine(devices: selectors)
        let pairs = AlgorithmOnDevice.all(algorithms, engine, devicesNamed: selectors != nil)
        guard !pairs.isEmpty else { throw CommandError(.failed, "no device here runs any of the algorithms") }

        var faults: [String] = []
        var results: [TuneResult] = []
        for pair in pairs {
            let name = "\(pair.algorithm) on \(pair.device)"
            let result = await tune(pair, engine)
            results.append(result)
            if let error = result.error {
                faults.append("\(name): \(error.reason)")
                if !json { try Output.line("\(name): failed: \(printable(error.reason))") }
                continue
            }
            // Not the best of the search: that was a lucky moment, too.
            let rate =
                result.hashrate.map { "\(PlainText.rate($0)), measured again in turns with the defaults; " } ?? ""
            if !json { try Output.line("\(name): \(rate)\(printable(result.explanation))") }
            if result.settings != nil, !result.isKept {
                faults.append("\(name): the settings could not be saved")
            }
        }
        if json { try Output.line(Self.report(results).description) }
        guard faults.isEmpty else {
            throw CommandError(.failed, faults[0] + (faults.count > 1 ? ", and \(faults.count - 1) more" : ""))
        }
        return 0
    }

    private func tune(_ pair: AlgorithmOnDevice, _ engine: Engine) async -> TuneResult {
        guard Output.errorIsTerminal else {
            return await engine.tune(pair.algorithm, on: pair.device, seconds: seconds)
        }
        let result = await engine.tune(pair.algorithm, on: pair.device, seconds: seconds) { [seconds] progress in
            let line = TuneLine.text(
                "\(pair.algorithm) on \(pair.device)", fraction: progress.fraction, of: seconds,
                trying: progress.trying,
                best: progress.best, width: Terminal.errorWidth - 1)
            Output.progress("\r\u{1B}[K\(line)")
        }
        Output.progress("\r\u{1B}[K")
        return result
    }

    private static func report(_ results: [TuneResult]) -> JSON {
        .fields([
            "version": .string(Version.number), "host": Host.current.json,
            "results": .array(
                results.map { result in
                    .fields([
                        "algorithm": .string(result.algorithm.name), "device": .string(result.device.description),
                        "hashrate": result.hashrate.map(JSON.number) ?? .null,
                        "defaultHashrate": result.defaultHashrate.map(JSON.number) ?? .null,
                        "gain": result.gain.map(json) ?? .null,
                        "settings": result.settings.map(json) ?? .null, "kept": .bool(result.isKept),
                        "explanation": .string(result.explanation), "error": .optional(result.error?.reason),
                        "measurements": .array(
                            result.measurements.map {
                                .fields([
                                    "settings": json($0.settings), "hashrate": $0.hashrate.map(JSON.number) ?? .null,
                                ])
                            }),
                    ])
                }),
        ])
    }

    private static func json(_ gain: TuneResult.Gain) -> JSON {
        .fields([
            "median": .number(gain.median), "low": .number(gain.low), "high": .number(gain.high),
            "turns": .integer(Int64(gain.turns)),
        ])
    }

    private static func json(_ settings: TuningSettings) -> JSON {
        .object(settings.values.sorted { $0.key < $1.key }.map { JSON.Field($0.key, .integer(Int64($0.value))) })
    }
}
