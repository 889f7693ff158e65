import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// The OpenCL devices of every driver that the ICD loader knows.
///
/// Neither the loader nor a driver is opened before a device is asked for: by ``devices``, by ``faults``, or by a device's
/// name.
package final class OpenCLBackend: TunableBackend {
    package var devices: [Device] { listing().devices.map(\.description) }

    /// A line for each driver, platform or device that did not answer or is left out, and one when files on disk are not
    /// used. Empty when all answered, and when the machine has no OpenCL.
    package var faults: [String] { listing().faults }

    /// What was found, from the first question on.
    private let list = Locked<Listing?>(nil)
    private let cacheDirectory: String?
    private let tunings: TuningFiles?
    private let families: OpenCLFamilies
    private let caches = HostCaches()
    private let calls: Calls
    private let hangLimit: Duration?
    private let mostPrograms: Int
    private let state = Locked(State())

    private struct Listing: Sendable {
        let devices: [OpenCLDevice]
        let faults: [String]
    }

    private struct State {
        var runtimes: [DeviceID: DeviceRuntime] = [:]
        /// Devices that have failed and have passed no known answers since. Their programs on disk may be the reason,
        /// or statements in a vendor's own language.
        var suspects: Set<DeviceID> = []
    }

    /// Never fails: no driver means no devices.
    ///
    /// Built programs are kept under `$XDG_CACHE_HOME/nightjar` or `~/.cache/nightjar`, if it can be written to.
    package convenience init() { self.init(cacheDirectory: BinaryFiles.defaultDirectory) }

    /// - Parameters:
    ///   - cacheDirectory: where built programs are kept; `nil` keeps none.
    ///   - families: those to run; an algorithm of any other family is unsupported.
    ///   - calls: how OpenCL is called. For tests.
    ///   - hangLimit: how long a device may take for a batch; `nil` takes the device's ``Quirks``. For tests.
    ///   - mostPrograms: how many programs a device keeps in memory. For tests, which use more of them than a miner.
    package init(
        cacheDirectory: String?, families: OpenCLFamilies = .builtIn(), calls: Calls = Calls(),
        hangLimit: Duration? = nil, mostPrograms: Int = ProgramCache.defaultMost
    ) {
        self.mostPrograms = mostPrograms
        self.families = families
        self.calls = calls
        self.hangLimit = hangLimit
        self.cacheDirectory = cacheDirectory
        tunings = cacheDirectory.map(TuningFiles.init)
    }

    private func listing() -> Listing {
        list.withLock { list in
            if let list { return list }
            let found = OpenCLDevice.all(calls)
            let leftOut = found.devices.map(\.description).compactMap { device in
                device.reasonLeftOut.map { "\(device.id) (\(device.name)) is left out: \($0)" }
            }
            let fileFault = found.devices.isEmpty ? nil : cacheDirectory.flatMap(BinaryFiles.fault)
            let new = Listing(
                devices: found.devices,
                faults: found.faults + leftOut
                    + (fileFault.map { ["compiled programs and tuned settings on disk are not used: \($0)"] } ?? []))
            list = new
            return new
        }
    }

    private func found(_ device: DeviceID) -> OpenCLDevice? {
        device == .cpu ? nil : listing().devices.first { $0.id == device }
    }

    package func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        guard let openCL = found(device) else { return .unsupported("there is no such device") }
        if let reason = openCL.description.unusable { return .unsupported(reason) }
        do throws(LaunchRefusal) {
            _ = try families.launch(algorithm, within: openCL.limits)
            return .supported
        } catch {
            return .unsupported(error.reason)
        }
    }

    /// - Parameter threads: ignored.
    /// - Throws: ``NightjarError`` when ``support(for:on:)`` says so, or the driver makes no context.
    package func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        let (launch, remark) = try launch(algorithm, on: device)
        if state.withLock({ $0.suspects.contains(device) }), let careful = launch.anyCareful {
            return try plan(
                algorithm, on: device, careful.launch,
                remark: [remark, careful.words].compactMap(\.self).joined(separator: "; "))
        }
        return try plan(algorithm, on: device, launch, remark: remark)
    }

    private func plan(
        _ algorithm: Algorithm, on device: DeviceID, _ launch: any OpenCLLaunch, remark: String?
    ) throws -> LanePlan {
        let openCL = try openCL(device)
        let runtime = try runtime(of: openCL)
        var explanation = [Self.explanation(launch, algorithm, openCL.description)]
        explanation += launch.explanation
        if let remark { explanation.append(remark) }
        let make: @Sendable () throws -> any Lane = { try launch.lane(runtime, algorithm) }
        return LanePlan(
            lanes: Array(repeating: make, count: launch.queues), explanation: explanation,
            facts: LaneFacts(hashesAtOnce: launch.batch, settings: launch.settings.values))
    }

    /// How an algorithm is launched on a device: as it was tuned, with the tuner's remark, or else by default.
    private func launch(_ algorithm: Algorithm, on device: DeviceID) throws -> (any OpenCLLaunch, remark: String?) {
        if case .unsupported(let reason) = support(for: algorithm, on: device) {
            throw NightjarError(device: device, reason: "cannot run \(algorithm): \(reason)")
        }
        let openCL = try openCL(device)
        if let (settings, remark) = tunings?.read(algorithm, openCL),
            let launch = try? families.launch(algorithm, within: openCL.limits, settings: settings)
        {
            return (launch, remark)
        }
        return try onDevice(device) { (try families.launch(algorithm, within: openCL.limits), nil) }
    }

    private func openCL(_ device: DeviceID) throws(NightjarError) -> OpenCLDevice {
        guard let openCL = found(device) else { throw NightjarError(device: device, reason: "there is no such device") }
        return openCL
    }

    /// Measures a device's memory.
    ///
    /// - Throws: ``NightjarError`` when the device fails or computes wrongly.
    package func measureMemory(of device: DeviceID) throws -> MemoryMeasurement {
        let openCL = try openCL(device)
        return try onDevice(device) {
            // A CPU device shares the machine's memory with all other programs.
            try MemoryProbe(openCL, calls: calls).measure(largest: openCL.description.kind == .cpu ? 1 << 28 : .max)
        }
    }

    /// Lets go of the device's context and programs; the next plan makes new ones.
    package func reset(_ device: DeviceID) { state.withLock { $0.runtimes[device] = nil } }

    /// As ``reset(_:)``, and the next plan builds programs from source, without statements in a
    /// vendor's own language.
    package func suspect(_ device: DeviceID) {
        state.withLock { state in
            state.runtimes[device] = nil
            state.suspects.insert(device)
        }
    }

    package func acquit(_ device: DeviceID) { _ = state.withLock { $0.suspects.remove(device) } }

    /// On every device where a lane runs the algorithm. A failure is not reported here: it comes again when the lane
    /// needs the program, and is reported then.
    package func prepareAhead(_ algorithm: Algorithm, _ epoch: Epoch) {
        guard let height = epoch.height else { return }
        for runtime in state.withLock({ Array($0.runtimes.values) }) {
            try? runtime.precompile(algorithm, height: height)
        }
    }

    /// The runtime that all lanes of a device share.
    package func runtime(of device: OpenCLDevice) throws(NightjarError) -> DeviceRuntime {
        try onDevice(device.id) {
            try state.withLock { state in
                if let runtime = state.runtimes[device.id] { return runtime }
                let runtime = try DeviceRuntime(
                    device, cacheDirectory: cacheDirectory, caches: caches,
                    trustsFiles: !state.suspects.contains(device.id), extraSources: families.sources, calls: calls,
                    hangLimit: hangLimit, mostPrograms: mostPrograms)
                state.runtimes[device.id] = runtime
                return runtime
            }
        }
    }

    // MARK: Tuning

    package func knobs(_ algorithm: Algorithm, on device: DeviceID) -> [TuningKnob] {
        guard let limits = found(device)?.limits else { return [] }
        return families.knobs(algorithm, within: limits)
    }

    package func defaultSettings(_ algorithm: Algorithm, on device: DeviceID) -> TuningSettings {
        guard let limits = found(device)?.limits,
            let launch = try? families.launch(algorithm, within: limits)
        else { return TuningSettings() }
        return launch.settings
    }

    package func plan(_ algorithm: Algorithm, on device: DeviceID, settings: TuningSettings) throws -> LanePlan {
        let limits = try openCL(device).limits
        let launch = try onDevice(device) {
            try families.launch(algorithm, within: limits, settings: settings)
        }
        return try plan(algorithm, on: device, launch, remark: nil)
    }

    package func keep(
        _ settings: TuningSettings, explanation: String, for algorithm: Algorithm, on device: DeviceID
    ) -> Bool {
        guard let tunings, let openCL = found(device) else { return false }
        return tunings.write(settings, explanation: explanation, algorithm, openCL)
    }

    private static func explanation(_ launch: any OpenCLLaunch, _ algorithm: Algorithm, _ device: Device) -> String {
        let lanes = launch.queues == 1 ? "1 lane" : "\(launch.queues) lanes, each with its own queue,"
        let hashes = launch.batch == 1 ? "1 hash" : "\(launch.batch) hashes"
        let units = device.computeUnits == 1 ? "1 compute unit" : "\(device.computeUnits) compute units"
        let words = "\(lanes) of \(hashes) at a time for \(units)"
        guard let scratchpad = launch.scratchpad ?? algorithm.parameters.scratchpad else { return words }
        let mebibytes = (launch.queues * launch.batch * scratchpad) >> 20
        return words + ", in \(mebibytes) of \(device.memory >> 20) MiB of device memory"
    }
}
