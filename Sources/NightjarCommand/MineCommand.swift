import ArgumentParser
import Glibc
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization

struct MineCommand: Subcommand {
    static let name = "mine"
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Mine in the sandbox, at a pool, or at a node.",
        usage: """
            nightjar mine --sandbox [options]
            nightjar mine -o URL -u USER [options]
            nightjar mine -c FILE [options]
            """,
        discussion: """
            Examples:
              nightjar mine --sandbox
              nightjar mine -o pool.example.org:3333 -u WALLET
              nightjar mine -o stratum+tls://pool.example.org:443 -u WALLET -a rx/0 -t 50%
              nightjar mine -o daemon+http://127.0.0.1:18081 -u WALLET
              nightjar mine -c nightjar.json

            --sandbox starts a pool in this process, which hands out real jobs and checks every share; nothing leaves the \
            machine. With -o, shares go to a pool: stratum+tls://HOST:PORT uses TLS; stratum+tcp://HOST:PORT, or just \
            HOST:PORT, is not encrypted. Or they go to a node: daemon+http://HOST:PORT or daemon+https://HOST:PORT, with \
            a wallet address after -u, and the node's RPC login, if it has one, as USER:PASS after -p. SIGINT and SIGTERM \
            end the run in order.

            A file after -c can hold every setting that has a flag. Environment variables (NIGHTJAR_…) override the file, \
            and flags override both. --print-config writes an example with every key.
            """)

    /// Where the settings come from, and what is done with them.
    struct FileOptions: ParsableArguments {
        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("A configuration in JSON. Changes take effect while mining.", valueName: "file"))
        var config: String?

        @Flag(help: "Print a configuration with every key, and end.")
        var printConfig = false

        @Option(
            name: .customLong("from-xmrig"),
            help: ArgumentHelp(
                "xmrig's config.json, in place of a configuration. With --print-config it is converted.",
                valueName: "file"), completion: .file())
        var fromXmrig: String?

        @Flag(help: "Say whether mining could begin with these settings, and end: no connection is made.")
        var check = false
    }

    @OptionGroup(title: "Pool") var poolFlags: SettingFlags<PoolSettingsSection>
    @OptionGroup(title: "Devices") var deviceFlags: SettingFlags<DeviceSettingsSection>
    @OptionGroup(title: "Limits") var limitFlags: SettingFlags<LimitSettingsSection>
    @OptionGroup(title: "Care for the machine") var careFlags: SettingFlags<CareSettingsSection>
    @OptionGroup(title: "Output") var outputFlags: SettingFlags<OutputSettingsSection>
    @OptionGroup(title: "HTTP API") var apiFlags: SettingFlags<APISettingsSection>
    @OptionGroup(title: "Configuration") var files: FileOptions

    /// The flags of all sections.
    private var given: [String: [String]] {
        [
            poolFlags.given, deviceFlags.given, limitFlags.given, careFlags.given, outputFlags.given, apiFlags.given,
        ].reduce(into: [:]) { all, part in all.merge(part) { $1 } }
    }

    /// The run's log has the warning.
    static var warnsOfRoot: Bool { false }

    func execute() async throws(CommandError) -> Int32 {
        let signals = Signals()
        let sources: SettingSources
        for (flag, path) in [("-c", files.config), ("--from-xmrig", files.fromXmrig)] where path?.isEmpty == true {
            throw CommandError(.usage, "\(flag) '': a value is needed, \(flag) FILE")
        }
        guard files.config == nil || files.fromXmrig == nil else {
            throw CommandError(.usage, "-c and --from-xmrig exclude each other")
        }
        do {
            let foreign = try files.fromXmrig.map { path throws(SettingError) in try XmrigConfiguration(path: path) }
            for line in foreign?.leftOut ?? [] { Output.standardError(printable("left out: \(line)")) }
            let ofPools = poolFlags.poolFlags(in: CommandLine.arguments)
            sources = SettingSources(
                path: files.config, foreign: foreign,
                flags: try SettingLayer(flags: given, poolFlags: ofPools))
        } catch { throw CommandError(error) }
        if files.printConfig { return try print(sources) }
        let settings: RunSettings
        var warnings: [String]
        do {
            let read = try sources.read()
            settings = try RunSettings(read.settings)
            warnings = read.warnings + settings.warnings
        } catch { throw CommandError(error) }
        signals.settingsAreRead()
        if files.check { return try Self.check(settings, warnings) }
        // Report faults before anything starts.
        _ = try settings.apiOptions()
        if let warning = NightjarProgram.rootWarning { warnings.append(warning) }
        if let warning = Self.tooManyThreads(settings) { warnings.append(warning) }
        // For the event loops; and for the ledger, pools, the resolver, libdispatch and a server.
        if let fault = OpenFileLimit.fault(needing: EventLoops.files + 12) { throw CommandError(.failed, fault) }
        let devices = try MineDevices(settings)
        warnings += devices.faults
        // Swift's tasks and the event loops have a thread for each core, and so have the lanes.
        let threads = 2 * EventLoops.threads + (settings.threads ?? EventLoops.threads) + ThreadRoom.helpers
        if let fault = ThreadRoom.fault(needing: threads) { throw CommandError(.failed, fault) }
        let file = try settings.logFile.map { path throws(CommandError) in
            try LogFile(path: path, limit: settings.logFileLimit)
        }
        let output = LineOutput(
            file: file, colours: settings.log == .text && Terminal.wantsColours,
            hasKeys: settings.log == .text && Terminal.isThere)
        let run = MineRun(
            settings: settings, warnings: warnings, sources: sources, devices: devices, output: output, signals: signals
        )
        return settings.sandbox ? try await run.inSandbox() : try await run.atPools()
    }

    /// A sentence for a run with more threads than cores, which are slower and take memory; `nil` for others.
    private static func tooManyThreads(_ settings: RunSettings) -> String? {
        guard let threads = settings.threads,
            let cores = settings.cpuCores?.count ?? AllowedUnits.current()?.count, threads > cores
        else { return nil }
        return
            "-t \(threads): this machine has \(cores) \(cores == 1 ? "core" : "cores") for this process; more threads "
            + "than cores are slower"
    }

    /// Whether a run could begin: its devices are there, they can run the algorithm, and the pools' settings agree.
    private static func check(_ settings: RunSettings, _ warnings: [String]) throws(CommandError) -> Int32 {
        do {
            _ = try settings.apiOptions()
            let found = try MineDevices(settings)
            let engine = found.engine
            var warnings = warnings + found.faults + [tooManyThreads(settings)].compactMap { $0 }
            if !settings.sandbox {
                warnings += try MineDevices.split(settings, engine).warnings
                _ = try MineRun.plans(settings, engine)
            }
            for warning in warnings { Output.standardError("warning: \(printable(warning))") }
            let devices = engine.devices.map(\.id.description).joined(separator: ", ")
            let pools =
                settings.sandbox ? "in the sandbox" : "at \(settings.pools.map { "\($0.url)" }.joined(separator: ", "))"
            try Output.line("these settings are good: mining \(pools) on \(devices)")
            return 0
        } catch let error as SettingError {
            throw CommandError(error)
        } catch let error as CommandError {
            throw CommandError(error.code == .usage ? .usage : .badConfiguration, error.message)
        } catch { throw CommandError(.badConfiguration, "\(error)") }
    }

    private func print(_ sources: SettingSources) throws(CommandError) -> Int32 {
        do {
            let (settings, _) = try sources.read()
            let printed = PrintedConfiguration(settings, chosen: ChosenValues())
            for line in printed.lines { try Output.line(line) }
        } catch let error as SettingError { throw CommandError(error) } catch let failure as CommandError {
            throw failure
        } catch {
            throw CommandError(.failed, "\(error)")
        }
        return 0
    }
}
