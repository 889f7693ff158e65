import Nightjar
import NightjarCore
import NightjarMiner
import NightjarWire

extension MineRun {
    /// Mines at a pool on loopback in this process, over a real connection. The pool hashes each share again in full,
    /// with the portable code. Devices mine with faster code where there is any, so the check is independent.
    func inSandbox() async throws(CommandError) -> Int32 {
        let algorithm: Algorithm
        if let wanted = settings.algorithm { algorithm = wanted } else { algorithm = try Self.sandboxAlgorithm(engine) }
        var configuration = SandboxConfiguration(algorithms: [algorithm])
        configuration.niceHash = settings.niceHash
        // A height lasts a minute: cn/r builds a program for each height, and shares that arrive after its end are
        // stale.
        configuration.shareInterval = SandboxConfiguration.watchedInterval
        configuration.jobInterval = .seconds(10)
        configuration.jobsPerBlock = 6
        configuration.startDifficulty = SandboxConfiguration.firstDifficulty(
            of: algorithm, on: engine.devices, threads: expectedThreads)
        let pool = SandboxPool(configuration) { [engine] work in try await engine.portableProof(of: work) }
        let port: Int
        do { port = try await pool.start() } catch { throw CommandError(.failed, "the sandbox pool: \(error)") }

        var options = UpstreamOptions(algorithms: [algorithm], algorithm: algorithm)
        options.agent = Self.agent
        options.niceHash = settings.niceHash
        options.keepalive = settings.keepalive
        let upstream: StratumClient
        let ledger: ShareLedger
        do {
            let url = try PoolURL("127.0.0.1:\(port)")
            upstream = try StratumClient(url: url, login: Login(user: "sandbox"), options: options)
            // Sandbox shares are worth nothing, so they stay out of the ledger on disk.
            ledger = try ShareLedger.inMemory()
        } catch { throw CommandError(.failed, "the sandbox: \(error)") }
        introduce([
            (
                name: "pool",
                text: "sandbox: in this process at 127.0.0.1:\(port); it checks every share by hashing it again"
            )
        ])

        var limits = limits
        // The pool checks one share after the other, and slowly. Give it time for the shares in flight.
        limits.answerGrace = .seconds(20)
        let plan = Teams.Plan(devices: engine.devices, pools: [TeamPools.Member(upstream)])
        let status = try await mine(
            [plan], ledger, limits, pools: ["sandbox"], historyFault: "the sandbox's shares are not kept")
        await pool.stop()
        return status
    }

    /// How many threads the CPU will have, where the engine chooses: as many as it may use, or the wanted part of them.
    private var expectedThreads: Int {
        if let threads = settings.threads { return threads }
        let units = settings.cpuCores?.count ?? engine.devices.first { $0.id == .cpu }?.computeUnits ?? 1
        return max(1, Int(Double(units) * (settings.cpuShare ?? 1)))
    }

    /// The first algorithm that runs on all devices, or else the first that runs on any device. cn/2 comes first, then
    /// the catalog.
    ///
    /// cn/2 suits a demonstration: it runs on every kind of device, starts within about a second, and needs neither a
    /// RandomX cache nor a program for each height.
    private static func sandboxAlgorithm(_ engine: Engine) throws(CommandError) -> Algorithm {
        func devices(_ algorithm: Algorithm) -> Int {
            engine.devices.count { engine.support(for: algorithm, on: $0.id) == .supported }
        }
        let choices = [Algorithm.cn2] + Catalog.all
        if let everywhere = choices.first(where: { devices($0) == engine.devices.count }) { return everywhere }
        if let somewhere = choices.first(where: { devices($0) > 0 }) { return somewhere }
        throw CommandError(.failed, "no device here runs any of the algorithms")
    }
}
