import ArgumentParser
import Glibc
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform
import NightjarReport

struct BenchCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure hash rates, verified by known answers and a checksum.",
        discussion: """
            Without -a and --device, every algorithm is measured on every device that can run it, one after the other, \
            in five samples of two seconds each, in turn, after a warm-up; more of them while the interval of the median is \
            wider than 1 %. A device that you name and that cannot run an algorithm is an error in the results. \
            RandomX is measured in full mode, as in mining. With few --hashes it is measured in light mode, which is \
            done before a dataset would be filled.
            """)

    @Option(name: .algorithm, help: ArgumentHelp("The algorithms.", valueName: "algo,…"))
    var algorithms: [String] = []

    @Option(help: ArgumentHelp("The devices: cpu, opencl:P.D, or opencl for all OpenCL devices.", valueName: "id,…"))
    var device: [String] = []

    @Option(help: ArgumentHelp("Measure the nonces 0 to N-1, in one sample.", valueName: "n"))
    var hashes: Int?

    @Option(
        help: ArgumentHelp("Measure each pair for S seconds in all, and no longer (default: 10).", valueName: "s"),
        transform: DecimalArgument.read)
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

    @Option(
        help: ArgumentHelp(
            "Write a file, too: .html, .svg, .md, .csv or .json, by its ending. It may be repeated.", valueName: "file")
    )
    var report: [String] = []

    @Flag(help: "Keep the rates for 'mine', which tells them to pools that choose the algorithm.")
    var keep = false

    @Option(help: ArgumentHelp("Samples of each pair (default: 5).", valueName: "n"))
    var repetitions: Int?

    @Option(
        help: ArgumentHelp(
            "Seconds of samples in all, while intervals are wider than 1 % (default: 30 for each pair; none with --seconds).",
            valueName: "s"), transform: DecimalArgument.read)
    var budget: Double?

    @Flag(help: "Measure all devices at the same time, too: the parts and their sum.")
    var together = false

    @Flag(help: "Measure other numbers of CPU threads, too, and other batches of OpenCL devices.")
    var scan = false

    @Flag(
        help:
            "Measure what OpenCL devices can do, too (random reads, streams, integers), and the share that was reached."
    )
    var ceilings = false

    @Option(help: ArgumentHelp("Compare with an earlier report.", valueName: "file"))
    var baseline: String?

    @Option(
        help: ArgumentHelp(
            "With --baseline: exit code 1 when a speed, as far as its interval tells, is below this part of the earlier one.",
            valueName: "r"), transform: DecimalArgument.read)
    var failBelow: Double?

    @Option(
        help: ArgumentHelp("What a wall meter shows while hashing, in watts.", valueName: "w"),
        transform: DecimalArgument.read)
    var watts: Double?

    @Option(
        help: ArgumentHelp(
            "Money for a kWh, for the cost of a day. Needs --watts where the machine does not show its energy.",
            valueName: "p"), transform: DecimalArgument.read)
    var price: Double?

    func execute() async throws(CommandError) -> Int32 {
        let limits = try limits()
        try checkNumbers()
        let algorithms = try Names.algorithms(algorithms)
        let selectors = try Names.devices(device)
        var files: [ReportFile] = []
        for path in report { files.append(try ReportFile(path: path)) }
        let earlier = try baseline.map { (path) throws(CommandError) in try ReportFile.read(path).first }
        let engine = try CommandError.engine(devices: selectors, threads: threads, randomX: randomxMode)
        let pairs = AlgorithmOnDevice.all(algorithms, engine, devicesNamed: selectors != nil)
        guard !pairs.isEmpty else { throw CommandError(.failed, "no device here runs any of the algorithms") }
        let devices = engine.devices.filter { device in pairs.contains { $0.device == device.id } }
        let power = BenchPower(devices, typed: watts)
        if price != nil, !power.isKnown {
            throw CommandError(.usage, "--price needs --watts here: \(power.reason ?? "no device shows its energy")")
        }

        let created = Timestamp.now.description
        let conditions = BenchConditions()
        if limits.hashes == nil, power.isKnown, watts == nil {
            let progress = BenchProgress()
            // A short benchmark has no long rest before it.
            let seconds = min(BenchPower.restSeconds, limits.sampleSeconds * Double(limits.repetitions))
            progress.begin("power at rest", "measuring \(Quantity.seconds(seconds))")
            await power.measureRest { try? await Task.sleep(for: .seconds(seconds)) }
            progress.clear()
        }
        let measured = try await measure(pairs, limits, engine, power)
        let extra = try await BenchExtras(
            together: together, scan: scan, ceilings: ceilings, seconds: limits.sampleSeconds, settings: set?.values
        ).measure(pairs, measured, engine, mode: randomxMode)
        let host = Host.current
        var result = BenchReport(version: Version.number, host: host.forReport, results: measured.map(\.row))
        (result.together, result.scan) = (extra.together, extra.scan)
        for (index, reached) in extra.reached { result.results[index].limits = reached }
        result.created = created
        result.command = Self.commandLine
        (result.conditions, result.warnings) = conditions.end(host, powerReason: power.reason)
        result.warnings += extra.warnings
        result.devices = devices.map { device in
            var described = device.forReport
            power.describe(&described, device.id)
            return described
        }
        result.compareDevices()
        if let earlier {
            result.baseline = BaselineComparison(
                file: earlier.name, comparisons: result.comparisons(with: earlier.report))
        }
        if let price {
            result.costs = result.measured.compactMap { row in
                row.watts.map { DailyCost(pair: row.pair, perDay: $0 * 24 / 1000 * price) }
            }
        }
        let reports = ReportSet(result)
        if json { try Output.line(result.json.text) } else { try Self.printTable(result) }
        for file in files { try file.write(reports) }
        if keep { try Self.keep(result.results, engine) }
        return try status(result)
    }

    /// Keeps the verified rates, beside those of algorithms and devices that were not measured now.
    private static func keep(_ rows: [BenchRow], _ engine: Engine) throws(CommandError) {
        guard let path = MeasuredRates.place() else {
            throw CommandError(.failed, "the rates are not kept: no home directory is known; set XDG_STATE_HOME")
        }
        do {
            var rates = try MeasuredRates(path: path)
            for device in engine.devices {
                for row in rows where row.device == device.id.description && row.isVerified {
                    if let rate = row.hashrate {
                        rates.keep(rate, of: row.algorithm, on: device.id, name: device.name)
                    }
                }
            }
            try rates.write(path: path)
        } catch { throw CommandError(.failed, "the rates are not kept: \(path): \(error)") }
    }

    private func checkNumbers() throws(CommandError) {
        func check(_ name: String, _ value: Double?, _ isGood: (Double) -> Bool, _ what: String) throws(CommandError) {
            if let value, !isGood(value) { throw CommandError(.usage, "\(name) \(value): \(what)") }
        }
        try check("--budget", budget, { $0 >= 0 && $0 <= 86_400 * 366 }, "from 0 to a year, in seconds")
        try check("--fail-below", failBelow, { $0 > 0 && $0 <= 10 }, "more than 0 and at most 10")
        try check("--watts", watts, { $0 > 0 && $0 < 1e6 }, "more than 0 and less than a million")
        try check("--price", price, { $0 >= 0 && $0 < 1e9 }, "0 or more")
        for (name, isOn) in [("--together", together), ("--scan", scan)] where isOn && hashes != nil {
            throw CommandError(.usage, "\(name) and --hashes exclude each other")
        }
        if failBelow != nil, baseline == nil { throw CommandError(.usage, "--fail-below needs --baseline") }
    }

    /// How long and how often to measure.
    private func limits() throws(CommandError) -> BenchMeasurement.Limits {
        let length = try length()
        if let repetitions, !(1...1000).contains(repetitions) {
            throw CommandError(.usage, "--repetitions \(repetitions): from 1 to 1000")
        }
        guard case .seconds(let all) = length else {
            if repetitions ?? 1 != 1 { throw CommandError(.usage, "--hashes and --repetitions exclude each other") }
            return .init(hashes: hashes, sampleSeconds: 0, repetitions: 1, budgetPerPair: 0, warmup: 0)
        }
        let count = repetitions ?? 5
        // Without --seconds, a sample takes the same time however many there are.
        let sample = seconds == nil ? all / 5 : all / Double(count)
        let extra = seconds == nil && repetitions == nil ? all * 3 : 0
        return .init(hashes: nil, sampleSeconds: sample, repetitions: count, budgetPerPair: extra, warmup: min(10, all))
    }

    private func measure(
        _ pairs: [AlgorithmOnDevice], _ limits: BenchMeasurement.Limits, _ engine: Engine, _ power: BenchPower
    ) async throws(CommandError) -> [BenchMeasurement.Measured] {
        var limits = limits
        if let budget, limits.hashes == nil { limits.budgetPerPair = budget / Double(pairs.count) }
        let progress = BenchProgress()
        defer { progress.clear() }
        let measurement = BenchMeasurement(limits: limits, settings: set?.values, power: power, progress: progress)
        let begin = ContinuousClock.now
        let groups =
            limits.hashes == nil
            ? BenchGroups.groups(
                pairs, devices: engine.devices, mode: randomxMode, memory: AvailableMemory.current())
            : pairs.map { [$0] }
        var all: [BenchMeasurement.Measured] = []
        var time = TimeLeft(
            pairs: pairs.count, typical: limits.sampleSeconds * Double(limits.repetitions) + min(1, limits.warmup))
        for group in groups {
            let timeLeft = time
            let first = all.count + 1
            let measured: [BenchMeasurement.Measured]
            do {
                measured = try await engine.withBenchSessions { core, cancellation throws(NightjarError) in
                    measurement.measure(
                        group, numbers: (first, pairs.count), since: begin, timeLeft, core, cancellation)
                }
            } catch { throw CommandError(.failed, "\(error)") }
            progress.clear()
            if !json {
                for one in measured {
                    for line in Self.lines(one) { try Output.line(line) }
                }
            }
            all += measured
            time.note(done: measured.count, elapsed: (ContinuousClock.now - begin) / .seconds(1))
        }
        return all
    }

    /// The exit code: an error for wrong hashes, and for what is slower than --fail-below allows.
    private func status(_ result: BenchReport) throws(CommandError) -> Int32 {
        if let first = result.failed.first {
            let more = result.failed.count > 1 ? ", and \(result.failed.count - 1) more" : ""
            throw CommandError(
                .failed, "\(first.algorithm) on \(first.device): \(first.error ?? "not verified")\(more)")
        }
        guard let failBelow, let baseline = result.baseline else { return 0 }
        let slower = BenchReport.failures(baseline.comparisons, below: failBelow)
        guard let first = slower.first else { return 0 }
        let more = slower.count > 1 ? ", and \(slower.count - 1) more" : ""
        throw CommandError(
            .failed,
            "\(first.a.algorithm) on \(first.a.device) is \(first.baselineWords) the speed in \(baseline.file), below "
                + "--fail-below \(failBelow)\(more)")
    }

    /// The arguments of this process, as a shell reads them.
    private static var commandLine: String {
        (["nightjar"] + CommandLine.arguments.dropFirst()).map { word in
            let isPlain =
                !word.isEmpty
                && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:,=@%+".contains($0)) }
            return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
        }.joined(separator: " ")
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

    private static func lines(_ measured: BenchMeasurement.Measured) -> [String] {
        let (row, outcome) = (measured.row, measured.outcome)
        let name = "\(row.algorithm) on \(row.device)"
        guard let hashrate = row.hashrate else { return ["\(name): failed: \(printable(row.error ?? "not verified"))"] }
        let time = PlainText.fixed(row.seconds, 2)
        let lanes = outcome.facts.lanes == 1 ? "1 lane" : "\(outcome.facts.lanes) lanes"
        let mode = row.mode.map { ", \($0) mode" } ?? ""
        let spread = row.summary?.halfWidth.map { ", ± \(Quantity.percent($0)) in \(row.samples.count) samples" } ?? ""
        let line =
            "\(name): \(PlainText.rate(hashrate))\(spread), \(row.hashes) hashes in \(time) s, \(lanes)\(mode), "
            + "checksum \(row.checksum ?? "none"), verified"
        return [line] + outcome.hints.map { "  \(printable($0))" }
    }

    /// The table, on a terminal where there is something to compare, and what was noticed. Scripts read the lines above it.
    private static func printTable(_ result: BenchReport) throws(CommandError) {
        if result.results.count > 1, Terminal.isScreen {
            try Output.line("")
            for line in TextTable.lines(result, width: Terminal.width - 1) { try Output.line(line) }
        }
        for line in ExtraLines.lines(result) { try Output.line(printable(line)) }
        for warning in Sentences.warnings(result) { Output.standardError("warning: \(printable(warning))") }
        guard let baseline = result.baseline else { return }
        try Output.line("")
        try Output.line("against \(printable(baseline.file)):")
        for line in TextTable.lines(baseline.comparisons) { try Output.line(line) }
    }
}

extension Host {
    /// The host's object in `tune --json`.
    var json: JSON {
        .fields([
            "cpu": .string(cpu), "cores": .integer(Int64(cores)), "os": .string(os), "hugePages": .bool(hugePages),
        ])
    }

    fileprivate var forReport: ReportHost { ReportHost(cpu: cpu, cores: cores, os: os, hugePages: hugePages) }
}

extension Device {
    fileprivate var forReport: ReportDevice {
        var device = ReportDevice(id: id.description, kind: kind.rawValue, name: name)
        device.platform = platform
        device.driver = driver
        device.computeUnits = computeUnits
        device.memory = memory
        device.fp64 = fp64
        device.sameSiliconAs = isThisCPU ? DeviceID.cpu.description : nil
        return device
    }
}
