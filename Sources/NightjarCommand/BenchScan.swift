import Nightjar
import NightjarCore
import NightjarReport

/// Measures a pair at other numbers of CPU threads, or at other batches.
package struct BenchScan: Sendable {
    /// Seconds of a window.
    let seconds: Double

    /// The most numbers of threads of which each is measured.
    private static let most = 8

    /// Numbers of threads from 1 to all: each of them, or doubled from one to the next where they are many.
    package static func threads(_ all: Int) -> [Int] {
        guard all > most else { return Array(1...max(1, all)) }
        var numbers = [1]
        while let last = numbers.last, last * 2 < all { numbers.append(last * 2) }
        return numbers + [all]
    }

    /// Measures; it blocks its thread.
    ///
    /// - Parameter usual: how it was measured: its threads, or its launch settings.
    /// - Returns: the points, and why there are none at some places.
    func measure(
        _ pair: AlgorithmOnDevice, usual: LaneFacts, _ engine: EngineCore, _ cancellation: Cancellation,
        progress: BenchProgress
    ) -> (points: [ScanPoint], faults: [String]) {
        var points: [ScanPoint] = []
        var faults: [String] = []
        let name = MeasuredPair(pair.algorithm.name, pair.device.description)
        func take(_ words: String, _ session: BenchSession, _ point: (Double) -> ScanPoint) {
            _ = session.measure(.seconds(seconds / 2), counts: false)
            let window = session.measure(.seconds(seconds), most: 1 << 31)
            let outcome = session.end()
            if let window, window.hashes > 0, outcome.error == nil {
                points.append(point(window.rate))
            } else {
                faults.append("\(pair.algorithm) on \(pair.device), \(words): \(outcome.error?.reason ?? "no hash")")
            }
        }
        func session(lanes: Int?, _ settings: TuningSettings?) -> BenchSession {
            engine.benchSession(
                pair.algorithm, on: pair.device, hashes: nil, settings: settings, lanes: lanes,
                cancellation: cancellation, progress: { progress.hashes($0) }, setup: { progress.dataset($0) })
        }
        if pair.device == .cpu {
            for threads in Self.threads(usual.lanes) where !cancellation.isCancelled {
                let words = threads == 1 ? "1 thread" : "\(threads) threads"
                progress.begin("scan: \(name.algorithm) on \(name.device)", words)
                take(words, session(lanes: threads, nil)) {
                    ScanPoint(pair: name, threads: threads, hashrate: $0)
                }
            }
        } else {
            // The batch alone changes: what was tuned, or given by --set, stays.
            let around = TuningSettings(usual.settings)
            for settings in engine.batchScan(pair.algorithm, on: pair.device, around: around)
            where !cancellation.isCancelled {
                guard let batch = settings["batch"] else { continue }
                let words = "batch \(batch)"
                progress.begin("scan: \(name.algorithm) on \(name.device)", words)
                take(words, session(lanes: nil, settings)) { ScanPoint(pair: name, batch: batch, hashrate: $0) }
            }
        }
        return (points, faults)
    }
}
