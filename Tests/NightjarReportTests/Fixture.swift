import Foundation
import NightjarJSON
import NightjarReport
import Testing

/// The files of `Tests/Vectors` that this room's tests read.
enum Fixture {
    static let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors")

    /// An invented report with everything in it: three devices, one of them the CPU's own silicon, a failure, an outlier, a
    /// drift, energy, limits, other threads, and names with markup.
    static func report() throws -> BenchReport {
        var report = try BenchReport(json: JSON(parsing: bytes("report/input.json")))
        for index in report.results.indices {
            report.results[index].summarise(idleWatts: report.device(report.results[index].device)?.idleWatts)
        }
        report.compareDevices()
        return report
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: vectors.appendingPathComponent(name)))
    }

    /// The same report, with one result slower and one gone.
    static func slower() throws -> BenchReport {
        var report = try report()
        report.results.removeAll { $0.algorithm == "sha256d" }
        for index in report.results[0].samples.indices { report.results[0].samples[index].seconds *= 1.04 }
        report.results[0].summarise()
        report.compareDevices()
        return report
    }

    /// The same report with energy of every result.
    static func withEnergy() throws -> BenchReport {
        var report = try report()
        for index in report.results.indices where report.results[index].joulesPerHash == nil {
            for place in report.results[index].samples.indices {
                report.results[index].samples[place].joules = 65 * report.results[index].samples[place].seconds
            }
            report.results[index].powerSource = "rapl"
            report.results[index].summarise()
        }
        return report
    }

    /// Compares with a file of `Tests/Vectors/report`; `NIGHTJAR_WRITE_REFERENCE=1` writes it anew.
    static func expect(_ text: String, _ name: String, _ place: SourceLocation = #_sourceLocation) throws {
        let url = vectors.appendingPathComponent("report/\(name)")
        if ProcessInfo.processInfo.environment["NIGHTJAR_WRITE_REFERENCE"] != nil {
            try Data(text.utf8).write(to: url)
        }
        let known = try String(contentsOf: url, encoding: .utf8)
        let isSame = text == known
        let line = zip(text.split(separator: "\n"), known.split(separator: "\n")).first { $0 != $1 }
        #expect(
            isSame, "\(name) differs, first in: \(line.map { "\($0.0)\nnot: \($0.1)" } ?? "its length")",
            sourceLocation: place)
    }
}
