import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import NightjarPlatform

/// The blocking core of the library. Each call blocks its thread until it is done.
///
/// ``Engine`` is its face for async Swift. A call may come from any thread, and several at once.
package final class EngineCore: Sendable {
    /// The devices that are used, the native CPU first. Where they were not chosen by name, the first question opens
    /// OpenCL's drivers.
    package var devices: [Device] { backends.flatMap(chosen(from:)).sorted { $0.id < $1.id } }
    /// See ``Backend/faults``: of all backends.
    package var faults: [String] { backends.flatMap(\.faults) }
    /// CPU lanes asked for; `nil` leaves the choice to the caches.
    package let threads: Int?
    /// Where the CPU has RandomX's dataset items from, for mining, searching and benchmarks.
    package let randomX: RandomXMode
    /// How much priority the threads that mine, search and hash give up, 0 to 19, as `nice` counts it.
    package let niceness: Int
    /// What candidates are hashed again with.
    package let verifier: CPUBackend

    /// The CPU's first: it answers before others are asked.
    private let backends: [any Backend]
    /// Which devices are used; `nil` means all but those that are left out.
    private let selectors: [DeviceSelector]?
    let kept: KeptLanes
    /// The CPU's units, which the lanes of all runs share with the verifiers of all runs.
    let resting: RestingLanes
    /// The last epoch's seed, the current one and the next one.
    private static let seedsOfARun = 3
    /// The lanes and threads that hash whole inputs on the CPU.
    let shelves: LaneShelves
    let hashing: HashingThreads

    /// - Throws: ``NightjarError``: a selector matches no device, there is no device, or there are no threads.
    package init(
        devices selectors: [DeviceSelector]?, threads: Int?, randomX: RandomXMode, niceness: Int,
        backends: [any Backend], verifier: CPUBackend
    ) throws(NightjarError) {
        if let selectors {
            let all = backends.flatMap(\.devices).sorted { $0.id < $1.id }
            for selector in selectors where !all.contains(where: { selector.matches($0.id) }) {
                throw .noSuchDevice(
                    selector.description, present: all.map(\.id), faults: backends.flatMap(\.faults))
            }
        }
        if let threads, threads < 1 {
            throw .noDevice(reason: "the CPU can't run \(threads) threads", code: .argument)
        }
        self.selectors = selectors
        self.threads = threads
        self.randomX = randomX
        self.niceness = niceness
        self.backends = backends
        self.verifier = verifier
        kept = KeptLanes(niceness: niceness)
        resting = RestingLanes(units: verifier.devices.first?.computeUnits ?? 1)
        shelves = LaneShelves(verifier, threads: threads, mode: randomX)
        hashing = HashingThreads(verifier, niceness: niceness)
        guard backends.contains(where: { !chosen(from: $0).isEmpty }) else {
            let reasons = backends.flatMap(\.faults)
            throw .noDevice(reason: reasons.isEmpty ? "none was chosen" : reasons.joined(separator: "; "))
        }
    }

    /// Those of a backend's devices that are used. A device that is left out is used only when it is named.
    private func chosen(from backend: any Backend) -> [Device] {
        backend.devices.filter { device in
            guard let selectors else { return device.reasonLeftOut == nil }
            return selectors.contains { selector in
                selector.matches(device.id) && (selector == .device(device.id) || device.reasonLeftOut == nil)
            }
        }
    }

    deinit { shelves.retire() }

    /// The backends for what `selectors` name: without an OpenCL device among them, neither the loader nor a driver is
    /// touched.
    package static func backends(for selectors: [DeviceSelector]?, cpu: CPUBackend) -> [any Backend] {
        let wantsOpenCL = selectors?.contains { $0 != .device(.cpu) } ?? true
        return wantsOpenCL ? [cpu, OpenCLBackend()] : [cpu]
    }

    func backend(of device: DeviceID) -> (any Backend)? {
        backends.first { backend in chosen(from: backend).contains { $0.id == device } }
    }

    /// Whether `device` can run `algorithm`, or why not.
    package func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        guard let backend = backend(of: device) else { return .unsupported("there is no such device") }
        return backend.support(for: algorithm, on: device)
    }

    /// The backend of `device`, which can run `algorithm`.
    func require(_ algorithm: Algorithm, on device: DeviceID) throws(NightjarError) -> any Backend {
        guard let backend = backend(of: device) else {
            throw .noSuchDevice(device.description, present: devices.map(\.id))
        }
        if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
            throw .unsupported(algorithm: algorithm.name, device: device, reason: reason)
        }
        return backend
    }

    // MARK: Single hashes

    /// The digest of `work`; its nonce's place, if it has one, is hashed as it stands.
    ///
    /// - Parameter device: `nil` takes the first device that can run the algorithm.
    package func digest(of work: Work, on device: DeviceID?) throws(NightjarError) -> Digest {
        try queuedDigest(of: work, on: device).waitForOne()
    }

    /// The digest of `work` by the portable code, whatever the devices: a second opinion that shares no instruction-set
    /// code with those that search.
    package func portableDigest(of work: Work) throws(NightjarError) -> Digest {
        try queuedPortableDigest(of: work).waitForOne()
    }

    /// The same, not waited for: a list of one input.
    func queuedDigest(of work: Work, on device: DeviceID?) throws(NightjarError) -> InputList {
        let list = InputList(CollectionOfOne(work.input), algorithm: work.algorithm, epoch: work.epoch)
        let device = if let device { device } else { try firstDevice(for: work.algorithm) }
        try hashOnKeptLane(list, on: device)
        return list
    }

    /// Queues a list for the lane that is kept for a device. Its owner waits for it.
    func hashOnKeptLane(_ list: InputList, on device: DeviceID) throws(NightjarError) {
        let algorithm = list.algorithm
        let backend = try require(algorithm, on: device)
        let threads = threads
        kept.hash(list, in: .device(device), device: device) {
            guard let make = try backend.plan(algorithm, on: device, threads: threads).lanes.first else {
                throw NightjarError(device: device, reason: "there is no lane for \(algorithm)")
            }
            return try make()
        } judge: { failure in
            if let failure { backend.letGo(of: device, after: failure) } else { backend.acquit(device) }
        }
    }

    func queuedPortableDigest(of work: Work) -> InputList {
        let list = InputList(CollectionOfOne(work.input), algorithm: work.algorithm, epoch: work.epoch)
        kept.hash(list, in: .portable, device: .cpu) { [verifier] in
            try verifier.lane(work.algorithm, implementation: .portable)
        } judge: { _ in
        }
        return list
    }

    func firstDevice(for algorithm: Algorithm) throws(NightjarError) -> DeviceID {
        var reasons: [String] = []
        for backend in backends {
            for device in chosen(from: backend) {
                switch backend.support(for: algorithm, on: device.id) {
                case .supported: return device.id
                case .unsupported(let reason): reasons.append("\(device.id): \(reason)")
                }
            }
        }
        throw .noDevice(reason: "none can run \(algorithm): " + reasons.joined(separator: "; "), code: .unsupported)
    }

    // MARK: Mining

    func makeRun(
        settles: Bool, auditInterval: Duration = MiningRun.auditInterval, eventCapacity: Int = MiningRun.eventCapacity,
        recovery: Recovery = Recovery(), on chosen: [DeviceID]? = nil, runs: Int = 1,
        after earlier: [MiningRun] = []
    ) throws(NightjarError) -> MiningRun {
        do {
            return try MiningRun(
                devices: devices.filter { chosen?.contains($0.id) ?? true }
                    .compactMap { device in backend(of: device.id).map { (device.id, $0) } },
                threads: threads, niceness: niceness, settles: settles, verifier: verifier, resting: resting,
                seeds: runs * Self.seedsOfARun, auditInterval: auditInterval, eventCapacity: eventCapacity,
                recovery: recovery, after: earlier)
        } catch { throw .noDevice(reason: error.description, code: .memory) }
    }
}

extension Backend {
    /// Releases what is kept for `device` after an error, so that the next plan makes it anew. The device becomes
    /// suspect only if it may be the cause.
    func letGo(of device: DeviceID, after error: NightjarError) {
        if error.mayBeTheDevices { suspect(device) } else { reset(device) }
    }
}
