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
/// program can be left alone. The program takes some ten seconds to come back from each fault: `NIGHTJAR_SOAK_PROGRAMS`
/// of them at one pool each have all its faults. `NIGHTJAR_SOAK_ALGORITHM` leaves out the other algorithm. A sample of
/// memory and file descriptors is printed with each fault.
@Suite(.serialized, .timeLimit(.minutes(120))) struct SoakTests {
    private static func setting(_ name: String, _ standard: Double) -> Double {
        ProcessInfo.processInfo.environment[name].flatMap { Double($0) } ?? standard
    }

    private static let seconds = setting("NIGHTJAR_SOAK_SECONDS", 0)
    private static let interval = setting("NIGHTJAR_SOAK_INTERVAL", 0)
    private static let programs = Int(setting("NIGHTJAR_SOAK_PROGRAMS", 1))
    private static let algorithms = [Algorithm.cnPico, .sha256d].filter {
        [nil, $0.name].contains(ProcessInfo.processInfo.environment["NIGHTJAR_SOAK_ALGORITHM"])
    }
    /// How many faults there are at least. One whose end is a time-out of half a minute comes last, in longer runs.
    private static let leastFaults = 4
    /// A run that is shorter says nothing about steady growth: the program keeps 256 jobs, and rates of a quarter of an
    /// hour, and some hundred faults pass until it has these.
    private static let leastForSlope = 3600.0
    private static let mostGrowth = 20.0 * 1024

    private enum Fault: Int, CaseIterable { case reset, close, halfLine, refusedLogin, outage, garbage, stall }

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

    @Test(arguments: algorithms)
    func leftAloneWithAFaultNowAndThen(_ algorithm: Algorithm) async throws {
        let engine = try Engine(devices: [.cpu])
        let configuration = SandboxConfiguration(
            algorithms: [algorithm], jobInterval: .seconds(2),
            startDifficulty: Difficulty(algorithm.parameters.firstDifficulty) ?? .one, shareInterval: .seconds(1))
        let pool = SandboxPool(configuration) { work in try await engine.portableProof(of: work) }
        let port = try await pool.start()
        let programs = try (0..<Self.programs).map { _ in
            try SoakProgram(port: port, algorithm.name, timeout: Self.seconds + 120)
        }
        func allHaveShares(_ what: String) async throws {
            for program in programs {
                try await eventually(every: .milliseconds(50), "\(what): \(program.run.outputSoFar.suffix(1000))") {
                    try program.hasNewShares()
                }
            }
        }
        try await allHaveShares("shares")

        let began = ContinuousClock.now
        func elapsed() -> Double { (ContinuousClock.now - began) / .seconds(1) }
        func sample() throws -> [SoakProgram.Sample] { try programs.map { try $0.sample(at: elapsed()) } }
        var faults = 0
        /// Lets the rest of an interval pass, with a sample each second.
        func pass(until end: Double) async throws {
            while elapsed() < end {
                try await Task.sleep(for: .seconds(1))
                _ = try sample()
            }
        }
        while faults < Self.leastFaults || elapsed() < Self.seconds {
            let fault = Fault(rawValue: faults % Fault.allCases.count) ?? .close
            let (start, before) = (elapsed(), await pool.stats)
            for program in programs { try program.beginFault() }
            await Self.inflict(fault, on: pool, algorithm)
            faults += 1
            // A third of the time in trouble, and until the programs have met it.
            try await pass(until: start + Self.interval / 3)
            switch fault {
            case .outage: _ = try await pool.start(port: port)
            case .refusedLogin, .garbage:
                try await eventually("tries after fault \(faults) (\(fault))") {
                    await pool.stats.connections >= before.connections + programs.count
                }
            default: break
            }
            await pool.setFaults(Faults())
            // The rest to come back from it.
            try await eventually("logins after fault \(faults) (\(fault))") {
                await pool.stats.logins >= before.logins + programs.count
            }
            try await allHaveShares("shares after fault \(faults) (\(fault))")
            try await pass(until: start + Self.interval)
            let samples = try sample()
            print(
                "soak, \(algorithm): \(Int(elapsed())) s, fault \(faults) (\(fault)): \(samples.map { Int($0.kibibytes) }) KiB, "
                    + "\(samples.map(\.descriptors)) descriptors, \(await pool.stats.accepted) accepted")
        }
        for program in programs { program.run.send(SIGTERM) }
        var ends: [Binary.Ended] = []
        for program in programs { ends.append(try await program.run.ended()) }
        await pool.stop()
        #expect(await pool.stats.logins > faults * programs.count / 2)
        for (program, ended) in zip(programs, ends) {
            #expect(ended.code == 143 && ended.err == "", "\(ended.err)")
            let summary = try MineTests.check(ended)
            #expect(summary["unaccounted"] as? Int == 0)
            #expect(summary["rejected"] as? Int == 0)
            #expect(summary["accepted"] as? Int ?? 0 > faults)

            let settled = program.settled(after: Self.seconds / 6)
            let descriptors = settled.map(\.descriptors)
            let spread = (descriptors.max() ?? 0) - (descriptors.min() ?? 0)
            // One connection more or less, and the ones that are being made.
            #expect(spread <= 4, "\(spread) descriptors more or less")
            let grown = (settled.last?.kibibytes ?? 0) - (settled.first?.kibibytes ?? 0)
            #expect(grown < Self.mostGrowth, "grown by \(grown) KiB")
            let slope = SoakProgram.slope(settled)
            if Self.seconds >= Self.leastForSlope { #expect(slope < 1, "\(slope) MiB an hour") }
            print(
                "soak, \(algorithm): \(faults) faults in \(Int(elapsed())) s, grown by \(Int(grown)) KiB, \(slope) MiB an hour, descriptors \(descriptors.min() ?? 0) to \(descriptors.max() ?? 0): \(summary)"
            )
        }
    }
}
