import Foundation
import TestSupport
import Testing

/// A run of the real program for ``SoakTests``: its shares, its memory and its files.
final class SoakProgram {
    struct Sample {
        let time: Double
        let kibibytes: Double
        let descriptors: Int
    }

    let run: Binary
    private(set) var samples: [Sample] = []
    /// How much of its output has been looked at.
    private var read: UInt64 = 0
    private var accepted = 0
    /// The shares that were accepted before the present fault.
    private var acceptedBefore = 0

    init(port: Int, _ algorithm: String, timeout: Double) throws {
        run = try Binary(
            [
                "mine", "-o", "127.0.0.1:\(port)", "-u", "soak", "-a", algorithm, "--device", "cpu", "-t", "1", "--log",
                "json",
            ], timeout: timeout)
    }

    /// What the program has heard: an answer that the next fault cuts off would be none.
    func hasNewShares() throws -> Bool {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: run.directory + "/out"))
        defer { try? file.close() }
        try file.seek(toOffset: read)
        let news = try file.readToEnd() ?? Data()
        // Whole lines only.
        if let end = news.lastIndex(of: 0x0A) {
            let lines = news[...end]
            read += UInt64(lines.count)
            accepted += String(decoding: lines, as: UTF8.self).components(separatedBy: #""state":"accepted""#).count - 1
        }
        return accepted > acceptedBefore
    }

    func beginFault() throws {
        _ = try hasNewShares()
        acceptedBefore = accepted
    }

    @discardableResult
    func sample(at time: Double) throws -> Sample {
        let process = run.processID
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        let size = try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) })
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
        let sample = Sample(time: time, kibibytes: size, descriptors: open)
        samples.append(sample)
        return sample
    }

    /// The samples after the first part of the run, in which what is needed is set up.
    func settled(after time: Double) -> [Sample] { samples.filter { $0.time > time } }

    /// MiB an hour, by least squares.
    static func slope(_ samples: [Sample]) -> Double {
        let count = Double(samples.count)
        let (x, y) = (samples.map(\.time).reduce(0, +) / count, samples.map(\.kibibytes).reduce(0, +) / count)
        let (up, across) = samples.reduce((0.0, 0.0)) {
            ($0.0 + ($1.time - x) * ($1.kibibytes - y), $0.1 + ($1.time - x) * ($1.time - x))
        }
        return across > 0 ? up / across * 3600 / 1024 : 0
    }
}
