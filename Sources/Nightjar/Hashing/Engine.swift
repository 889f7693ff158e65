import NightjarAlgorithms
import NightjarCPU
@_exported import NightjarCore
import NightjarDevices
import NightjarOpenCL

/// Hashes, searches, mines and measures on the devices of this machine.
///
/// ```swift
/// let engine = try Engine()
/// let digest = try await engine.hash(input, algorithm: .rx0, seed: seed)
/// for try await share in engine.search(job) { … }
/// ```
///
/// A device does nothing before it has given the right digests for inputs whose digests are known.
/// An engine may be used from any task. Hashing runs on threads of its own, and never on Swift's cooperative pool.
///
/// Cancelling a task ends its call: a hash at once, everything else after the batches in hand. It throws
/// ``NightjarError`` with the code `cancelled`.
///
/// Several runs at once (mining, searches, benchmarks, single hashes) are allowed, on one engine or several. Each has
/// lanes of its own on all of the engine's devices. They share the devices' time as the system gives it out, need
/// memory for each, and spoil each other's measurements. Runs of RandomX on one engine also share the one dataset;
/// while their seeds differ, all but one of them are in light mode or wait for it.
public final class Engine: Sendable {
    /// The blocking core, which this is the async face of.
    package let core: EngineCore

    /// The devices that this engine uses, the native CPU first. This opens OpenCL's drivers, unless the engine was made
    /// with the CPU alone.
    public var devices: [Device] { core.devices }

    /// OpenCL's drivers are code of others, and run in your process: one that crashes takes the process with it. So they
    /// are opened only when a device of theirs is asked for: by ``devices``, by a device's name, or by a run on all devices.
    /// With `devices: [.cpu]` none is ever opened; with `nil`, none for what the CPU answers alone, such as
    /// ``hash(_:algorithm:seed:height:on:)`` without a device.
    ///
    /// - Parameters:
    ///   - devices: the devices to use; `nil` takes every one that works. One that a driver shows and that cannot work,
    ///     or that is another driver's view of a card that is there already, must be named.
    ///   - threads: CPU lanes; `nil` takes one for each core whose cache can feed it.
    ///   - randomX: where the CPU has RandomX's dataset items from, for mining, searching and benchmarks.
    ///   - niceness: how much priority the threads that mine, search and hash give up, 0 to 19, as `nice` counts it.
    /// - Throws: ``NightjarError``: `device` when a device is not there, `argument` when `threads` is less than 1.
    public convenience init(
        devices: [DeviceID]? = nil, threads: Int? = nil, randomX: RandomXMode = .automatic, niceness: Int = 0
    ) throws(NightjarError) {
        try self.init(
            selecting: devices?.map(DeviceSelector.device), threads: threads, randomX: randomX, niceness: niceness)
    }

    /// As ``init(devices:threads:randomX:niceness:)``, with devices as a user names them.
    ///
    /// - Parameters:
    ///   - cpuUnits: the processing units for the CPU's lanes, by the system's index; `nil` for all.
    ///   - cpuShare: the part of the CPU's lanes that are planned, of those that would be chosen; `nil` for all.
    package convenience init(
        selecting selectors: [DeviceSelector]?, threads: Int? = nil, randomX: RandomXMode = .automatic,
        niceness: Int = 0, cpuUnits: [Int]? = nil, cpuShare: Double? = nil
    ) throws(NightjarError) {
        let cpu = CPUBackend(units: cpuUnits, share: cpuShare)
        try self.init(
            devices: selectors, threads: threads, randomX: randomX, niceness: niceness,
            backends: EngineCore.backends(for: selectors, cpu: cpu), verifier: cpu)
    }

    /// An engine over given backends, for tests that put faulty ones in.
    ///
    /// - Parameter verifier: what candidates are hashed again with.
    package init(
        devices selectors: [DeviceSelector]? = nil, threads: Int? = nil, randomX: RandomXMode = .automatic,
        niceness: Int = 0, backends: [any Backend], verifier: CPUBackend
    ) throws(NightjarError) {
        core = try EngineCore(
            devices: selectors, threads: threads, randomX: randomX, niceness: niceness, backends: backends,
            verifier: verifier)
    }

    /// Every device that can be seen on this machine, the native CPU first. Loads every OpenCL driver.
    package static func allDevices() -> [Device] { allDevicesAndFaults().devices }

    /// As ``allDevices()``, with ``EngineCore/faults``.
    package static func allDevicesAndFaults() -> (devices: [Device], faults: [String]) {
        let backends = EngineCore.backends(for: nil, cpu: CPUBackend())
        return (backends.flatMap(\.devices).sorted { $0.id < $1.id }, backends.flatMap(\.faults))
    }

    /// Whether one of this engine's devices can run an algorithm, or why not.
    public func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        core.support(for: algorithm, on: device)
    }

    /// Hashes `input` as it is.
    ///
    /// The first call for an algorithm or a seed makes a lane and checks its known answers: some milliseconds for
    /// CryptoNight, about a second for RandomX, more where an OpenCL program has to be compiled. The lane stays alive
    /// for the next call, with its memory, until ``releaseLanes()`` or ``startMining()``.
    /// - Parameters:
    ///   - input: as many bytes as ``Algorithm/inputLengths`` allows.
    ///   - algorithm: what to hash it with.
    ///   - seed: the RandomX key, 0 to 60 bytes, for algorithms that need one.
    ///   - height: the block height, for algorithms that need one.
    ///   - device: `nil` takes the first device that can run the algorithm.
    /// - Returns: 32 bytes, in the order in which the algorithm's specification writes them.
    /// - Throws: ``NightjarError``: `input` or `argument` when this can't be hashed, otherwise what the device lacks.
    public func hash(
        _ input: [UInt8], algorithm: Algorithm, seed: [UInt8]? = nil, height: UInt64? = nil, on device: DeviceID? = nil
    ) async throws(NightjarError) -> Digest {
        let epoch = try Epoch(algorithm, height: height, seed: seed)
        return try await digest(of: Work(algorithm: algorithm, input: input, epoch: epoch), on: device)
    }

    /// As ``proof(of:on:)``, without the commitment.
    package func digest(of work: Work, on device: DeviceID? = nil) async throws(NightjarError) -> Digest {
        try await core.queuedDigest(of: work, on: device).one()
    }

    /// The digest of `work` and, for algorithms that have one, the commitment. Its nonce's place, if it has one, is
    /// hashed as it stands.
    ///
    /// - Parameters:
    ///   - work: what to hash.
    ///   - device: `nil` takes the first device that can run the algorithm.
    /// - Throws: ``NightjarError``, as ``hash(_:algorithm:seed:height:on:)``.
    public func proof(of work: Work, on device: DeviceID? = nil) async throws(NightjarError) -> Proof {
        work.proof(try await digest(of: work, on: device))
    }

    /// As ``proof(of:on:)``, by the portable code: see ``EngineCore/portableDigest(of:)``.
    package func portableProof(of work: Work) async throws(NightjarError) -> Proof {
        work.proof(try await core.queuedPortableDigest(of: work).one())
    }

    /// Releases the lanes that are kept between calls: those for single hashes, for many inputs and for verifying. They
    /// come back when needed.
    public func releaseLanes() async {
        core.shelves.releaseIdle()
        await core.kept.closed()
    }
}
