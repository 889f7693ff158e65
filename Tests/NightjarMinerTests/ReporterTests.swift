import Foundation
import NightjarCore
import NightjarMiner
import Testing

@Suite struct ReporterTests {
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
                == #"{"b":"a\"\\\n\u0001\u2028é","a":[null,true,-1,18446744073709551615],"n":558.6,"whole":3,"none":null,"small":0}"#)
        let read = try #require(try JSONSerialization.jsonObject(with: Data(value.description.utf8)) as? [String: Any])
        #expect(read["b"] as? String == "a\"\\\n\u{1}\u{2028}é")
    }

    @Test func everyEventHasItsFields() throws {
        func line(_ event: MinerEvent) -> String? { JSONReporter.json(event, at: Self.time)?.description }
        let head = #"{"time":"2026-11-21T08:53:00.007Z","event":"#
        #expect(line(.connected(pool: "h:1")) == head + #""connected","pool":"h:1"}"#)
        #expect(line(.disconnected(pool: "h:1", reason: "r")) == head + #""disconnected","pool":"h:1","reason":"r"}"#)
        #expect(
            line(.job(id: "j", height: nil, algorithm: "cn/2", difficulty: 7))
                == head + #""job","id":"j","height":null,"algorithm":"cn/2","difficulty":7}"#)
        let share = ShareReport(id: 3, job: "j", device: "cpu", difficulty: 7, state: .stale, reason: "Block expired")
        #expect(
            line(.share(share))
                == head + #""share","id":3,"job":"j","device":"cpu","difficulty":7,"state":"stale","reason":"Block expired"}"#)
        #expect(
            line(.hashrate(total: 12.5, devices: [.init(device: "cpu", hashrate: 12.5)]))
                == head + #""hashrate","total":12.5,"devices":{"cpu":12.5}}"#)
        #expect(line(.error("x")) == head + #""error","message":"x"}"#)
        #expect(
            line(.summary(MinerSummary()))
                == head
                + #""summary","found":0,"accepted":0,"rejected":0,"stale":0,"expired":0,"unaccounted":0,"hashes":0,"seconds":0}"#)
        #expect(line(.preparing(device: "cpu", algorithm: "cn/2")) == nil)
    }

    @Test func textFromOutsideStaysOnItsLine() {
        let forged = "gone\n12:00:00  share 1 accepted\u{1B}[2J\u{202E}"
        let lines = HumanReporter.lines(.disconnected(pool: "h:1", reason: forged))
        #expect(lines == ["disconnected: gone\u{FFFD}12:00:00  share 1 accepted\u{FFFD}[2J\u{FFFD}; trying again"])
    }

    @Test(arguments: [
        (0.0, "0.0 H/s"), (98.26, "98.3 H/s"), (5412.0, "5.41 kH/s"), (8_600_000_000, "8.60 GH/s"), (2_005_000, "2.01 MH/s"),
    ])
    func ratesHaveUnits(_ rate: Double, _ text: String) { #expect(HumanReporter.rate(rate) == text) }
}
