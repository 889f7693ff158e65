import Nightjar
import NightjarCore
import NightjarPlatform

/// The CPU lanes of a hasher for one seed, and what they take of the engine's memory and of its one dataset.
struct SeededLanes {
    let epoch: Epoch
    private let engine: EngineObject
    private let light: LaneShelf
    /// Lanes with a dataset.
    private var full: LaneShelf?
    /// The hashes wanted, until they make a dataset worth its cost.
    private var wanted: UInt64 = 0
    /// Bytes taken out of the engine's limit.
    private var memory: UInt64 = 0

    private var algorithm: Algorithm { light.algorithm }
    private var key: EngineObject.DatasetKey { EngineObject.DatasetKey(algorithm: algorithm, epoch: epoch) }

    /// Prepares light lanes.
    init(_ engine: EngineObject, _ algorithm: Algorithm, light epoch: Epoch) throws(NightjarError) {
        try self.init(engine, algorithm, epoch)
        do { try light.prepare(epoch) } catch {
            release()
            throw error
        }
    }

    /// Makes a dataset. It may replace the one of `old`, whose lanes come back if this fails.
    init(
        _ engine: EngineObject, _ algorithm: Algorithm, full epoch: Epoch, replacing old: inout SeededLanes?
    ) throws(NightjarError) {
        try self.init(engine, algorithm, epoch)
        do throws(NightjarError) {
            let shelf = try LaneShelf(
                algorithm, on: engine.cpu, threads: engine.options.threads, settled: epoch)
            let isReplacing = try claimDataset(shelf, replacing: &old)
            do throws(NightjarError) { try shelf.prepare(epoch) } catch {
                shelf.retire()
                giveUpDataset(shelf, restoring: isReplacing ? old?.key : nil)
                throw error
            }
            full = shelf
            if isReplacing { takeMemory(shelf, of: &old) }
        } catch {
            release()
            throw error
        }
    }

    private init(_ engine: EngineObject, _ algorithm: Algorithm, _ epoch: Epoch) throws(NightjarError) {
        (self.engine, self.epoch) = (engine, epoch)
        do { (light, memory) = try Self.lightLanes(engine, algorithm, isNarrow: false) } catch {
            (light, memory) = try Self.lightLanes(engine, algorithm, isNarrow: true)
        }
    }

    /// Light lanes, and the bytes that they took out of the engine's limit.
    private static func lightLanes(
        _ engine: EngineObject, _ algorithm: Algorithm, isNarrow: Bool
    ) throws(NightjarError) -> (LaneShelf, UInt64) {
        let lanes = try engine.shelf(algorithm, isNarrow: isNarrow)
        let bytes = algorithm.parameters.sharedMemory + UInt64(lanes.scratchpads)
        try engine.reserve(bytes)
        return (lanes, bytes)
    }

    /// The lanes for this many more hashes.
    ///
    /// - Parameter mayFill: whether the dataset may be made now, if it pays.
    mutating func shelf(for hashes: Int, mayFill: Bool) -> LaneShelf {
        if let full { return full }
        guard let least = algorithm.parameters.datasetPaysFrom else { return light }
        let (sum, isTooMuch) = wanted.addingReportingOverflow(UInt64(hashes))
        wanted = isTooMuch ? .max : sum
        guard mayFill, wanted >= least, engine.options.compiles else { return light }
        // Asked again when as many more were wanted.
        wanted = 0
        var none: SeededLanes?
        guard
            let shelf = try? LaneShelf(
                algorithm, on: engine.cpu, threads: engine.options.threads, settled: epoch, fallback: light),
            (try? claimDataset(shelf, replacing: &none)) != nil
        else { return light }
        full = shelf
        return shelf
    }

    /// Lets go of all that it took.
    mutating func release() {
        if let full {
            full.retire()
            engine.releaseDataset()
        }
        full = nil
        engine.release(memory)
        memory = 0
    }

    /// - Returns: whether it took the dataset over from `old`, and the memory with it.
    private mutating func claimDataset(
        _ shelf: LaneShelf, replacing old: inout SeededLanes?
    ) throws(NightjarError) -> Bool {
        let bytes = datasetBytes(shelf)
        let former = old?.full == nil ? nil : old?.key
        if let former, former != key, engine.replaceDataset(former, by: key) {
            // The lanes must not read what is written over.
            old?.full?.releaseIdle()
            return true
        }
        try engine.claimDataset(key)
        do { try engine.reserve(bytes) } catch {
            engine.releaseDataset()
            throw error
        }
        memory += bytes
        return false
    }

    /// The bytes of a dataset and of the lanes that read it.
    private func datasetBytes(_ shelf: LaneShelf) -> UInt64 {
        algorithm.parameters.datasetMemory + UInt64(shelf.scratchpads)
    }

    private mutating func giveUpDataset(_ shelf: LaneShelf, restoring former: EngineObject.DatasetKey?) {
        if let former {
            engine.restoreDataset(former)
        } else {
            engine.releaseDataset()
            let bytes = datasetBytes(shelf)
            engine.release(bytes)
            memory -= bytes
        }
    }

    /// The dataset that was `old`'s is this seed's now.
    private mutating func takeMemory(_ shelf: LaneShelf, of old: inout SeededLanes?) {
        let bytes = datasetBytes(shelf)
        memory += bytes
        old?.memory -= bytes
        old?.full?.retire()
        old?.full = nil
    }
}
