import COpenCL
import NightjarCore
import Synchronization

/// An OpenCL device, and what its driver says of it.
///
/// `@unchecked Sendable`: the handle is a root device's, which lives as long as the process.
package struct OpenCLDevice: @unchecked Sendable {
    let handle: cl_device_id
    /// What it is, as listed.
    package let description: Device
    /// The platform's version, a part of what identifies the compiler.
    package let platformVersion: String
    /// The most bytes of one buffer.
    package let maxAllocation: UInt64
    /// The most work-items of a group.
    package let maxGroup: Int
    package let available: Bool
    package let compilerAvailable: Bool
    package let littleEndian: Bool

    package var id: DeviceID { description.id }

    /// What decides, beside the source, how a program comes out and how fast it is: the device and its compiler.
    package var identity: [String] { [description.platform, platformVersion, description.name, description.driver] }

    /// Every device of every platform, by platform and device index, with a line for each platform or device that did
    /// not answer: a broken driver must not hide the others.
    ///
    /// Before this process loads its first driver, they are tried: see ``DriverProbe``.
    ///
    /// One thread at a time: PoCL's first listing is not safe beside another.
    package static func all(_ calls: Calls = Calls()) -> (devices: [OpenCLDevice], faults: [String]) {
        listing.withLock { drivers in
            let loaded = drivers ?? DriverProbe.load()
            drivers = loaded
            guard loaded.isUsable else { return ([], loaded.faults) }
            let (devices, faults) = list(calls)
            return (devices, loaded.faults + faults)
        }
    }

    /// What became of the drivers when they were first asked for: a loader reads them once a process.
    private static let listing = Mutex(DriverProbe.Loaded?.none)

    private static func list(_ calls: Calls) -> (devices: [OpenCLDevice], faults: [String]) {
        var devices: [OpenCLDevice] = []
        var faults: [String] = []
        let platforms: [Platform]
        do {
            platforms = try Platform.all(calls)
        } catch {
            return ([], [error.description])
        }
        for platform in platforms {
            do {
                let name = try platform.name()
                let version = try platform.version()
                for (index, handle) in try platform.devices().enumerated() {
                    let id = DeviceID.opencl(platform: platform.index, device: index)
                    do {
                        devices.append(try OpenCLDevice(handle, id: id, platform: name, version: version, calls))
                    } catch {
                        faults.append("\(id): \(error)")
                    }
                }
            } catch {
                faults.append("OpenCL platform \(platform.index): \(error)")
            }
        }
        return (devices, faults)
    }

    private init(
        _ handle: cl_device_id, id: DeviceID, platform: String, version: String, _ calls: Calls
    ) throws(CallFailure) {
        let query = DeviceQuery(handle: handle, calls: calls)
        let type = try query.value(CL_DEVICE_TYPE, as: cl_device_type.self)
        let kind: Device.Kind =
            if type & cl_device_type(CL_DEVICE_TYPE_GPU) != 0 {
                .gpu
            } else if type & cl_device_type(CL_DEVICE_TYPE_CPU) != 0 {
                .cpu
            } else {
                .accelerator
            }
        // Only meaningful since OpenCL 1.2 or with the extension; a driver without either refuses the question.
        let fp64 = (try? query.value(CL_DEVICE_DOUBLE_FP_CONFIG, as: cl_device_fp_config.self)) ?? 0
        self.handle = handle
        description = Device(
            id: id, kind: kind, name: try query.text(CL_DEVICE_NAME), platform: platform,
            driver: try query.text(CL_DRIVER_VERSION),
            computeUnits: Int(try query.value(CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self)),
            memory: try query.value(CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self), fp64: fp64 != 0)
        platformVersion = version
        maxAllocation = try query.value(CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self)
        maxGroup = try query.value(CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
        available = try query.value(CL_DEVICE_AVAILABLE, as: cl_bool.self) != 0
        compilerAvailable = try query.value(CL_DEVICE_COMPILER_AVAILABLE, as: cl_bool.self) != 0
        littleEndian = try query.value(CL_DEVICE_ENDIAN_LITTLE, as: cl_bool.self) != 0
    }
}
