import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// The log's lines about shares, outages, pauses and the end.
@Suite(.timeLimit(.minutes(5))) struct ShareLinesTests {
    /// A log whose clock is the test's.
    private final class Log: Sendable {
        private let lines = Locked<[String]>([])
        private let tones = Locked<[HumanReporter.Tone]>([])
        private let now = Locked(Duration.seconds(100))

        var reporter: HumanReporter {
            HumanReporter(now: { self.now.withLock { $0 } }) { line, tone in
                self.lines.withLock { $0.append(line) }
                self.tones.withLock { $0.append(tone) }
            }
        }

        func pass(_ time: Duration) { now.withLock { $0 += time } }

        /// What was written since the last question.
        func taken() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }

        var lastTones: [HumanReporter.Tone] { tones.withLock { $0 } }
    }

    private static func share(
        _ id: Int64, _ state: ShareState, _ device: String = "cpu", latency: Int64? = nil, reason: String? = nil
    ) -> MinerEvent {
        .share(
            ShareReport(
                id: id, job: "j", device: device, difficulty: 64, state: state, reason: reason, latency: latency))
    }

    @Test func aShareIsOneShortLine() {
        let log = Log()
        let reporter = log.reporter
        reporter.report(Self.share(60, .found))
        reporter.report(Self.share(60, .submitted))
        reporter.report(Self.share(60, .accepted, latency: 290))
        reporter.report(Self.share(61, .rejected, latency: 280, reason: "Low difficulty share"))
        let source = EventSource(team: 1, pool: "b:2")
        reporter.report(Self.share(62, .stale, reason: "Block expired"), from: source)
        #expect(
            log.taken() == [
                "accepted #60 cpu diff 64 290 ms", "REJECTED #61 cpu: Low difficulty share",
                "stale #62 cpu: Block expired",
            ])
        #expect(log.lastTones == [.goodWord, .badWord, .warningWord], "only the word has a colour")
    }

    /// A pool can refuse hundreds of shares a second, and accept as many.
    @Test func aFloodOfSharesIsOneLineASecond() {
        let log = Log()
        let reporter = log.reporter
        for i in 0..<12 as Range<Int64> {
            reporter.report(Self.share(i, .accepted, i % 4 == 0 ? "opencl:0.0" : "cpu", latency: 270 + i))
        }
        #expect(log.taken().count == 3, "so many have lines of their own")
        for second in 1...10 {
            log.pass(.seconds(1))
            for i in 0..<100 as Range<Int64> {
                reporter.report(Self.share(i, i % 4 == 0 ? .accepted : .rejected, latency: 300, reason: "Low"))
            }
            let lines = log.taken()
            if second == 1 {
                #expect(lines.count == 2 && lines[1].hasPrefix("warning: 3 shares in a row were rejected"))
                #expect(lines[0] == "accepted 9 shares in 1 s (cpu 7, opencl:0.0 2; 273 to 281 ms); 12 in all")
            } else {
                #expect(
                    lines == [
                        "accepted 25 shares in 1 s (cpu 25; 300 ms); \(12 + 25 * (second - 1)) in all",
                        "REJECTED 75 shares in 1 s (cpu 75; 300 ms): Low; \(75 * (second - 1)) in all",
                    ])
            }
        }
        // Any event shows what is due.
        log.pass(.seconds(3))
        reporter.report(.hashrate(total: 1, devices: [.init(device: "cpu", hashrate: 1)]))
        #expect(log.taken().prefix(2).allSatisfy { $0.contains(" shares in 3 s (") })
        // It was a flood until now, and is none any more.
        reporter.report(Self.share(1, .accepted, latency: 5))
        log.pass(.seconds(1))
        reporter.report(Self.share(2, .accepted, latency: 5))
        #expect(
            log.taken() == ["accepted #1 cpu diff 64 5 ms", "accepted #2 cpu diff 64 5 ms"], "one alone is its own line"
        )
        // What is left at the end.
        for i in 0..<22 as Range<Int64> { reporter.report(Self.share(i, .expired)) }
        #expect(log.taken().count == 2)
        reporter.report(.summary(MinerSummary()))
        #expect(log.taken().first == "expired 20 shares in 1 s (cpu 20); 22 in all")
        reporter.report(.summary(MinerSummary()))
        #expect(log.taken().count == 2)
    }

    @Test func threeRefusalsForOneReasonAskForTheCause() {
        func asked(_ reasons: [String?]) -> [String] {
            let log = Log()
            let reporter = log.reporter
            for (i, reason) in reasons.enumerated() {
                log.pass(.seconds(2))
                reporter.report(
                    Self.share(Int64(i), reason == nil ? .accepted : .rejected, reason: reason))
            }
            return log.taken().filter { $0.hasPrefix("warning: ") }
        }
        let low = "Low difficulty share"
        #expect(
            asked([low, low, low, low, low]) == [
                "warning: 3 shares in a row were rejected for one reason (Low difficulty share): is -a right for this pool?"
            ])
        #expect(asked([low, low, nil, low, low]) == [], "not in a row")
        #expect(asked([low, "other", low, low]) == [], "not for one reason")
        #expect(
            asked(["Unauthorized worker", "Unauthorized worker", "Unauthorized worker"])[0].contains("is -u right"))
    }

    @Test func outagesSayWhatComesNext() {
        func line(_ outage: Outage) -> [String] {
            HumanReporter.lines(.disconnected(pool: "h:1", reason: "h:1: connection refused", outage))
        }
        #expect(
            line(Outage(wasConnected: false, nextTry: 4.2, attempt: 3)) == [
                "cannot mine at h:1: connection refused; next try in 4 s (attempt 3)"
            ])
        #expect(line(Outage(wasConnected: false)) == ["cannot mine at h:1: connection refused; trying the next pool"])
        #expect(line(Outage(nextTry: 0.83)) == ["disconnected: h:1: connection refused; next try in 0.8 s"])
        #expect(HumanReporter.lines(.waiting(Outage(nextTry: 4))) == [], "said once for each outage")
    }

    @Test func pausesAndTheEndAreSaidInWords() {
        #expect(HumanReporter.lines(.paused([.user])) == ["paused by the user"])
        #expect(
            HumanReporter.lines(.paused([.battery, .temperature])) == [
                "paused: the machine runs on its battery, too hot"
            ])
        #expect(HumanReporter.lines(.resumed) == ["resumed"])
        #expect(
            HumanReporter.lines(.stopping(devices: 2, answers: 3)) == [
                "stopping: waiting for 2 devices and 3 answers (q or Ctrl-C again: at once)"
            ])
        #expect(
            HumanReporter.lines(.stopping(devices: 1, answers: 0)) == [
                "stopping: waiting for 1 device (q or Ctrl-C again: at once)"
            ])
    }

    /// One line for people; the rest is for the log file and for a key.
    @Test func aDeviceThatIsReadyIsOneLine() {
        let log = Log()
        log.reporter.report(
            .ready(
                device: "cpu", lanes: 2, explanation: ["2 lanes: 2 cores", "scratchpads are on huge pages"],
                MinerEvent.Start(seconds: 3.62, words: "2 threads × 4 hashes, huge pages")))
        #expect(
            log.taken() == [
                "cpu: ready in 3.6 s, known answers passed, 2 threads × 4 hashes, huge pages", "  2 lanes: 2 cores",
                "  scratchpads are on huge pages",
            ])
        #expect(log.lastTones == [.good, .detail, .detail])
        #expect(HumanReporter.tone(.preparing(device: "cpu", algorithm: "cn/2")) == .detail)
        #expect(HumanReporter.tone(.notice("warning: x")) == .warning && HumanReporter.tone(.notice("x")) == .plain)
    }
}
