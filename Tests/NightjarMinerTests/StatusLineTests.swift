import Nightjar
import NightjarCore
import NightjarMiner
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct StatusLineTests {
    static func snapshot() -> MinerSnapshot {
        let run = StatisticsTests.Run()
        run.statistics.report(.connected(pool: "pool:1\u{1B}[2J"))
        run.samples(71, { UInt64($0 * 100) }) { UInt64($0 * 2500) }
        run.statistics.report(.preparing(device: "cpu", algorithm: "cn/2"))
        run.statistics.report(.ready(device: "cpu", lanes: 1, explanation: []))
        for id in 1...3 as ClosedRange<Int64> {
            run.statistics.report(.share(StatisticsTests.share(id, .found, "cpu", met: 5)))
        }
        run.statistics.report(.share(StatisticsTests.share(1, .accepted, "cpu", latency: 40)))
        run.statistics.report(
            .share(StatisticsTests.share(2, .rejected, "cpu", latency: 60, reason: "Low difficulty share")))
        return run.statistics.snapshot(at: run.start + .seconds(7500))
    }

    @Test func theLineShowsRatesDevicesAndShares() {
        var shown = Self.snapshot()
        let rates = "10 s 2.60 kH/s, 60 s 2.60 kH/s, 15 min -, max 2.60 kH/s"
        let shares = "1 of 3 accepted, 1 rejected"
        #expect(StatusLine.line(shown, width: 200) == "\(rates) | cpu 100.0 H/s, opencl:0.0 2.50 kH/s | \(shares)")
        shown.devices[0].progress = 45
        shown.devices[1].health = DeviceHealth(
            device: StatisticsTests.gpu, state: .preparing, checked: 0, wrong: 0, rebuilds: 0)
        #expect(
            StatusLine.line(shown, width: 200)
                == "\(rates) | cpu [#########...........] 45 %, opencl:0.0 preparing | \(shares)")
        shown.pausedBecause = ["user", "battery"]
        #expect(StatusLine.line(shown, width: 200).hasPrefix("paused: user, battery | 10 s "))
        shown.pausedBecause = []
        shown.connection.isConnected = false
        #expect(StatusLine.line(shown, width: 200).hasPrefix("not connected | 10 s "))
        for width in 0...60 { #expect(StatusLine.line(shown, width: width).count == width) }
    }

    @Test func tablesStandBelowEachOther() {
        var shown = Self.snapshot()
        shown.devices[0].temperature = 61.5
        #expect(
            StatusLine.hashRates(shown) == [
                "  device           10 s       60 s  15 min    highest",
                "  cpu         100.0 H/s  100.0 H/s       -  100.0 H/s  cn/2, 1 lane, 61.5 °C",
                "  opencl:0.0  2.50 kH/s  2.50 kH/s       -  2.50 kH/s  no job yet, 0 lanes",
                "  all         2.60 kH/s  2.60 kH/s       -  2.60 kH/s",
            ])
    }

    @Test func sharesUnderWayAreNotMissing() {
        #expect(
            StatusLine.shares(Self.snapshot()) == [
                "3 shares found: 1 accepted, 1 rejected, 0 stale, 0 expired, 1 under way",
                "  cpu: 3 found, 1 accepted, 1 rejected", "  opencl:0.0: 0 found, 0 accepted, 0 rejected",
                "  highest difficulties met: 5 5 5",
            ])
    }

    @Test func theConnectionIsShownWithoutWhatCouldForgeALine() {
        var shown = Self.snapshot()
        shown.connection.connectedFor = 7500
        let lines = StatusLine.connection(shown)
        #expect(lines[0] == "connected to pool:1\u{FFFD}[2J for 2 h 5 min" && lines[1] == "  not encrypted")
        #expect(lines[2] == "  0 connections lost or refused; answers take 60 ms")
        #expect(lines[3].hasSuffix("  a share was rejected: Low difficulty share") && lines.count == 4)
        shown.connection.tls = "TLSv1.3"
        shown.connection.tlsFingerprint = "ab"
        #expect(StatusLine.connection(shown)[1] == "  TLSv1.3, certificate ab")
    }

    @Test(arguments: [
        (0.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3600, "1 h 0 min"), (187_200, "2 d 4 h"), (-5, "0 s"),
    ])
    func durationsAreShort(_ seconds: Double, _ text: String) { #expect(StatusLine.duration(seconds) == text) }

    @Test func onATerminalTheRateStandsInItsLine() {
        #expect(HumanReporter.tone(.hashrate(total: 1, devices: [])) == .status)
        #expect(HumanReporter.tone(.error("x")) == .bad && HumanReporter.tone(.connected(pool: "p")) == .good)
    }
}
