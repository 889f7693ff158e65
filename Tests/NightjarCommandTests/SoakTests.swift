import Foundation
import Nightjar
import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// The real program, left alone with a pool that breaks now and then: nothing is lost, and nothing grows.
///
/// Four faults by default, each as soon as the one before is over. `NIGHTJAR_SOAK_SECONDS` sets the time,
/// `NIGHTJAR_SOAK_INTERVAL` the seconds from one fault to the next; with an hour and a minute it is the proof that the
/// program can be left alone. A sample of memory and file descriptors is printed with each fault.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SoakTests {
    private static func setting(_ name: String, _ standard: Double) -> Double {
        ProcessInfo.processInfo.environment[name].flatMap { Double($0) } ?? standard
    }

    private static let seconds = setting("NIGHTJAR_SOAK_SECONDS", 0)
    private static let interval = setting("NIGHTJAR_SOAK_INTERVAL", 0)
    /// How many faults there are at least. One whose end is a time-out of half a minute comes last, in longer runs.
    private static let leastFaults = 4
    /// A run that is shorter says nothing about growth.
    private static let leastForSlope = 600.0

    private struct Sample {
        let time: Double
        let kibibytes: Double
        let descriptors: Int
    }

    private enum Fault: Int, CaseIterable { case reset, close, halfLine, refusedLogin, outage, garbage, stall }

    private static func sample(_ process: Binary, at time: Double) throws -> Sample {
        let status = try String(contentsOfFile: "/proc/\(process.processID)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        let size = try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) })
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processID)/fd").count
        return Sample(time: time, kibibytes: size, descriptors: open)
    }

    /// MiB an hour, by least squares.
    private static func slope(_ samples: [Sample]) -> Double {
        let count = Double(samples.count)
        let (x, y) = (samples.map(\.time).reduce(0, +) / count, samples.map(\.kibibytes).reduce(0, +) / count)
        let (up, across) = samples.reduce((0.0, 0.0)) {
            ($0.0 + ($1.time - x) * ($1.kibibytes - y), $0.1 + ($1.time - x) * ($1.time - x))
        }
        return across > 0 ? up / across * 3600 / 1024 : 0
    }

    private static func inflict(_ fault: Fault, on pool: SandboxPool, _ algorithm: Algorithm) async {
        switch fault {
        case .reset: await pool.breakConnections(.reset)
        case .close: await pool.breakConnections(.close)
        case .halfLine: await pool.breakConnections(.halfLine)
        case .stall: await pool.breakConnections(.stall)
        case .refusedLogin:
            await pool.setFaults(Faults(refuseLogin: "IP Address currently banned"))
            await pool.breakConnections(.close)
        case .outage: await pool.stop()
        case .garbage:
            let job = algorithm.dialect == .monero ? "job\",\"params\":{\"blob\":7}" : "mining.notify\",\"params\":[7]"
            await pool.setFaults(Faults(garbage: "{\"jsonrpc\":\"2.0\",\"method\":\"\(job)}\n[[[\n"))
            await pool.breakConnections(.close)
        }
    }

    @Test(arguments: [Algorithm.cnPico, .sha256d])
    func leftAloneWithAFaultNowAndThen(_ algorithm: Algorithm) async throws {
        let engine = try Engine(devices: [.cpu])
        let configuration = SandboxConfiguration(
            algorithms: [algorithm], jobInterval: .seconds(2),
            startDifficulty: Difficulty(algorithm.parameters.firstDifficulty) ?? .one, shareInterval: .seconds(1))
        let pool = SandboxPool(configuration) { work in try await engine.portableProof(of: work) }
        let port = try await pool.start()
        let run = try Binary(
            [
                "mine", "-o", "127.0.0.1:\(port)", "-u", "soak", "-a", algorithm.name, "--device", "cpu", "-t", "1",
                "--log",
                "json",
            ], timeout: Self.seconds + 120)
        try await run.wait(for: "\"accepted\"")

        let began = ContinuousClock.now
        func elapsed() -> Double { (ContinuousClock.now - began) / .seconds(1) }
        func accepted() -> Int { run.outputSoFar.components(separatedBy: #""state":"accepted""#).count - 1 }
        var samples: [Sample] = []
        var faults = 0
        /// Lets the rest of an interval pass, with a sample each second.
        func pass(until end: Double) async throws {
            while elapsed() < end {
                try await Task.sleep(for: .seconds(1))
                samples.append(try Self.sample(run, at: elapsed()))
            }
        }
        while faults < Self.leastFaults || elapsed() < Self.seconds {
            let fault = Fault(rawValue: faults % Fault.allCases.count) ?? .close
            let (start, before, told) = (elapsed(), await pool.stats, accepted())
            await Self.inflict(fault, on: pool, algorithm)
            faults += 1
            // A third of the time in trouble, and until the program has met it.
            try await pass(until: start + Self.interval / 3)
            switch fault {
            case .outage: _ = try await pool.start(port: port)
            case .refusedLogin, .garbage:
                try await eventually("a try after fault \(faults) (\(fault))") {
                    await pool.stats.connections > before.connections
                }
            default: break
            }
            await pool.setFaults(Faults())
            // The rest to come back from it.
            try await eventually("shares after fault \(faults) (\(fault)): \(run.outputSoFar.suffix(1000))") {
                // As the program has heard: an answer that the next fault cuts off would be none.
                await pool.stats.logins > before.logins && accepted() > told
            }
            try await pass(until: start + Self.interval)
            let last = try Self.sample(run, at: elapsed())
            samples.append(last)
            print(
                "soak, \(algorithm): \(Int(last.time)) s, fault \(faults) (\(fault)): \(Int(last.kibibytes)) KiB, \(last.descriptors) descriptors, "
                    + "\(await pool.stats.accepted) accepted")
        }
        run.send(SIGTERM)
        let ended = try await run.ended()
        await pool.stop()
        #expect(ended.code == 143 && ended.err == "", "\(ended.err)")
        let summary = try MineTests.check(ended)
        #expect(summary["unaccounted"] as? Int == 0)
        #expect(summary["rejected"] as? Int == 0)
        #expect(summary["accepted"] as? Int ?? 0 > faults)
        let stats = await pool.stats
        #expect(stats.logins > faults / 2)

        // After the first sixth, in which what is needed is set up.
        let settled = samples.filter { $0.time > Self.seconds / 6 }
        let descriptors = settled.map(\.descriptors)
        let spread = (descriptors.max() ?? 0) - (descriptors.min() ?? 0)
        // One connection more or less, and the ones that are being made.
        #expect(spread <= 4, "\(spread) descriptors more or less")
        let slope = Self.slope(settled)
        if Self.seconds >= Self.leastForSlope { #expect(slope < 1, "\(slope) MiB an hour") }
        print(
            "soak, \(algorithm): \(faults) faults in \(Int(elapsed())) s, \(slope) MiB an hour, descriptors \(descriptors.min() ?? 0) to \(descriptors.max() ?? 0): \(summary)"
        )
    }
}
