import NightjarAlgorithms
import NightjarCPU
@_exported import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Synchronization

/// Hashes, searches, checks and measures on the devices of this machine.
///
/// ```swift
/// let engine = try Engine()
/// let digest = try await engine.hash(input, algorithm: .rx0, seed: seed)
/// for try await share in engine.search(job) { … }
/// ```
///
/// No device works for anybody before it has given the right digests for inputs whose digests are known.
/// An engine may be used from any task. Hashing never runs on Swift's cooperative pool, but on threads of its own.
///
/// Several runs at once (mining, searches, benchmarks, single hashes) are allowed, on one engine or several. Each has
/// lanes of its own on all of the engine's devices, and none knows of the others: they share the devices' time as the
/// system gives it out, need memory for each, and measure nothing that is of use. Runs of RandomX on one engine also
/// share the one dataset; while their seeds differ, all but one of them are in light mode or wait for it.
public final class Engine: Sendable {
    /// The devices that this engine uses, the native CPU first.
    public let devices: [Device]
    /// CPU lanes asked for; `nil` leaves the choice to the caches.
    public let threads: Int?
    /// Where the CPU has RandomX's dataset items from, for mining, searching and benchmarks.
    public let randomX: RandomXMode
    /// A line for each OpenCL driver, platform or device that was there and could not be used, and why.
    package let faults: [String]
    /// How much priority the threads that mine, search and hash give up, 0 to 19, as `nice` counts it.
    public let niceness: Int

    private let backends: [any Backend]
    let verifier: CPUBackend
    /// Lanes kept alive for single hashes, by device; one algorithm a device, since each may hold much memory.
    private let hosts = Mutex<[Seat: (algorithm: Algorithm, host: LaneHost)]>([:])

    private enum Seat: Hashable {
        case device(DeviceID)
        /// The portable path on the CPU, for a second opinion.
        case portable
    }

    /// - Parameters:
    ///   - devices: the devices to use; `nil` takes every one that is there.
    ///   - threads: CPU lanes; `nil` takes one for each core whose cache can feed it.
    ///   - randomX: where the CPU has RandomX's dataset items from, for mining, searching and benchmarks.
    ///   - niceness: how much priority the threads that mine, search and hash give up, 0 to 19, as `nice` counts it.
    /// - Throws: ``EngineError/noSuchDevice(_:present:)`` or ``EngineError/noDevice(reason:)``.
    public convenience init(
        devices: [DeviceSelector]? = nil, threads: Int? = nil, randomX: RandomXMode = .automatic, niceness: Int = 0
    ) throws {
        let cpu = CPUBackend()
        // Without an OpenCL device to look for, neither the loader nor a driver is touched.
        let wantsOpenCL = devices?.contains { $0 != .device(.cpu) } ?? true
        try self.init(
            devices: devices, threads: threads, randomX: randomX, niceness: niceness,
            backends: wantsOpenCL ? [cpu, OpenCLBackend()] : [cpu], verifier: cpu)
    }

    /// An engine over given backends, for tests that put faulty ones in.
    ///
    /// - Parameter verifier: what candidates are hashed again with.
    package init(
        devices selectors: [DeviceSelector]? = nil, threads: Int? = nil, randomX: RandomXMode = .automatic,
        niceness: Int = 0, backends: [any Backend], verifier: CPUBackend
    ) throws {
        let all = backends.flatMap(\.devices).sorted { $0.id < $1.id }
        for selector in selectors ?? [] where !all.contains(where: { selector.matches($0.id) }) {
            throw EngineError.noSuchDevice(selector.description, present: all.map(\.id))
        }
        if let threads, threads < 1 { throw EngineError.noDevice(reason: "the CPU can't run \(threads) threads") }
        devices = all.filter { device in selectors?.contains { $0.matches(device.id) } ?? true }
        guard !devices.isEmpty else { throw EngineError.noDevice(reason: "none was chosen") }
        self.threads = threads
        self.randomX = randomX
        self.niceness = niceness
        self.backends = backends
        faults = backends.flatMap(\.faults)
        self.verifier = verifier
    }

    deinit {
        let left = closeHosts()
        if !left.isEmpty { Task { for host in left { await host.joined() } } }
    }

    /// Every device that can be seen on this machine, the native CPU first.
    public static func allDevices() -> [Device] { allDevicesAndFaults().devices }

