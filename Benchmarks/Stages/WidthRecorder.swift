import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarPlatform

/// Records how fast each width hashes on this machine over time. All widths take turns, a batch or more each, so that
/// what others do on the machine hits all of them. Tests replay what it recorded.
public struct WidthRecorder: Sendable {
    /// One turn of every width.
    public struct Row: Sendable {
        /// Milliseconds from the recorder's start to the row's.
        public let start: Int
        /// Nanoseconds of its processor time that a lane takes for a hash, for each width.
        public let times: [Double]
        /// The same by the clock on the wall: beside other programs a lane waits for its turn, too.
        public let wall: [Double]
    }

    /// What a lane of this algorithm may have, ascending.
    public let widths: [Int]
    /// The hashes of a batch; `nil` when it is the width.
    public let batch: Int?

    private let algorithm: Algorithm
    private let units: [Int]

    /// Shorter batches are repeated, because a lock and a wake-up between turns take time too.
    private static let shortest = 0.01

    /// - Parameters:
    ///   - algorithm: its name: a CryptoNight or a RandomX.
    ///   - units: the processing units of the lanes, by the system's index.
    public init?(algorithm name: String, units: [Int]) {
        guard let algorithm = Algorithm.named(name), !units.isEmpty else { return nil }
        if let parameters = algorithm.parameters as? CryptoNightParameters {
            widths = Array(1...WidthChoice.limit(parameters, implementation: .best))
            batch = nil
        } else if algorithm.parameters is RandomXParameters {
            widths = Array(1...RandomXCompiledHasher.mostMachines)
            batch = 12
        } else {
            return nil
        }
        self.algorithm = algorithm
        self.units = units
    }

    /// What the lanes' threads share.
    private struct Turn {
        var number = 0
        var width = 0
        var isOver = false
        var working: Int
        /// The sums of the lanes' hashes per second of processor time, and per second.
        var sum = 0.0
        var wall = 0.0
        var failure: String?
    }

    /// Blocks the thread.
    ///
    /// - Parameters:
    ///   - seconds: how long to record.
    ///   - row: gets each row.
    /// - Throws: when the system refuses memory, threads or executable memory.
    public func record(seconds: Double, row: (Row) -> Void) throws {
        let dataset = try (algorithm.parameters as? RandomXParameters).map {
            try StageMemory(RandomXDataset.memorySize($0))
        }
        let topology = try Topology()
        let turns = Monitor(Turn(working: units.count))
        let held = HeldDataset(memory: dataset)
        var threads: [PinnedThread] = []
        defer {
            turns.change { $0.isOver = true }
            for thread in threads { thread.join() }
        }
        for unit in units {
            threads.append(
                try PinnedThread(name: "recorder \(unit)") {
                    do {
                        try topology.pinThread(to: unit)
                        let lane = try RecordedLane(algorithm, widths, batch, held)
                        Self.hash(lane, turns)
                    } catch {
                        turns.change { turns in
                            turns.failure = "\(error)"
                            turns.working -= 1
                        }
                    }
                })
        }
        // Each lane reports once it is made.
        try wait(turns)
        let start = ContinuousClock.now
        while true {
            let begin = (ContinuousClock.now - start) / .seconds(1)
            guard begin < seconds else { return }
            var (times, wall): ([Double], [Double]) = ([], [])
            for width in widths {
                turns.change { turns in
                    turns.number += 1
                    turns.width = width
                    (turns.sum, turns.wall) = (0, 0)
                    turns.working = units.count
                }
                try self.wait(turns)
                let sums = turns.withLock { ($0.sum, $0.wall) }
                times.append(1e9 * Double(units.count) / sums.0)
                wall.append(1e9 * Double(units.count) / sums.1)
            }
            row(Row(start: Int(begin * 1000), times: times, wall: wall))
        }
    }

    private struct Failure: Error, CustomStringConvertible { let description: String }

