import Nightjar
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import NightjarPlatform

/// An engine of the C interface: what its hashers and searches share.
final class EngineObject: Sendable {
    /// The options, with the library's choices made.
    struct Options: Sendable {
        /// `nil` leaves the choice to the caches.
        var threads: Int?
        /// Bytes; `nil` for no limit.
        var memoryLimit: UInt64?
        var hugePages = true
        var compiles = true
        enum OpenCL { case never, whenAsked, atOnce }
        var openCL = OpenCL.whenAsked
    }

    /// The one dataset that an engine's RandomX memory holds.
    struct DatasetKey: Hashable, Sendable {
        let algorithm: Algorithm
        let epoch: Epoch
    }

    private struct ShelfKey: Hashable {
        let algorithm: Algorithm
        let isNarrow: Bool
    }

    private struct WeakShelf {
        weak var shelf: LaneShelf?
    }

    private struct State {
        /// Hashers and searches.
        var users = 0
        /// The bytes that hashers need.
        var memory: UInt64 = 0
        var dataset: (key: DatasetKey, users: Int)?
        /// One shelf of light lanes for each algorithm, so that its hashers share them.
        var shelves: [ShelfKey: WeakShelf] = [:]
        var openCL: OpenCLBackend?
    }

    let options: Options
    let cpu: CPUBackend
    /// The CPU's threads that hash inputs.
    let core: EngineCore
    private let state = Monitor(State())

    init(_ options: Options) throws(NightjarError) {
        self.options = options
        cpu = CPUBackend(pages: options.hugePages ? .reserved : .plain, compiles: options.compiles)
        core = try EngineCore(
            devices: [.device(.cpu)], threads: options.threads, randomX: .light, niceness: 0, backends: [cpu],
            verifier: cpu)
        if options.openCL == .atOnce { _ = openCL }
    }

    /// OpenCL's devices, or none where it is switched off.
    var openCL: OpenCLBackend? {
        guard options.openCL != .never else { return nil }
        return state.withLock { state in
            if let backend = state.openCL { return backend }
            let backend = OpenCLBackend()
            state.openCL = backend
            return backend
        }
    }

    /// The native CPU first.
    var devices: [Device] { cpu.devices + (openCL?.devices.sorted { $0.id < $1.id } ?? []) }

    /// A core over some of the devices; `nil` for all. OpenCL is opened only for its devices.
    func core(devices: [DeviceSelector]?) throws(NightjarError) -> EngineCore {
        let wantsOpenCL = devices?.contains { $0 != .device(.cpu) } ?? true
        let backends: [any Backend] = [cpu] + (wantsOpenCL ? openCL.map { [$0] } ?? [] : [])
        return try EngineCore(
            devices: devices, threads: options.threads, randomX: .automatic, niceness: 0, backends: backends,
            verifier: cpu)
    }

    // MARK: What hashers share

    /// Lanes in light mode, or of an algorithm without modes.
    ///
    /// - Parameter isNarrow: whether each makes one hash at a time, with the least memory.
    func shelf(_ algorithm: Algorithm, isNarrow: Bool) throws(NightjarError) -> LaneShelf {
        let key = ShelfKey(algorithm: algorithm, isNarrow: isNarrow)
        let found = state.withLock { state in
            Result { () throws(NightjarError) in
                if let shelf = state.shelves[key]?.shelf { return shelf }
                let shelf = try LaneShelf(
                    algorithm, on: cpu, threads: options.threads, mostWidth: isNarrow ? 1 : nil)
                state.shelves[key] = WeakShelf(shelf: shelf)
                return shelf
            }
        }
        return try found.get()
    }

    /// Takes memory out of the limit.
    func reserve(_ bytes: UInt64) throws(NightjarError) {
        let fits = state.withLock { state in
            let (sum, isTooMuch) = state.memory.addingReportingOverflow(bytes)
            if isTooMuch || sum > options.memoryLimit ?? .max { return false }
            state.memory = sum
            return true
        }
        if !fits { throw NightjarError(device: .cpu, reason: "memory_limit is too small", code: .memory) }
    }

    func release(_ bytes: UInt64) { state.withLock { $0.memory -= bytes } }

    /// Claims the dataset for a seed. Another seed's dataset is in the way.
    func claimDataset(_ key: DatasetKey) throws(NightjarError) {
        let isMine = state.withLock { state in
            guard let dataset = state.dataset else {
                state.dataset = (key, 1)
                return true
            }
            guard dataset.key == key else { return false }
            state.dataset = (key, dataset.users + 1)
            return true
        }
        if !isMine { throw .busy("the engine's dataset has another seed") }
    }

    /// Claims it in the place of another seed's, if only the caller has that one.
    ///
    /// - Returns: whether it did.
    func replaceDataset(_ old: DatasetKey, by new: DatasetKey) -> Bool {
        state.withLock { state in
            guard let dataset = state.dataset, dataset.key == old, dataset.users == 1 else { return false }
            state.dataset = (new, 1)
            return true
        }
    }

    /// Undoes ``replaceDataset(_:by:)``.
    func restoreDataset(_ old: DatasetKey) { state.withLock { $0.dataset = (old, 1) } }

    func releaseDataset() {
        state.withLock { state in
            guard let dataset = state.dataset else { return }
            state.dataset = dataset.users > 1 ? (dataset.key, dataset.users - 1) : nil
        }
    }

    // MARK: Its life

    func enter() { state.withLock { $0.users += 1 } }
    func leave() { state.withLock { $0.users -= 1 } }
    var isInUse: Bool { state.withLock { $0.users > 0 } }

    /// Ends its threads.
    func close() { core.close() }
}