    /// As ``allDevices()``, with ``faults``.
    package static func allDevicesAndFaults() -> (devices: [Device], faults: [String]) {
        let backends: [any Backend] = [CPUBackend(), OpenCLBackend()]
        return (backends.flatMap(\.devices).sorted { $0.id < $1.id }, backends.flatMap(\.faults))
    }

    /// Whether one of this engine's devices can run `algorithm`, or why not.
    public func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        guard let backend = backend(of: device) else { return .unsupported("there is no such device") }
        return backend.support(for: algorithm, on: device)
    }

    /// Hashes `input` as it is.
    ///
    /// The device's lane stays alive for the next call, so that a seed's cache or a program is made once.
    /// - Parameters:
    ///   - seed: the RandomX key, for algorithms that need one.
    ///   - height: the block height, for algorithms that need one.
    ///   - device: `nil` takes the first device that can run the algorithm.
    /// - Throws: ``InputError`` when the input can't be hashed, ``EngineError`` or ``DeviceError`` when the device
    ///   can't.
    public func hash(
        _ input: [UInt8], algorithm: Algorithm, seed: [UInt8]? = nil, height: UInt64? = nil, on device: DeviceID? = nil
    ) async throws -> Digest {
        let epoch = try Epoch(algorithm, height: height, seed: seed)
        return try await digest(of: Work(algorithm: algorithm, input: input, epoch: epoch), on: device)
    }

    /// The digest of `work`, its nonce's place, if it has one, hashed as it stands.
    ///
    /// - Parameter device: `nil` takes the first device that can run the algorithm.
    /// - Throws: ``EngineError`` or ``DeviceError`` when the device can't.
    public func digest(of work: Work, on device: DeviceID? = nil) async throws -> Digest {
        let device = try device ?? firstDevice(for: work.algorithm)
        guard let backend = backend(of: device) else {
            throw EngineError.noSuchDevice(device.description, present: devices.map(\.id))
        }
        if case .unsupported(let reason) = backend.support(for: work.algorithm, on: device) {
            throw EngineError.unsupported(algorithm: work.algorithm.name, device: device, reason: reason)
        }
        let threads = threads
        return try await digest(of: work, in: .device(device), device: device) {
            guard let make = try backend.plan(work.algorithm, on: device, threads: threads).lanes.first else {
                throw DeviceError(device: device, reason: "there is no lane for \(work.algorithm)")
            }
            return try make()
        }
    }

    /// The digest of `work` by the portable code, whatever the devices: a second opinion that shares no instruction-set
    /// code with those that search.
    ///
    /// - Throws: ``DeviceError`` when there is no memory for it.
    public func portableDigest(of work: Work) async throws -> Digest {
        let verifier = verifier
        return try await digest(of: work, in: .portable, device: .cpu) {
            try verifier.lane(work.algorithm, implementation: .portable)
        }
    }

    /// The digest of `work` and, for algorithms that have one, the commitment: as ``digest(of:on:)``.
    public func proof(of work: Work, on device: DeviceID? = nil) async throws -> Proof {
        work.proof(try await digest(of: work, on: device))
    }

    /// The digest of `work` and, for algorithms that have one, the commitment: as ``portableDigest(of:)``.
    public func portableProof(of work: Work) async throws -> Proof {
        work.proof(try await portableDigest(of: work))
    }

    /// Starts a mining run on all of the engine's devices, without a job.
    ///
    /// Lanes kept for single hashes are let go, so that their memory is there for mining.
    /// - Throws: ``EngineError/noDevice(reason:)`` when the system grants too few threads.
    public func startMining() throws -> Mining { try startMining(recovery: Recovery()) }

    /// As ``startMining()``, in place of a run on other devices, which is over: no nonce that it tried for a blob is
    /// tried for it again.
    public func startMining(after earlier: Mining) throws -> Mining {
        try startMining(recovery: Recovery(), after: earlier)
    }

    /// - Parameters:
    ///   - auditInterval: how often a batch of each device is audited.
    ///   - eventCapacity: how many events may wait before the lanes do.
    ///   - recovery: what is done about devices that fail.
    ///   - earlier: a run that is over, whose nonces are not tried again.
    package func startMining(
        auditInterval: Duration = MiningRun.auditInterval, eventCapacity: Int = MiningRun.eventCapacity,
        recovery: Recovery = Recovery(), after earlier: Mining? = nil
    ) throws -> Mining {
        let left = closeHosts()
        if !left.isEmpty { Task { for host in left { await host.joined() } } }
        return Mining(
            try makeRun(
                settles: randomX != .light, auditInterval: auditInterval, eventCapacity: eventCapacity,
                recovery: recovery, after: earlier?.run))
    }

    /// Ends the lanes that are kept for single hashes, and waits for their threads. They come back when needed.
    public func releaseLanes() async {
        for host in closeHosts() { await host.joined() }
    }

    private func closeHosts() -> [LaneHost] {
        hosts.withLock { hosts in
            defer { hosts = [:] }
            for entry in hosts.values { entry.host.close() }
            return hosts.values.map(\.host)
        }
    }

    func backend(of device: DeviceID) -> (any Backend)? {
        guard devices.contains(where: { $0.id == device }) else { return nil }
        return backends.first { $0.devices.contains { $0.id == device } }
    }

    func makeRun(
        settles: Bool, auditInterval: Duration = MiningRun.auditInterval, eventCapacity: Int = MiningRun.eventCapacity,
        recovery: Recovery = Recovery(), after earlier: MiningRun? = nil
    ) throws -> MiningRun {
        do {
            return try MiningRun(
                devices: devices.compactMap { device in backend(of: device.id).map { (device.id, $0) } },
                threads: threads, niceness: niceness, settles: settles, verifier: verifier,
                auditInterval: auditInterval, eventCapacity: eventCapacity, recovery: recovery, after: earlier)
        } catch { throw EngineError.noDevice(reason: error.reason) }
    }

    private func firstDevice(for algorithm: Algorithm) throws -> DeviceID {
        for device in devices where support(for: algorithm, on: device.id) == .supported { return device.id }
        let reasons = devices.map { device in
            if case .unsupported(let reason) = support(for: algorithm, on: device.id) {
                return "\(device.id): \(reason)"
            }
            return "\(device.id)"
        }
        throw EngineError.noDevice(reason: "none can run \(algorithm): " + reasons.joined(separator: "; "))
    }

    private func digest(
        of work: Work, in seat: Seat, device: DeviceID, make: @escaping @Sendable () throws -> any Lane
    ) async throws -> Digest {
        // The whole input is hashed as it stands.
        let work = work.withoutNonce
        return try await withCheckedThrowingContinuation { continuation in
            let retired = hosts.withLock { hosts -> LaneHost? in
                var retired: LaneHost?
                if let entry = hosts[seat], entry.algorithm != work.algorithm {
                    entry.host.close()
                    retired = entry.host
                    hosts[seat] = nil
                }
                let host: LaneHost
                do {
                    host =
                        try hosts[seat]?.host
                        ?? LaneHost(device: device, algorithm: work.algorithm, niceness: niceness, make: make)
                } catch {
                    continuation.resume(throwing: DeviceError(device: device, reason: error.reason))
                    return retired
                }
                hosts[seat] = (work.algorithm, host)
                let name = ObjectIdentifier(host)
                host.enqueue { [weak self] lane in
                    let result = Result { try lane.get().digest(of: work) }
                    switch result {
                    case .success: if case .device(let device) = seat { self?.backend(of: device)?.acquit(device) }
                    // A lane that failed may fail for ever: the next call gets a new one, on a device made anew.
                    case .failure(let error): self?.discard(name, in: seat, after: error)
                    }
                    continuation.resume(with: result)
                }
                return retired
            }
            if let retired { Task { await retired.joined() } }
        }
    }

    /// Lets go of the lane that is kept in `seat`, if it still is that one, and of all that is kept for its device.
    private func discard(_ name: ObjectIdentifier, in seat: Seat, after error: any Error) {
        let host = hosts.withLock { hosts -> LaneHost? in
            guard let entry = hosts[seat], ObjectIdentifier(entry.host) == name else { return nil }
            hosts[seat] = nil
            entry.host.close()
            return entry.host
        }
        if case .device(let device) = seat {
            if error.mayBeTheDevices {
                backend(of: device)?.suspect(device)
            } else {
                backend(of: device)?.reset(device)
            }
        }
        if let host { Task { await host.joined() } }
    }
}
