import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct StatisticsTests {
    static let gpu = DeviceID.opencl(platform: 0, device: 0)

    static func device(_ id: DeviceID) -> Device {
        Device(
            id: id, kind: id == .cpu ? .cpu : .gpu, name: "a \(id)", platform: "p", driver: "d", computeUnits: 1,
            memory: 1,
            fp64: true)
    }

    /// A clock that the test moves: no sample waits for anything.
    final class Run {
        let start = ContinuousClock.now
        let statistics: Statistics
        var seconds = 0

        init(_ devices: [DeviceID] = [.cpu, StatisticsTests.gpu]) {
            statistics = Statistics(devices: devices.map(StatisticsTests.device), pool: "pool:1", start: start)
        }

        /// A sample a second, for so many seconds, of counts by the second.
        func samples(_ count: Int, _ cpu: (Int) -> UInt64, _ gpu: (Int) -> UInt64) {
            for _ in 0..<count {
                statistics.sample(
                    [(.cpu, cpu(seconds)), (StatisticsTests.gpu, gpu(seconds))], at: start + .seconds(seconds))
                seconds += 1
            }
        }
    }

    @Test func ratesAreOverTheirWindowsAndUnknownBefore() {
        let run = Run()
        // 100 a second, and from the 60th second on 20.
        let cpu = { (s: Int) in UInt64(s <= 60 ? s * 100 : 6000 + (s - 60) * 20) }
        run.samples(10, cpu) { _ in 0 }
        var shown = run.statistics.snapshot()
        #expect(shown.devices[0].rates == MinerSnapshot.Rates() && shown.rates == MinerSnapshot.Rates())
        run.samples(1, cpu) { _ in 0 }
        shown = run.statistics.snapshot()
        #expect(shown.devices[0].rates == MinerSnapshot.Rates(tenSeconds: 100, highest: 100))
        #expect(shown.devices[1].rates == MinerSnapshot.Rates(tenSeconds: 0, highest: 0), "measured, and nothing")
        run.samples(50, cpu) { _ in 0 }
        #expect(run.statistics.snapshot().rates == MinerSnapshot.Rates(tenSeconds: 100, minute: 100, highest: 100))
        run.samples(30, cpu) { UInt64($0 > 60 ? ($0 - 60) * 5 : 0) }
        shown = run.statistics.snapshot(at: run.start + .seconds(90))
        #expect(shown.devices[0].rates == MinerSnapshot.Rates(tenSeconds: 20, minute: 60, highest: 100))
        #expect(shown.rates == MinerSnapshot.Rates(tenSeconds: 25, minute: 62.5, highest: 100), "all devices together")
        #expect(shown.devices[0].hashes == 6600 && shown.summary.hashes == 6750 && shown.uptime == 90)
        run.samples(810, cpu) { UInt64(($0 - 60) * 5) }
        shown = run.statistics.snapshot()
        #expect(shown.devices[0].rates.quarterHour == Double(6000 + 840 * 20) / 900)
        #expect(shown.history.count == 90 && shown.history.last?.total == 25 && shown.history.first?.total == 100)
    }

    @Test func aDayOfHistoryIsKept() {
        let run = Run([.cpu])
        for seconds in stride(from: 0, through: 100_000, by: 10) {
            run.statistics.sample([(.cpu, UInt64(seconds))], at: run.start + .seconds(seconds))
        }
        let shown = run.statistics.snapshot()
        #expect(shown.history.count == 8640 && shown.rates.quarterHour == 1)
    }

    @Test func aDeviceThatIsMadeAnewBeginsAnew() {
        let run = Run()
        run.samples(20, { UInt64($0 * 100) }) { _ in 0 }
        run.statistics.report(.share(Self.share(1, .found, "cpu")))
        run.statistics.replace(devices: [Self.device(.cpu)])
        var shown = run.statistics.snapshot()
        #expect(
            shown.devices.map(\.id) == ["cpu"] && shown.devices[0].rates.tenSeconds == nil
                && shown.devices[0].found == 1)
        run.statistics.sample([(.cpu, 40)], at: run.start + .seconds(30))
        shown = run.statistics.snapshot()
        #expect(shown.summary.hashes == 1940, "what was hashed before counts on")
    }

    static func share(
        _ id: Int64, _ state: ShareState, _ device: String, latency: Int64? = nil, met: PoolDifficulty? = nil,
        reason: String? = nil
    ) -> ShareReport {
        ShareReport(
            id: id, job: "j", device: device, difficulty: 7, state: state, reason: reason, latency: latency, met: met)
    }

    @Test func sharesAreCountedByDeviceAndTheBestAreKept() {
        let statistics = Run().statistics
        for id in 1...20 {
            let device = id.isMultiple(of: 4) ? "opencl:0.0" : "cpu"
            statistics.report(
                .share(Self.share(Int64(id), .found, device, met: PoolDifficulty(hashes: UInt128(id * 7 % 20)))))
            statistics.report(.share(Self.share(Int64(id), .submitted, device)))
            let end: ShareState = id <= 15 ? .accepted : id <= 17 ? .rejected : id == 18 ? .stale : .expired
            statistics.report(
                .share(Self.share(Int64(id), end, device, latency: end == .expired ? nil : Int64(id), reason: "r")))
        }
        let shown = statistics.snapshot()
        #expect(shown.best == [19, 18, 17, 16, 15, 14, 13, 12, 11, 10])
        #expect(shown.summary.found == 20 && shown.summary.accepted == 15 && shown.summary.rejected == 2)
        #expect(shown.summary.stale == 1 && shown.summary.expired == 2 && shown.summary.unaccounted == 0)
        #expect(shown.devices.map(\.found) == [15, 5] && shown.devices.map(\.accepted) == [12, 3])
        #expect(shown.devices.map(\.rejected) == [1, 1] && shown.connection.latency == 10)
        #expect(shown.problems.map(\.text) == ["a share was rejected: r"] && shown.problems[0].count == 2)
    }

    @Test func theConnectionIsShown() {
        let statistics = Run().statistics
        #expect(statistics.snapshot().connection.pool == "pool:1" && !statistics.snapshot().connection.isConnected)
        statistics.report(.connected(pool: "pool:2"))
        statistics.report(.job(id: "j", height: 9, algorithm: "rx/0", difficulty: 500))
        statistics.security(version: "TLSv1.3", fingerprint: "ab")
        var shown = statistics.snapshot(at: .now + .seconds(100)).connection
        #expect(shown.pool == "pool:2" && shown.isConnected && shown.connectedFor > 99 && shown.failures == 0)
        #expect(shown.job == "j" && shown.height == 9 && shown.algorithm == "rx/0" && shown.difficulty == 500)
        #expect(shown.tls == "TLSv1.3" && shown.tlsFingerprint == "ab")
        statistics.report(.disconnected(pool: "pool:1", reason: "gone"))
        shown = statistics.snapshot(at: .now + .seconds(100)).connection
        #expect(shown.pool == "pool:1" && !shown.isConnected && shown.connectedFor == 0 && shown.failures == 1)
        #expect(shown.job == nil && shown.tls == nil && shown.difficulty == nil)
    }

    @Test func problemsAreKeptInOrderAndRepeatsAreCounted() {
        let statistics = Run().statistics
        for id in 0..<40 { for _ in 0...(id % 2) { statistics.report(.error("problem \(id)")) } }
        let shown = statistics.snapshot()
        #expect(shown.problems.map(\.text) == (8..<40).map { "problem \($0)" })
        #expect(shown.problems.map(\.count) == (8..<40).map { $0 % 2 + 1 })
    }

    @Test func devicesSayHowFarTheyAre() {
        let statistics = Run().statistics
        statistics.report(.preparing(device: "cpu", algorithm: "rx/0"))
        statistics.report(.progress(device: "cpu", percent: 40))
        statistics.report(.progress(device: "opencl:7.7", percent: 40))
        #expect(statistics.snapshot().devices[0].progress == 40 && statistics.snapshot().devices[0].algorithm == "rx/0")
        statistics.report(.progress(device: "cpu", percent: 100))
        statistics.report(.ready(device: "cpu", lanes: 2, explanation: ["two cores"]))
        statistics.report(.remark(device: "cpu", "huge pages"))
        statistics.report(.remark(device: "cpu", "huge pages"))
        var readings = CardReadings()
        readings.temperature = 61.5
        statistics.sensors(readings, nil, of: .cpu)
        let health = DeviceHealth(device: .cpu, state: .working, checked: 3, wrong: 0, rebuilds: 0)
        statistics.sample([(.cpu, 0)], health: [health])
        let shown = statistics.snapshot().devices
        #expect(shown[0].progress == nil && shown[0].lanes == 2 && shown[0].explanation == ["two cores", "huge pages"])
        #expect(shown[0].temperature == 61.5 && shown[1].temperature == nil && shown[0].health == health)
        #expect(shown[1].kind == "gpu" && shown[1].name == "a opencl:0.0")
    }
}
