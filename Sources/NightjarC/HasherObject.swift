import Nightjar
import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// A hasher of the C interface: one algorithm and seed, on one device.
///
/// Several threads at once may ask for its digests; ``reseed(_:)`` and ``close()`` need it alone.
final class HasherObject: Sendable {
    enum Mode: Int32 { case automatic, light, full }

    private enum Place {
        case cpu(Monitor<SeededLanes?>)
        /// One lane of another device, behind a core of the hasher's own.
        case device(DeviceID, EngineCore, Monitor<Epoch>)
    }

    let engine: EngineObject
    let algorithm: Algorithm
    private let mode: Mode
    private let place: Place

    /// Prepares the seed, after known answers.
    init(
        _ engine: EngineObject, _ algorithm: Algorithm, on device: DeviceID, _ epoch: Epoch, _ mode: Mode
    ) throws(NightjarError) {
        self.engine = engine
        self.algorithm = algorithm
        self.mode = mode
        if device == .cpu {
            var none: SeededLanes?
            place = .cpu(Monitor(try Self.lanes(engine, algorithm, epoch, mode, replacing: &none)))
        } else {
            let core = try engine.core(devices: [.device(device)])
            // The lane passes its known answers before it hashes one of them.
            for answer in KnownAnswers.answers(for: algorithm).prefix(1) {
                do { _ = try core.digest(of: answer.work, on: device) } catch {
                    core.close()
                    throw error
                }
            }
            place = .device(device, core, Monitor(epoch))
        }
        engine.enter()
    }

    private static func lanes(
        _ engine: EngineObject, _ algorithm: Algorithm, _ epoch: Epoch, _ mode: Mode,
        replacing old: inout SeededLanes?
    ) throws(NightjarError) -> SeededLanes {
        guard mode == .full, algorithm.parameters.datasetPaysFrom != nil else {
            return try SeededLanes(engine, algorithm, light: epoch)
        }
        guard engine.options.compiles else {
            throw .unsupported(algorithm: algorithm.name, device: .cpu, reason: "a dataset needs machine code")
        }
        return try SeededLanes(engine, algorithm, full: epoch, replacing: &old)
    }

    /// Takes another seed. After an error it has the old one.
    func reseed(_ epoch: Epoch) throws(NightjarError) {
        switch place {
        case .device(_, _, let own): own.withLock { $0 = epoch }
        case .cpu(let lanes):
            let outcome = lanes.withLock { lanes in
                Result { () throws(NightjarError) in
                    let new = try Self.lanes(engine, algorithm, epoch, mode, replacing: &lanes)
                    lanes?.release()
                    lanes = new
                }
            }
            try outcome.get()
        }
    }

    func close() {
        switch place {
        case .device(_, let core, _): core.close()
        case .cpu(let lanes):
            lanes.withLock { lanes in
                lanes?.release()
                lanes = nil
            }
        }
        engine.leave()
    }

    /// The epoch of an input: the hasher's seed, or the input's height.
    private func epoch(_ own: Epoch, height: UInt64) -> Epoch {
        if case .height = own { .height(height) } else { own }
    }

    /// The digest of one input, on the calling thread if the device is the CPU.
    func digest(of input: UnsafeRawBufferPointer, height: UInt64) throws(NightjarError) -> Digest {
        try algorithm.check(length: input.count)
        switch place {
        case .cpu(let lanes):
            let (shelf, own) = try current(lanes, hashes: 1, mayFill: false)
            return try shelf.digest(of: input, epoch(own, height: height))
        case .device(let device, let core, let own):
            let epoch = epoch(own.withLock { $0 }, height: height)
            let work = try Work(algorithm: algorithm, input: Array(input), epoch: epoch)
            return try core.digest(of: work, on: device)
        }
    }

    /// Hashes many inputs. The digest of one that fails is zero.
    ///
    /// - Returns: the inputs that failed, with the reason, in their order.
    func hash(_ batch: Batch) -> [Batch.Failure] {
        var failures: [Batch.Failure] = []
        var lists: [(list: InputList, items: Range<Int>)] = []
        var first = 0
        do throws(NightjarError) {
            let (own, submit) = try entry(hashes: batch.count)
            while first < batch.count {
                let run = run(of: batch, from: first)
                if let inputs = run.inputs {
                    let list = InputList(
                        borrowing: inputs, algorithm: algorithm, epoch: epoch(own, height: batch.height(first)),
                        digests: batch.digests + 32 * first, isChecked: !looksLater)
                    try submit(list)
                    lists.append((list, first..<run.end))
                } else {
                    failures.append((first..<run.end, .badInput))
                }
                first = run.end
            }
        } catch { failures.append((first..<batch.count, error)) }
        for (list, items) in lists {
            do throws(NightjarError) { try list.wait() } catch { failures.append((items, error)) }
            for bad in list.badInputs {
                failures.append((items.lowerBound + bad.lowerBound..<items.lowerBound + bad.upperBound, .badInput))
            }
        }
        for (items, _) in failures {
            (batch.digests + 32 * items.lowerBound).update(repeating: 0, count: 32 * items.count)
        }
        return failures
    }

    /// Whether the threads that hash look for bad inputs. A look beforehand would take as long as several hashes of
    /// SHA-256d, on one core.
    private var looksLater: Bool {
        if case .cpu = place { !algorithm.needs.contains(.height) } else { false }
    }

    private func run(of batch: Batch, from first: Int) -> (end: Int, inputs: Inputs?) {
        looksLater ? (batch.count, batch.inputs(first..<batch.count)) : batch.run(from: first, algorithm)
    }

    /// Where a batch goes in: the hasher's epoch, and how a list is queued.
    private func entry(hashes: Int) throws(NightjarError) -> (Epoch, (InputList) throws(NightjarError) -> Void) {
        switch place {
        case .device(let device, let core, let epoch):
            return (epoch.withLock { $0 }, { list throws(NightjarError) in try core.submit(list, on: device) })
        case .cpu(let lanes):
            let (shelf, epoch) = try current(lanes, hashes: hashes, mayFill: mode != .light)
            return (epoch, { [core = engine.core] list throws(NightjarError) in try core.submit(list, to: shelf) })
        }
    }

    private func current(
        _ lanes: Monitor<SeededLanes?>, hashes: Int, mayFill: Bool
    ) throws(NightjarError) -> (LaneShelf, Epoch) {
        let found = lanes.withLock { lanes -> (LaneShelf, Epoch)? in
            guard let epoch = lanes?.epoch, let shelf = lanes?.shelf(for: hashes, mayFill: mayFill) else { return nil }
            return (shelf, epoch)
        }
        return try NightjarError.required(found)
    }
}
