import NightjarCore
import Synchronization

/// The OpenCL devices of every driver that the ICD loader knows.
public final class OpenCLBackend: Backend {
    public let devices: [Device]
    /// A line for each platform or device that was there and did not answer. Empty when all is well, and when there is
    /// no OpenCL at all.
    public let faults: [String]

    private let found: [DeviceID: OpenCLDevice]
    private let cacheDirectory: String?
    private let dataset: Bool?
    private let caches = HostCaches()
    private let runtimes = Mutex<[DeviceID: DeviceRuntime]>([:])

    /// Looks for devices. Never fails: no driver means no devices.
    ///
    /// Built programs are kept under `$XDG_CACHE_HOME/nightjar` or `~/.cache/nightjar`, where that can be written.
    public convenience init() { self.init(cacheDirectory: BinaryFiles.defaultDirectory) }

    /// - Parameters:
    ///   - cacheDirectory: where built programs are kept; `nil` for nowhere.
    ///   - dataset: whether RandomX lanes that settle have a dataset where there is room; `nil` means on everything but
    ///     CPUs.
    package init(cacheDirectory: String?, dataset: Bool? = nil) {
        self.dataset = dataset
        let (devices, faults) = OpenCLDevice.all()
        self.faults = faults
        self.cacheDirectory = cacheDirectory
        self.devices = devices.map(\.description)
        found = Dictionary(devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        guard let openCL = found[device] else { return .unsupported("there is no such device") }
        if let reason = Quirks(openCL).unusable { return .unsupported(reason) }
        switch algorithm.family {
        case .cryptonight(let parameters):
            do throws(Refusal) {
                _ = try CryptoNightLaunch(parameters, within: openCL.limits)
                return .supported
            } catch {
                return .unsupported(error.reason)
            }
        case .randomx(let parameters):
            do throws(Refusal) {
                _ = try RandomXLaunch(parameters, within: openCL.limits, dataset: dataset)
                return .supported
            } catch {
                return .unsupported(error.reason)
            }
        }
    }

    /// - Parameter threads: ignored.
    /// - Throws: ``DeviceError`` when ``support(for:on:)`` says so, or the driver makes no context.
    public func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        if case .unsupported(let reason) = support(for: algorithm, on: device) {
            throw DeviceError(device: device, reason: "cannot run \(algorithm): \(reason)")
        }
        guard let openCL = found[device] else { throw DeviceError(device: device, reason: "cannot run \(algorithm)") }
        let runtime = try runtime(of: openCL)
        switch algorithm.family {
        case .cryptonight(let parameters):
            guard let launch = try? CryptoNightLaunch(parameters, within: openCL.limits) else { break }
            return LanePlan(
                lanes: [{ try CryptoNightLane(runtime, algorithm, launch: launch) }],
                explanation: [Self.explanation(batch: launch.batch, algorithm, openCL.description)])
        case .randomx(let parameters):
            guard let launch = try? RandomXLaunch(parameters, within: openCL.limits, dataset: dataset) else { break }
            var explanation = [Self.explanation(batch: launch.batch, algorithm, openCL.description)]
            if !launch.hasDataset { explanation.append("the dataset is computed as it is read: light mode") }
            return LanePlan(
                lanes: [{ try RandomXLane(runtime, algorithm, launch: launch) }], explanation: explanation)
        }
        throw DeviceError(device: device, reason: "cannot run \(algorithm)")
    }

    /// On every device that a lane runs the algorithm on. What fails here fails again when a lane comes to it, and is told
    /// there.
    public func foresee(_ algorithm: Algorithm, height: UInt64) {
        for runtime in runtimes.withLock({ Array($0.values) }) { try? runtime.foresee(algorithm, height: height) }
    }

    /// The runtime that all lanes of a device share.
    package func runtime(of device: OpenCLDevice) throws(DeviceError) -> DeviceRuntime {
        try onDevice(device.id) {
            try runtimes.withLock { runtimes in
                if let runtime = runtimes[device.id] { return runtime }
                let runtime = try DeviceRuntime(device, cacheDirectory: cacheDirectory, caches: caches)
                runtimes[device.id] = runtime
                return runtime
            }
        }
    }

    private static func explanation(batch: Int, _ algorithm: Algorithm, _ device: Device) -> String {
        let mebibytes = batch * algorithm.memory >> 20
        let hashes = batch == 1 ? "1 hash" : "\(batch) hashes"
        let units = device.computeUnits == 1 ? "1 compute unit" : "\(device.computeUnits) compute units"
        return "1 lane of \(hashes) at a time for \(units), in \(mebibytes) of \(device.memory >> 20) MiB of device memory"
    }
}