    private func wait(_ turns: Monitor<Turn>) throws {
        let failure = turns.wait { turns -> String?? in
            if let failure = turns.failure { return .some(failure) }
            return turns.working == 0 ? .some(nil) : nil
        }
        if let failure { throw Failure(description: failure) }
    }

    /// What each lane does.
    private static func hash(_ lane: RecordedLane, _ turns: Monitor<Turn>) {
        turns.change { $0.working -= 1 }
        var seen = 0
        while true {
            let next = turns.wait { turns -> (Int, Int)? in
                if turns.isOver { return (0, 0) }
                return turns.number > seen ? (turns.number, turns.width) : nil
            }
            guard next.0 > 0 else { return }
            seen = next.0
            let begin = ContinuousClock.now
            let before = ThreadTime.seconds
            var (hashes, time) = (0, 0.0)
            repeat {
                hashes += lane.hash(width: next.1)
                time = (ContinuousClock.now - begin) / .seconds(1)
            } while time < shortest
            let used = ThreadTime.seconds - before
            let rates = (used > 0 ? Double(hashes) / used : 0, Double(hashes) / time)
            turns.change { turns in
                turns.sum += rates.0
                turns.wall += rates.1
                turns.working -= 1
            }
        }
    }
}

/// The memory of a RandomX dataset, of random bytes. Unchecked: nothing writes to it once it is made.
private final class HeldDataset: @unchecked Sendable {
    let memory: StageMemory?

    init(memory: StageMemory?) { self.memory = memory }
}

/// A lane's hasher with its scratchpads. It belongs to its thread.
private final class RecordedLane {
    private let make: (_ inputs: UnsafeRawBufferPointer, _ width: Int) -> Void
    private let batch: Int?
    private var inputs: [UInt8]
    private var nonce: UInt32 = 0
    private let digests: UnsafeMutableBufferPointer<Digest>

    private static let inputSize = 76

    init(_ algorithm: Algorithm, _ widths: [Int], _ batch: Int?, _ dataset: HeldDataset) throws {
        let widest = widths.max() ?? 1
        let most = batch ?? widest
        self.batch = batch
        inputs = [UInt8](repeating: 0, count: most * Self.inputSize)
        let digests = UnsafeMutableBufferPointer<Digest>.allocate(capacity: most)
        digests.initialize(repeating: Digest())
        self.digests = digests
        if let parameters = algorithm.parameters as? CryptoNightParameters {
            let memory = try StageMemory(widest * parameters.memory)
            let compiler = parameters.base == .r ? try CompiledRandomMath() : nil
            let hasher = CryptoNightHasher(
                parameters, scratchpads: memory.bytes, width: widest, implementation: .best, compiler: compiler)
            hasher.prepare(height: 1)
            make = { inputs, width in
                withExtendedLifetime(memory) {
                    hasher.hash(inputs, into: UnsafeMutableBufferPointer(rebasing: digests[..<width]), width: width)
                }
            }
        } else if let parameters = algorithm.parameters as? RandomXParameters, let items = dataset.memory {
            let memory = try StageMemory(widest * parameters.scratchpadL3)
            let hasher = try RandomXCompiledHasher(parameters, scratchpads: memory.bytes, machines: widest)
            hasher.use(RandomXDataset(parameters, seed: [], memory: items.bytes))
            make = { inputs, width in
                withExtendedLifetime((memory, dataset)) { hasher.hash(inputs, into: digests, width: width) }
            }
        } else {
            preconditionFailure("the recorder knows no other family")
        }
    }

    deinit { digests.deallocate() }

    /// - Returns: the hashes of the batch.
    func hash(width: Int) -> Int {
        let count = batch ?? width
        for index in 0..<count {
            nonce &+= 1
            withUnsafeBytes(of: nonce) { bytes in
                for byte in 0..<4 { inputs[index * Self.inputSize + 39 + byte] = bytes[byte] }
            }
        }
        inputs.withUnsafeBytes { make(UnsafeRawBufferPointer(rebasing: $0[..<(count * Self.inputSize)]), width) }
        return count
    }
}
