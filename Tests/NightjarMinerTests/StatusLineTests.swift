import Nightjar
import NightjarCore
import NightjarMiner
import NightjarWire
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
        shown.connection.difficulty = 26_000
        let shares = "1 accepted, 1 rejected (50 %), 1 waiting"
        let devices = "cpu 100.0 H/s, opencl:0.0 2.50 kH/s"
        #expect(
            StatusLine.line(shown, width: 200)
                == "2.60 kH/s (60 s 2.60 kH/s, max 2.60 kH/s) | \(devices) | \(shares) | next ~10 s | 2 h 5 min")
        shown.devices[0].progress = 45
        shown.devices[1].health = DeviceHealth(
            device: StatisticsTests.gpu, state: .preparing, checked: 0, wrong: 0, rebuilds: 0)
        #expect(
            StatusLine.line(shown, width: 200).contains(" | cpu [#########...........] 45 %, opencl:0.0 preparing | "))
    }

    @Test func aNarrowTerminalSaysThatDevicesPrepare() {
        var shown = MinerSnapshot(startedAt: .now, connection: MinerSnapshot.Connection(pool: "p:1"))
        shown.connection.isConnected = true
        shown.devices = ["cpu", "opencl:0.0"].map { MinerSnapshot.Device(id: $0, name: $0, kind: "cpu") }
        #expect(StatusLine.line(shown, width: 39) == "0 accepted")
        for index in 0...1 {
            shown.devices[index].health = DeviceHealth(
                device: .cpu, state: .preparing, checked: 0, wrong: 0, rebuilds: 0)
        }
        #expect(StatusLine.line(shown, width: 39) == "preparing | 0 ok")
        shown.devices[0].progress = 45
        #expect(StatusLine.line(shown, width: 39) == "dataset 45 % | 0 ok")
    }

    /// Less important fields go first, and others become shorter; none is cut in its middle.
    @Test func aNarrowTerminalGetsWhatMattersMost() {
        var shown = Self.snapshot()
        shown.connection.difficulty = 26_000
        let devices = "cpu 100.0 H/s, opencl:0.0 2.50 kH/s"
        for (width, line) in [
            (110, "2.60 kH/s | \(devices) | 1 accepted, 1 rejected (50 %), 1 waiting | next ~10 s"),
            (85, "2.60 kH/s | \(devices) | 1 ok, 1 rejected, 1 waiting | ~10 s"),
            (50, "2.60 kH/s | 1 ok, 1 rejected, 1 waiting | ~10 s"), (42, "2.60 kH/s | 1 ok, 1 rejected | ~10 s"),
            (30, "2.60 kH/s | 1 ok, 1 rejected"), (20, "2.60 kH/s"), (9, "2.60 kH/s"), (4, "2.60"), (0, ""),
        ] { #expect(StatusLine.line(shown, width: width) == line, "\(width)") }
        for width in 0...200 { #expect(StatusLine.line(shown, width: width).count <= width) }
    }

    /// The rate stands out, and of the counts only what was refused.
    @Test func theRateIsBoldAndRefusalsAreRed() {
        var shown = Self.snapshot()
        let styled = { StatusLine.parts(shown, width: 200).filter { $0.style != .plain } }
        #expect(styled() == [.init("2.60 kH/s", .strong), .init("1 rejected (50 %)", .bad)])
        shown.summary.rejected = 0
        #expect(styled() == [.init("2.60 kH/s", .strong)])
        shown.connection.isConnected = false
        #expect(styled() == [.init("0 H/s", .strong)])
        #expect(
            Paint.status([.init("1 H/s", .strong), .init(" | "), .init("2 rejected", .bad)])
                == "\u{1B}[1m1 H/s\u{1B}[0m | \u{1B}[31m2 rejected\u{1B}[0m")
    }

    /// What was hashed before a pause is no rate, and what is unknown has no place.
    @Test func aRunThatRestsSaysWhy() {
        var shown = Self.snapshot()
        let rest = " | cpu 100.0 H/s, opencl:0.0 2.50 kH/s | 1 accepted, 1 rejected (50 %), 1 waiting | 2 h 5 min"
        shown.pausedBecause = ["user"]
        #expect(StatusLine.line(shown, width: 200) == "paused by the user | 0 H/s\(rest) | r resumes")
        shown.pausedBecause = ["active", "load"]
        #expect(
            StatusLine.line(shown, width: 200)
                == "paused: the machine is in use, other programs need the processor | 0 H/s\(rest)")
        #expect(StatusLine.line(shown, width: 40) == "paused | 0 H/s | 1 ok, 1 rejected")
        shown.pausedBecause = ["api"]
        shown.connection.isConnected = false
        #expect(StatusLine.line(shown, width: 200).hasPrefix("paused by the API, connecting | 0 H/s | "))
        shown.pausedBecause = []
        (shown.connection.awayFor, shown.connection.nextTry) = (14.3, 3.4)
        #expect(StatusLine.line(shown, width: 200).hasPrefix("not connected for 14 s, next try in 4 s | 0 H/s | "))
        #expect(StatusLine.connection(shown)[0] == "not connected for 14 s, next try in 4 s: pool:1\u{FFFD}[2J")
        #expect(StatusLine.line(shown, width: 39) == "no pool, try in 4 s | 0 H/s")
        shown.pausedBecause = ["user"]
        #expect(StatusLine.line(shown, width: 39) == "paused, no pool, try in 4 s | 0 H/s")
        shown.pausedBecause = []
        shown.connection.nextTry = nil
        #expect(StatusLine.line(shown, width: 200).hasPrefix("not connected for 14 s, trying now | "))
        shown.isStopping = true
        #expect(StatusLine.line(shown, width: 200).hasPrefix("stopping | "))
        #expect(
            StatusLine.line(MinerSnapshot(startedAt: .now, connection: shown.connection), width: 99).contains(
                "0 accepted"))
    }

    /// What an outage shows follows from the events.
    @Test func theOutageIsCountedFromItsBeginning() {
        let run = StatisticsTests.Run()
        run.statistics.report(.connected(pool: "pool:1"))
        run.statistics.report(.disconnected(pool: "pool:1", reason: "gone", Outage(nextTry: 40)))
        var shown = run.statistics.snapshot(at: .now + .seconds(10)).connection
        #expect((9...11).contains(Int(shown.awayFor ?? -1)) && (28...31).contains(Int(shown.nextTry ?? -1)))
        #expect(run.statistics.snapshot(at: .now + .seconds(60)).connection.nextTry == nil, "it is being tried")
        run.statistics.report(.waiting(Outage(wasConnected: false, nextTry: 80, attempt: 2)))
        shown = run.statistics.snapshot(at: .now + .seconds(10)).connection
        #expect((68...71).contains(Int(shown.nextTry ?? -1)) && shown.failures == 1)
        run.statistics.report(.connected(pool: "pool:1"))
        #expect(run.statistics.snapshot().connection.awayFor == nil)
        run.statistics.report(.stopping(devices: 1, answers: 0))
        #expect(run.statistics.snapshot().isStopping)
    }

    @Test func tablesStandBelowEachOther() {
        var shown = Self.snapshot()
        shown.devices[0].temperature = 61.5
        shown.devices[0].explanation = ["2 lanes: 2 cores", "\u{1B}[2J"]
        #expect(
            StatusLine.hashRates(shown) == [
                "  device           10 s       60 s  15 min    highest",
                "  cpu         100.0 H/s  100.0 H/s       -  100.0 H/s  cn/2, 1 lane, 61.5 °C",
                "  opencl:0.0  2.50 kH/s  2.50 kH/s       -  2.50 kH/s  no job yet, 0 lanes",
                "  all         2.60 kH/s  2.60 kH/s       -  2.60 kH/s", "  cpu: 2 lanes: 2 cores",
                "  cpu: \u{FFFD}[2J",
            ])
    }

    /// Columns in which nothing is known go first, then the last ones; then the words get lines of their own.
    @Test func aTableFitsItsTerminal() {
        var shown = Self.snapshot()
        shown.devices[0].progress = 45
        shown.devices[1].explanation = ["one lane for each of the card's 28 compute units"]
        #expect(
            StatusLine.hashRates(shown, width: 50) == [
                "  device           10 s       60 s    highest",
                "  cpu         100.0 H/s  100.0 H/s  100.0 H/s",
                "    cn/2, 1 lane, [#########...........] 45 %",
                "  opencl:0.0  2.50 kH/s  2.50 kH/s  2.50 kH/s",
                "    no job yet, 0 lanes",
                "  all         2.60 kH/s  2.60 kH/s  2.60 kH/s",
                "  opencl:0.0: one lane for each of the card's 28", "    compute units",
            ])
        for width in 1...200 {
            let lines =
                StatusLine.hashRates(shown, width: width) + StatusLine.shares(shown, width: width)
                + StatusLine.connection(shown, width: width)
            #expect(lines.allSatisfy { $0.count <= width }, "width \(width): \(lines)")
        }
    }

    @Test func linesAreFoldedBetweenWords() {
        let line = "  one two three four five"
        #expect(PlainText.folded(line, width: 25) == [line])
        #expect(PlainText.folded(line, width: 16) == ["  one two three", "    four five"])
        #expect(PlainText.folded(line, width: 15) == ["  one two three", "    four five"])
        #expect(PlainText.folded(line, width: 5) == ["one", "two", "three", "four", "five"])
        #expect(PlainText.folded("abcdefgh", width: 3) == ["abc", "def", "gh"])
        #expect(PlainText.folded("ab cd   ", width: 5) == ["ab cd"])
    }

    @Test func sharesUnderWayAreNotMissing() {
        #expect(
            StatusLine.shares(Self.snapshot()) == [
                "3 shares found: 1 accepted, 1 rejected, 0 stale, 0 expired, 1 waiting",
                "  cpu: 3 found, 1 accepted, 1 rejected", "  opencl:0.0: 0 found, 0 accepted, 0 rejected",
                "  answers take 60 ms (median)", "  highest difficulties met: 5 5 5",
            ])
    }

    @Test func theConnectionIsShownWithoutWhatCouldForgeALine() {
        var shown = Self.snapshot()
        shown.connection.connectedFor = 7500
        let lines = StatusLine.connection(shown)
        #expect(lines[0] == "connected to pool:1\u{FFFD}[2J for 2 h 5 min" && lines[1] == "  not encrypted")
        #expect(lines[2] == "  0 connections lost or refused; answers take 60 ms (median)")
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
