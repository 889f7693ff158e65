import Foundation
import NightjarCore
import NightjarMiner
import NightjarPlatform
import Testing

/// The rates that `bench --keep` measured.
@Suite(.timeLimit(.minutes(5))) struct MeasuredRatesTests {
    private let scratch = LedgerTests.Scratch()
    private static let gpu = StatisticsTests.gpu
    private var path: String { scratch.path + "/state/nightjar/rates.json" }

    private func measured() -> MeasuredRates {
        var rates = MeasuredRates()
        rates.keep(540.25, of: "rx/0", on: .cpu, name: "a cpu")
        rates.keep(60, of: "cn/r", on: .cpu, name: "a cpu")
        rates.keep(1000, of: "cn/r", on: Self.gpu, name: "a opencl:0.0")
        return rates
    }

    @Test func ratesAreKeptAndReadAgain() throws {
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        #expect(try MeasuredRates(path: path) == MeasuredRates(), "no file, no rates")
        try measured().write(path: path)
        let read = try MeasuredRates(path: path)
        #expect(read == measured())
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let devices = [StatisticsTests.device(.cpu), StatisticsTests.device(Self.gpu)]
        #expect(read.sums(of: devices) == ["rx/0": 540.25, "cn/r": 1060])
        #expect(read.sums(of: [devices[0]]) == ["rx/0": 540.25, "cn/r": 60])
    }

    @Test func anotherDeviceInThePlaceHasNone() {
        var rates = measured()
        rates.keep(7, of: "cn/2", on: .cpu, name: "another cpu")
        #expect(rates.sums(of: [StatisticsTests.device(.cpu)]) == [:])
        // What is no rate is not kept.
        for bad in [0, -1, Double.nan, .infinity] { rates.keep(bad, of: "cn/r", on: Self.gpu, name: "a opencl:0.0") }
        #expect(rates.sums(of: [StatisticsTests.device(Self.gpu)]) == ["cn/r": 1000])
    }

    @Test func whatIsNotAFileOfRatesHasNone() throws {
        try measured().write(path: path)
        for text in ["{}", "[]", #"{"devices": 5}"#, #"{"devices": [{"id": "cpu"}, 7, null]}"#] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect(try MeasuredRates(path: path) == MeasuredRates(), "\(text)")
        }
        let odd =
            #"{"devices": [{"id": "cpu", "name": "a cpu", "rates": {"rx/0": "x", "cn/r": -4, "cn/2": 1e999, "cn/0": 3}}]}"#
        try Data(odd.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try MeasuredRates(path: path).sums(of: [StatisticsTests.device(.cpu)]) == ["cn/0": 3])
        try Data("no JSON".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: (any Error).self) { try MeasuredRates(path: path) }
    }
}
