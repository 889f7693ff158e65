import Nightjar
import NightjarCore
import NightjarMiner
import NightjarWire

extension MineRun {
    /// Mines at a pool on loopback in this process, over a real connection. The pool hashes each share again in full,
    /// by the portable code, which no device mines with where there is anything better.
    func inSandbox() async throws(CommandError) -> Int32 {
        let algorithm: Algorithm
        if let wanted = settings.algorithm { algorithm = wanted } else { algorithm = try Self.sandboxAlgorithm(engine) }
        var configuration = SandboxConfiguration(algorithms: [algorithm])
        configuration.niceHash = settings.niceHash
        // A minute a height: cn/r builds a program for each, and shares at its end are stale.
        configuration.jobInterval = .seconds(10)
        configuration.jobsPerBlock = 6
        // Low, so that a slow machine has a share within seconds; the pool steers the difficulty once shares come.
        configuration.startDifficulty = Difficulty(algorithm.parameters.firstDifficulty) ?? .one
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
            // These shares are worth nothing: the ledger on disk is for those that are.
            ledger = try ShareLedger.inMemory()
        } catch { throw CommandError(.failed, "the sandbox: \(error)") }
        introduce()
        if isForPeople {
            output.write(
                "sandbox: a pool in this process at 127.0.0.1:\(port); it checks every share by hashing it again")
        }

        var limits = limits
        // The pool hashes one share after the other, slowly: give it the time for those under way.
        limits.answerGrace = .seconds(20)
        let status = try await mine(upstream, ledger, limits, pools: nil)
        await pool.stop()
        return status
    }

    /// cn/2, or the first algorithm in the catalog that runs on all of the devices, or else on any of them.
    ///
    /// cn/2 runs on every kind of device, begins within a second or so, and wants neither a RandomX cache nor a program
    /// for each height: what a demonstration needs.
    private static func sandboxAlgorithm(_ engine: Engine) throws(CommandError) -> Algorithm {
        func devices(_ algorithm: Algorithm) -> Int {
            engine.devices.count { engine.support(for: algorithm, on: $0.id) == .supported }
        }
        let candidates = [Algorithm.cn2] + Catalog.all
        if let everywhere = candidates.first(where: { devices($0) == engine.devices.count }) { return everywhere }
        if let somewhere = candidates.first(where: { devices($0) > 0 }) { return somewhere }
        throw CommandError(.failed, "no device here runs any of the algorithms")
    }
}
