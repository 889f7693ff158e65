import NightjarCore
import NightjarJSON
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A pool that chooses each miner's algorithm by the rates that the miner tells it at login, as MoneroOcean's pool does: the
/// rates are hashes per second by algorithm, in `algo-perf`; `algo-min-time` is for how many seconds it stays with one.
@Suite(.timeLimit(.minutes(5))) struct SwitchingPoolTests {
    /// What such a pool knows of a miner after its login.
    private struct Miner {
        let algorithms: [String]
        let rates: [String: Double]
        let leastTime: Double
        var algorithm: String?
        var since = 0.0

        init(_ params: JSON) {
            algorithms = params["algo"]?.array?.compactMap(\.string) ?? []
            let given = params["algo-perf"]?.object?.fields ?? []
            let known = given.compactMap { field in field.value.double.map { (field.name, $0) } }
            // Without rates: the pool's own idea of a miner.
            rates = known.isEmpty ? ["rx/0": 1] : Dictionary(known, uniquingKeysWith: { $1 })
            leastTime = params["algo-min-time"]?.double ?? 0
        }

        /// The algorithm that pays most at these prices for a hash, if it is time for another.
        mutating func choose(_ prices: [String: Double], now: Double) -> String? {
            let worth = algorithms.map { ($0, (rates[$0] ?? 0) * (prices[$0] ?? 0)) }
            guard let best = worth.max(by: { $0.1 < $1.1 }), best.1 > 0, best.0 != algorithm else { return nil }
            guard algorithm == nil || now - since >= leastTime else { return nil }
            (algorithm, since) = (best.0, now)
            return best.0
        }
    }

    private func options(_ change: (inout UpstreamOptions) -> Void) -> UpstreamOptions {
        let algorithms = ["rx/0", "cn/r", "cn/half"].compactMap { Catalog.algorithm(named: $0) }
        var options = UpstreamOptions(algorithms: algorithms)
        options.jobSpacing = .zero
        change(&options)
        return options
    }

    @Test func ratesAreToldAtLoginAndTheMinerFollows() async throws {
        let server = ScriptedServer()
        let url = try await server.start()
        let client = try StratumClient(
            url: url, login: Login(user: "u"),
            options: options {
                $0.measured = ["rx/0": 5400.5, "cn/r": 800, "cn/gpu": 70]
                $0.algorithmTime = 60
            })
        let log = EventLog(running: client)
        let login = try await server.line()
        let params = try #require(login["params"])
        // Rates of algorithms that are not offered are not told.
        #expect(params["algo-perf"]?.object?.fields.map(\.name) == ["rx/0", "cn/r"])
        #expect(params["algo-min-time"] == .number("60"))
        var miner = Miner(params)
        var prices = ["rx/0": 1.0, "cn/r": 2, "cn/half": 50, "cn/gpu": 1000]
        func text(_ algorithm: String, _ id: String) -> String {
            jobText(id: "\"\(id)\"", changing: ["algo": "\"\(algorithm)\""])
        }
        let first = miner.choose(prices, now: 0) ?? ""
        #expect(first == "rx/0", "5400 H/s at 1 beat 800 H/s at 2; what was not measured counts nothing")
        try await server.acceptLogin(extensions: #"["algo"]"#, job: text(first, "a"))
        #expect(try await log.job().job.algorithm == .rx0)
        prices["cn/r"] = 20
        let early = miner.choose(prices, now: 30)
        #expect(early == nil, "the miner wants a minute")
        let second = miner.choose(prices, now: 61) ?? ""
        await server.send("{\"method\":\"job\",\"params\":\(text(second, "b"))}\n")
        #expect(try await log.job(2).job.algorithm == .cnR)
        #expect(await server.connections == 1, "the connection stays")
        await log.stop()
        await server.stop()
    }

    @Test func aMinerWithoutRatesSendsNone() async throws {
        let server = ScriptedServer()
        let url = try await server.start()
        let client = try StratumClient(url: url, login: Login(user: "u"), options: options { _ in })
        let log = EventLog(running: client)
        let params = try #require(try await server.line()["params"])
        #expect(params["algo-perf"] == nil && params["algo-min-time"] == nil)
        var miner = Miner(params)
        let choice = miner.choose(["rx/0": 1, "cn/r": 9], now: 0)
        #expect(choice == "rx/0")
        await log.stop()
        await server.stop()
    }
}
