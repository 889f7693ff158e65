import Foundation
import NightjarCPU
import TestSupport
import Testing

/// The speed of every width on a real machine over time, as `Benchmarks/width-traces.py` recorded it.
struct WidthTrace: Decodable, CustomTestStringConvertible {
    let algorithm: String
    let cpu: String
    /// The lanes' processing units.
    let units: String
    let load: String
    let widths: [Int]
    let batch: Int?
    /// Nanoseconds.
    let tick: Int
    /// Milliseconds from the start, and for each width the ticks of a hash.
    let rows: [[Int]]

    var testDescription: String { "\(algorithm) on units \(units), load: \(load)" }
    var end: Double { Double(rows.last?[0] ?? 0) / 1000 }

    /// Every trace in `Tests/Vectors/widths`.
    static func all() throws -> [WidthTrace] {
        let folder = Vectors.path("widths")
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            try JSONDecoder().decode(WidthTrace.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
        }
    }
}

/// A trace that is played again: at each time, a batch is as fast as one of those that were recorded around it.
final class WidthReplay {
    /// What a watch's choices cost.
    struct Cost: CustomStringConvertible {
        /// The part of the time in which the chosen width was more than 3 % slower than the fastest.
        var behind: Double
        /// The part of the hashes that were not made, beside always the fastest width, tries of others included.
        var loss: Double
        /// The same of the one width that is the best on the whole.
        var lossOfBestFixed: Double

        var description: String {
            func percent(_ part: Double) -> String { "\((part * 1000).rounded() / 10) %" }
            return "behind \(percent(behind)) of the time, lost \(percent(loss)), one width alone "
                + percent(lossOfBestFixed)
        }
    }

    let trace: WidthTrace
    private let starts: [Double]
    /// Hashes per second of each width around each row's time: means, so that chance does not count.
    private let means: [[Double]]
    private var taken: [Int]

    /// Means are over so many seconds and rows to each side, at least.
    private static let around = (seconds: 4.0, rows: 20)
    /// So many rows around a time are played in turn.
    private static let near = 5

    init(_ trace: WidthTrace) {
        self.trace = trace
        taken = trace.widths.map { _ in 0 }
        let starts = trace.rows.map { Double($0[0]) / 1000 }
        self.starts = starts
        var (first, end) = (0, 0)
        means = starts.indices.map { row in
            while starts[first] < starts[row] - Self.around.seconds { first += 1 }
            while end < starts.count, starts[end] <= starts[row] + Self.around.seconds { end += 1 }
            let low = max(0, min(first, row - Self.around.rows))
            let high = min(starts.count, max(end, row + Self.around.rows + 1))
            return trace.widths.indices.map { width in
                let sum = trace.rows[low..<high].reduce(0) { $0 + $1[width + 1] }
                return Double(high - low) * 1e9 / Double(sum * trace.tick)
            }
        }
    }

    /// The row whose start is the nearest.
    private func row(at time: Double) -> Int {
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low > 0 && time - starts[low - 1] < starts[low] - time ? low - 1 : low
    }

    /// Hashes per second of a lane's batch.
    func rate(_ width: Int, _ time: Double) -> Double {
        guard let index = trace.widths.firstIndex(of: width) else { return 1 }
        let turn = taken[index] % Self.near - Self.near / 2
        taken[index] += 1
        let row = min(max(row(at: time) + turn, 0), starts.count - 1)
        return 1e9 / Double(trace.rows[row][index + 1] * trace.tick)
    }

    /// Runs a machine through the trace.
    func machine(first: Int?, lanes: Int = 1) -> WidthMachine {
        var machine = WidthMachine(trace.widths, first: first, lanes: lanes, batch: trace.batch) { width, _, time in
            self.rate(width, time)
        }
        machine.run(until: trace.end)
        return machine
    }

    func cost(_ machine: WidthMachine, from begin: Double, to end: Double = .infinity) -> Cost {
        var (time, behind, loss) = (0.0, 0.0, 0.0)
        var fixed = trace.widths.map { _ in 0.0 }
        for batch in machine.ended where batch.begin >= begin && batch.begin < end {
            let means = means[row(at: batch.begin)]
            let best = means.max() ?? 1
            let seconds = batch.end - batch.begin
            time += seconds
            func part(_ width: Int) -> Double { trace.widths.firstIndex(of: width).map { means[$0] / best } ?? 0 }
            if part(batch.turn.best) < 0.97 { behind += seconds }
            loss += seconds * (1 - part(batch.turn.width))
            for (index, mean) in means.enumerated() { fixed[index] += seconds * (1 - mean / best) }
        }
        return Cost(behind: behind / time, loss: loss / time, lossOfBestFixed: (fixed.min() ?? 0) / time)
    }
}
