import Foundation
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ReporterTests {
    static let time = Timestamp(milliseconds: 1_795_251_180_007)

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_251_199_001, "2024-02-29T23:59:59.001Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func timesAreRFC3339(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test func jsonKeepsOrderAndEscapes() throws {
        let value = JSON.fields([
            "b": .string("a\"\\\n\u{1}\u{2028}é"), "a": .array([.null, .bool(true), .integer(-1), .unsigned(.max)]),
            "n": .number(558.6), "whole": .number(3), "none": .number(.nan), "small": .number(0.0004),
        ])
        #expect(
            value.description
                == #"{"b":"a\"\\\n\u0001\u2028é","a":[null,true,-1,18446744073709551615],"n":558.6,"whole":3,"none":null,"small":0}"#
        )
        let read = try #require(try JSONSerialization.jsonObject(with: Data(value.description.utf8)) as? [String: Any])
        #expect(read["b"] as? String == "a\"\\\n\u{1}\u{2028}é")
    }

    /// All digits are for programs.
    @Test func aFractionalDifficultyIsShownShort() throws {
        let difficulty = try #require(PoolDifficulty(text: "0.00012345678901", hashesPerUnit: 0x1p32))
        let job = MinerEvent.job(id: "j", height: nil, algorithm: "sha256d", difficulty: difficulty)
        #expect(HumanReporter.lines(job) == ["job j: sha256d, difficulty 0.0001235"])
        #expect(JSONReporter.json(job, at: Self.time)?["difficulty"] == .number("0.00012345678901"))
        let share = ShareReport(id: 3, job: "j", device: "cpu", difficulty: difficulty, state: .accepted, latency: 4)
        #expect(HumanReporter.lines(.share(share)) == ["accepted #3 cpu diff 0.0001235 4 ms"])
    }

    @Test func everyEventHasItsFields() throws {
        func line(_ event: MinerEvent) -> String? { JSONReporter.json(event, at: Self.time)?.description }
        let head = #"{"time":"2026-11-21T08:53:00.007Z","event":"#
        #expect(line(.notice("n")) == head + #""notice","message":"n"}"#)
        #expect(line(.connected(pool: "h:1")) == head + #""connected","pool":"h:1"}"#)
        #expect(line(.disconnected(pool: "h:1", reason: "r")) == head + #""disconnected","pool":"h:1","reason":"r"}"#)
        #expect(
            line(.job(id: "j", height: nil, algorithm: "cn/2", difficulty: 7))
                == head + #""job","id":"j","height":null,"algorithm":"cn/2","difficulty":7,"expectedHashes":7}"#)
        let fraction = try #require(PoolDifficulty(text: "0.00015", hashesPerUnit: 4_294_967_296))
        #expect(
            line(.job(id: "j", height: 1, algorithm: "sha256d", difficulty: fraction))
                == head
                + #""job","id":"j","height":1,"algorithm":"sha256d","difficulty":0.00015,"expectedHashes":644245}"#)
        let share = ShareReport(id: 3, job: "j", device: "cpu", difficulty: 7, state: .stale, reason: "Block expired")
        #expect(
            line(.share(share))
                == head
                + #""share","id":3,"job":"j","device":"cpu","difficulty":7,"expectedHashes":7,"state":"stale","reason":"Block expired"}"#
        )
        #expect(
            line(.hashrate(total: 12.5, devices: [.init(device: "cpu", hashrate: 12.5)]))
                == head + #""hashrate","total":12.5,"devices":{"cpu":12.5}}"#)
        #expect(line(.error("x")) == head + #""error","message":"x"}"#)
        #expect(
            line(.summary(MinerSummary()))
                == head
                + #""summary","found":0,"accepted":0,"rejected":0,"stale":0,"expired":0,"unaccounted":0,"hashes":0,"seconds":0}"#
        )
        #expect(line(.preparing(device: "cpu", algorithm: "cn/2")) == nil)
        #expect(
            line(.started(version: "1.2.3", devices: ["cpu"], threads: 2, pools: ["h:1", "h:2"]))
                == head
                + #""start","version":"1.2.3","devices":["cpu"],"threads":2,"pool":"h:1","pools":["h:1","h:2"]}"#)
        #expect(
            line(.ready(device: "cpu", lanes: 2, explanation: ["why"], MinerEvent.Start(seconds: 3.5)))
                == head + #""ready","device":"cpu","seconds":3.5,"lanes":2}"#)
        #expect(line(.settling(device: "cpu", percent: 25)) == head + #""dataset","device":"cpu","percent":25}"#)
        #expect(line(.waiting(Outage(nextTry: 4))) == nil && line(.stopping(devices: 1, answers: 2)) == nil)
    }

    /// Programs know the first line as the connection's, and the last one as the summary.
    @Test(arguments: [
        ([MinerEvent.connected(pool: "h:1"), .summary(MinerSummary())], ["connected", "notice", "notice", "summary"]),
        ([.summary(MinerSummary())], ["notice", "notice", "summary"]),
        ([.progress(device: "cpu", percent: 50), .error("e")], ["error", "notice", "notice"]),
    ])
    func warningsFollowTheFirstEvent(_ events: [MinerEvent], _ names: [String]) throws {
        let lines = Locked<[String]>([])
        let reporter = JSONReporter(warnings: ["a", "b"]) { line in lines.withLock { $0.append(line) } }
        for event in events { reporter.report(event) }
        let written = try lines.withLock { try $0.map { try JSON(parsing: $0.utf8) } }
        #expect(written.compactMap { $0["event"]?.string } == names)
        #expect(written.compactMap { $0["message"]?.string }.filter { $0 != "e" } == ["warning: a", "warning: b"])
    }

    @Test func healthIsInTheStatus() throws {
        func rate(_ state: DeviceHealth.State, wrong: UInt64) -> MinerEvent {
            let health = DeviceHealth(device: .cpu, state: state, checked: 200, wrong: wrong, rebuilds: 2)
            return .hashrate(total: 5, devices: [.init(device: "cpu", hashrate: 5, health: health)])
        }
        #expect(HumanReporter.lines(rate(.working, wrong: 0)) == ["cpu 5.0 H/s"])
        #expect(HumanReporter.lines(rate(.working, wrong: 3)) == ["cpu 5.0 H/s [3 of 200 checked hashes wrong]"])
        #expect(
            HumanReporter.lines(rate(.quarantined(reason: "why"), wrong: 1))
                == ["cpu 5.0 H/s [quarantined, 1 of 200 checked hashes wrong]"])
        let json = try #require(JSONReporter.json(rate(.working, wrong: 3), at: .now)).description
        #expect(
            json.hasSuffix(
                #""total":5,"devices":{"cpu":5},"health":{"cpu":{"state":"working","checked":200,"wrong":3,"errorRate":0.015,"rebuilds":2}}}"#
            ),
            "\(json)")
        let recovering = MinerEvent.recovering(device: "cpu", reason: "clFinish: -5", seconds: 1, attempt: 2)
        let words = "cpu: clFinish: -5; rebuilding it in 1.0 s, attempt 2"
        #expect(HumanReporter.lines(recovering) == ["problem: \(words)"])
        #expect(
            try #require(JSONReporter.json(recovering, at: .now)).description.hasSuffix(
                #""error","message":"\#(words)"}"#))
    }

    @Test func textFromOutsideStaysOnItsLine() {
        let forged = "gone\n12:00:00  accepted #1\u{1B}[2J\u{202E}"
        let lines = HumanReporter.lines(.disconnected(pool: "h:1", reason: forged))
        #expect(lines == ["disconnected: gone\u{FFFD}12:00:00  accepted #1\u{FFFD}[2J\u{FFFD}; trying again"])
    }

    @Test(arguments: [
        (0.0, "0.0 H/s"), (98.26, "98.3 H/s"), (5412.0, "5.41 kH/s"), (8_600_000_000, "8.60 GH/s"),
        (31e12, "31.00 TH/s"),
        (2_005_000, "2.01 MH/s"),
    ])
    func ratesHaveUnits(_ rate: Double, _ text: String) { #expect(PlainText.rate(rate) == text) }
}
