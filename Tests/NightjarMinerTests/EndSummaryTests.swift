import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// The last lines of a run, on a clock that the test moves.
@Suite(.timeLimit(.minutes(5))) struct EndSummaryTests {
    /// A run with two devices that ends at second 55.
    private final class Run: Sendable {
        private let start = ContinuousClock.now
        private let seconds = Monitor(0)
        let statistics: Statistics

        init(_ devices: [DeviceID]) {
            let (start, seconds) = (start, seconds)
            statistics = Statistics(devices: devices.map(StatisticsTests.device), pool: "pool:1", start: start) {
                start + .seconds(seconds.withLock { $0 })
            }
        }

        func at(_ second: Int, _ events: MinerEvent...) {
            seconds.withLock { $0 = second }
            for event in events { statistics.report(event) }
        }

        func count(_ counts: [(device: DeviceID, hashes: UInt64)]) {
            statistics.sample(counts, at: start + .seconds(seconds.withLock { $0 }))
        }

        /// The lines for people.
        func end() -> [String] {
            let lines = Monitor<[String]>([])
            let reporter = HumanReporter(snapshot: { self.statistics.snapshot() }) { line, _ in
                lines.withLock { $0.append(line) }
            }
            var summary = statistics.snapshot().summary
            summary.seconds = 55
            statistics.report(.summary(summary))
            reporter.report(.summary(summary))
            return lines.withLock { $0 }
        }
    }

    private static let job = MinerEvent.job(id: "j", height: nil, algorithm: "rx/0", difficulty: 7)

    @Test func setUpPausesAndOutagesAreNoWork() {
        let run = Run([.cpu, StatisticsTests.gpu])
        run.at(0, .connected(pool: "pool:1"), Self.job)
        run.at(1, .preparing(device: "cpu", algorithm: "rx/0"), .preparing(device: "opencl:0.0", algorithm: "rx/0"))
        run.at(3, .ready(device: "opencl:0.0", lanes: 1, explanation: []), .progress(device: "opencl:0.0", percent: 0))
        run.at(4, .ready(device: "cpu", lanes: 2, explanation: []))
        run.at(13, .progress(device: "opencl:0.0", percent: 100))
        run.at(14, .paused([.user]))
        run.at(24, .resumed)
        run.at(30, .disconnected(pool: "pool:1", reason: "gone"))
        run.at(40, .connected(pool: "pool:1"))
        run.at(41, Self.job)
        run.count([(.cpu, 2500), (StatisticsTests.gpu, 3200)])
        for id in 1...5 as ClosedRange<Int64> {
            let (device, state): (String, ShareState) =
                id == 5 ? ("opencl:0.0", .accepted) : ("cpu", id == 1 ? .rejected : id == 2 ? .stale : .accepted)
            run.at(45, .share(StatisticsTests.share(id, .found, device, met: PoolDifficulty(hashes: UInt128(id) * 18))))
            run.at(46, .share(StatisticsTests.share(id, state, device)))
        }
        run.at(50, .stopping(devices: 2, answers: 0))
        run.at(55)
        #expect(run.statistics.snapshot().devices.map(\.workSeconds) == [25, 16])
        #expect(run.statistics.snapshot().devices.map(\.setUpSeconds) == [3, 12])
        #expect(
            run.end() == [
                "5 shares found: 3 accepted (60 %), 1 rejected, 1 stale",
                "  cpu         100.0 H/s  2 accepted, 1 rejected",
                "  opencl:0.0  200.0 H/s  1 accepted", "best share: difficulty 90",
                "5700 hashes in 55.0 s, 300.0 H/s on average at work; set-up took 12.0 s",
            ])
    }

    /// A device that fails does not work until it has passed its known answers again.
    @Test func aDeviceThatIsMadeAnewIsSetUpAgain() {
        let run = Run([.cpu])
        run.at(0, .connected(pool: "pool:1"), Self.job, .preparing(device: "cpu", algorithm: "rx/0"))
        run.at(2, .ready(device: "cpu", lanes: 1, explanation: []))
        run.at(12, .recovering(device: "cpu", reason: "r", seconds: 5, attempt: 1))
        run.at(17, .preparing(device: "cpu", algorithm: "rx/0"))
        run.at(18, .ready(device: "cpu", lanes: 1, explanation: []))
        run.at(28)
        run.count([(.cpu, 100)])
        #expect(
            run.end() == ["0 shares found", "100 hashes in 55.0 s, 5.0 H/s on average at work; set-up took 3.0 s"],
            "of one device there is no table")
    }

    @Test func aRunWithoutHashesHasNoAverage() {
        let run = Run([.cpu])
        run.at(0, .connected(pool: "pool:1"), Self.job, .preparing(device: "cpu", algorithm: "rx/0"))
        run.at(6, .stopping(devices: 1, answers: 0))
        #expect(run.end() == ["0 shares found", "0 hashes in 55.0 s; set-up took 6.0 s"])
    }

    @Test(arguments: [
        (1, 1, "1 share found: 1 accepted (100 %)"), (1000, 999, "1000 shares found: 999 accepted (99 %), 1 rejected"),
        (0, 0, "0 shares found"),
    ])
    func theAcceptedPartIsRoundedDown(_ found: Int, _ accepted: Int, _ line: String) {
        var summary = MinerSummary()
        (summary.found, summary.accepted, summary.rejected) = (found, accepted, found - accepted)
        (summary.hashes, summary.seconds) = (500, 5)
        #expect(HumanReporter.lines(.summary(summary)) == [line, "500 hashes in 5.0 s, 100.0 H/s on average"])
    }
}
