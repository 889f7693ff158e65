import COpenCL
import NightjarCore
import NightjarPlatform
import Synchronization

/// The OpenCL devices of this machine.
package struct DeviceList: Sendable {
    /// Every device of every platform, in the order of their indices. A card that two drivers show is there once for
    /// each; the second says so.
    package private(set) var devices: [OpenCLDevice] = []
    /// A line for each driver, platform or device that did not answer.
    package private(set) var faults: [String] = []

    /// Lists them. A broken driver must not hide the others.
    ///
    /// - Parameter drivers: from ``DriverProbe``, which has loaded them.
    init(_ drivers: DriverProbe.Loaded, _ calls: Calls) {
        faults = drivers.faults
        guard drivers.isUsable else { return }
        do {
            for platform in try Platform.all(calls) { add(platform, calls) }
        } catch {
            faults.append("OpenCL is not used: \(error)")
        }
    }

    private mutating func add(_ platform: Platform, _ calls: Calls) {
        do throws(CallFailure) {
            let name = try platform.name()
            let version = try platform.version()
            for (index, handle) in try platform.devices().enumerated() {
                let id = DeviceID.opencl(platform: platform.index, device: index)
                // The loader lists a driver twice that two files name.
                guard !devices.contains(where: { $0.handle == handle }) else { continue }
                do throws(CallFailure) {
                    var device = try OpenCLDevice(
                        handle, id: id, platform: name, version: version, library: platform.library, calls)
                    device.description.sameAs = devices.first { $0.isSameCard(as: device) }?.id
                    devices.append(device)
                } catch {
                    faults.append("\(id): \(error)")
                }
            }
        } catch {
            let library = platform.library.map { " (\(printable($0, limit: 512)))" } ?? ""
            faults.append("OpenCL platform \(platform.index)\(library): \(error)")
        }
    }
}

extension OpenCLDevice {
    /// Every device that can be asked for: see ``DeviceList``.
    ///
    /// The drivers are tried before this process loads the first: see ``DriverProbe``.
    ///
    /// A lock lets one thread in at a time, because PoCL's first listing is not thread-safe.
    package static func all(_ calls: Calls = Calls()) -> DeviceList {
        loading.withLock { drivers in
            let loaded = drivers ?? DriverProbe.load()
            drivers = loaded
            return DeviceList(loaded, calls)
        }
    }

    /// The drivers that this process has loaded; `nil` means all that the loader finds.
    static var drivers: [OpenCLDriver]? { loading.withLock { $0?.drivers } }

    /// What came of loading the drivers. The loader loads them once a process.
    private static let loading = Locked(DriverProbe.Loaded?.none)

    /// Whether another driver, or the same one installed twice, shows the same card. An earlier device that cannot be
    /// used stands for no other.
    fileprivate func isSameCard(as other: OpenCLDevice) -> Bool {
        guard case .opencl(let platform, let index) = id, case .opencl(let otherPlatform, let otherIndex) = other.id,
            platform != otherPlatform, description.unusable == nil
        else { return false }
        if let place, let otherPlace = other.place { return place.mayBe(otherPlace) }
        // No driver lists two platforms that are alike in everything.
        return place == nil && other.place == nil && index == otherIndex && identity == other.identity
            && description.memory == other.description.memory
    }
}
