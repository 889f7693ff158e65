import NightjarCPU
import NightjarCore
import NightjarPlatform

/// The shelves of an engine: which lanes hash inputs of an algorithm and an epoch.
///
/// An algorithm with a light and a full mode starts in light mode. A seed gets the dataset once so many hashes of it were
/// wanted that computing the dataset would have been no more work. The dataset stays with its seed until another seed
/// has come so far since. So several seeds in turn cost at most twice what they would cost if the future was known.
final class LaneShelves: Sendable {
    private struct Key: Hashable {
        let algorithm: Algorithm
        let epoch: Epoch
    }

    private struct State {
        /// The shelves of light lanes, the most recently used last.
        var light: [LaneShelf] = []
        /// The shelf of the seed that has the dataset.
        var full: (key: Key, shelf: LaneShelf)?
        /// How many hashes of a seed were wanted since the dataset changed its seed. The most recently used last.
        var wanted: [(key: Key, hashes: UInt64)] = []
    }

    /// The algorithms whose lanes are kept: each may hold much memory.
    private static let mostAlgorithms = 8
    /// The seeds whose hashes are counted.
    private static let mostSeeds = 8

    private let cpu: CPUBackend
    private let threads: Int?
    private let mode: RandomXMode
    private let state = Monitor(State())

    init(_ cpu: CPUBackend, threads: Int?, mode: RandomXMode) {
        (self.cpu, self.threads, self.mode) = (cpu, threads, mode)
    }

    /// The shelf for this many more hashes.
    ///
    /// - Throws: ``NightjarError`` when the CPU cannot run the algorithm.
    func shelf(for algorithm: Algorithm, _ epoch: Epoch, hashes: Int) throws(NightjarError) -> LaneShelf {
        var retired: [LaneShelf] = []
        let found = state.withLock { state in
            Result { () throws(NightjarError) in
                try shelf(Key(algorithm: algorithm, epoch: epoch), UInt64(hashes), &state, &retired)
            }
        }
        for shelf in retired { shelf.retire() }
        return try found.get()
    }

    private func shelf(
        _ key: Key, _ hashes: UInt64, _ state: inout State, _ retired: inout [LaneShelf]
    ) throws(NightjarError) -> LaneShelf {
        let light = try lightShelf(key.algorithm, &state, &retired)
        guard let least = key.algorithm.parameters.datasetPaysFrom, mode != .light else { return light }
        if let full = state.full, full.key == key { return full.shelf }
        let before = state.wanted.firstIndex { $0.key == key }.map { state.wanted.remove(at: $0).hashes } ?? 0
        let wanted = before + hashes
        if wanted >= least || mode == .full && state.full == nil {
            if let old = state.full { retired.append(old.shelf) }
            let shelf = try LaneShelf(
                key.algorithm, on: cpu, threads: threads, settled: key.epoch, fallback: light)
            state.full = (key, shelf)
            state.wanted = []
            return shelf
        }
        if state.wanted.count == Self.mostSeeds { state.wanted.removeFirst() }
        state.wanted.append((key, wanted))
        return light
    }

    private func lightShelf(
        _ algorithm: Algorithm, _ state: inout State, _ retired: inout [LaneShelf]
    ) throws(NightjarError) -> LaneShelf {
        if let index = state.light.firstIndex(where: { $0.algorithm == algorithm }) {
            let shelf = state.light.remove(at: index)
            state.light.append(shelf)
            return shelf
        }
        let shelf = try LaneShelf(algorithm, on: cpu, threads: threads)
        if state.light.count == Self.mostAlgorithms { retired.append(state.light.removeFirst()) }
        state.light.append(shelf)
        return shelf
    }

    /// Releases the lanes that no thread has, with their memory. They come back when needed.
    func releaseIdle() {
        for shelf in state.withLock({ $0.light + ($0.full.map { [$0.shelf] } ?? []) }) { shelf.releaseIdle() }
    }

    /// Ends what a lane may wait for, and releases all lanes.
    func retire() {
        let all = state.withLock { state -> [LaneShelf] in
            defer { state = State() }
            return state.light + (state.full.map { [$0.shelf] } ?? [])
        }
        for shelf in all { shelf.retire() }
    }
}
