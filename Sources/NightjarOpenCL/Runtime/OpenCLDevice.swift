import COpenCL
import NightjarCore
import NightjarPlatform
import Synchronization

/// An OpenCL device, and what its driver says about it.
///
/// `@unchecked Sendable`: the handle of a root device is valid as long as the process runs.
package struct OpenCLDevice: @unchecked Sendable {
    let handle: cl_device_id
    /// As the list of devices shows it.
    package let description: Device
    /// The platform's version, a part of what identifies the compiler.
    package let platformVersion: String
    /// The most bytes of one buffer.
    package let maxAllocation: UInt64
    /// The most work-items of a work-group.
    package let maxGroup: Int
    /// The 32-bit words that an instruction works on side by side in one work-item.
    package let vectorWidth: Int
    package let available: Bool
    package let compilerAvailable: Bool
    package let littleEndian: Bool

    package var id: DeviceID { description.id }

    /// The device and its compiler. Together with the source they decide what a built program is, and how fast.
    package var identity: [String] { [description.platform, platformVersion, description.name, description.driver] }

    /// Every device of every platform, in the order of their indices, and a line for each platform or device that did
    /// not answer. A broken driver must not hide the others.
    ///
    /// The drivers are tried before this process loads the first: see ``DriverProbe``.
    ///
    /// A lock lets one thread in at a time, because PoCL's first listing is not thread-safe.
    package static func all(_ calls: Calls = Calls()) -> (devices: [OpenCLDevice], faults: [String]) {
        listing.withLock { drivers in
            let loaded = drivers ?? DriverProbe.load()
            drivers = loaded
            guard loaded.isUsable else { return ([], loaded.faults) }
            let (devices, faults) = list(calls)
            return (devices, loaded.faults + faults)
        }
    }

    /// What came of loading the drivers. The loader loads them once a process.
    private static let listing = Locked(DriverProbe.Loaded?.none)

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
        // Drivers without OpenCL 1.2 and without the extension do not know this question.
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
        vectorWidth = Int((try? query.value(CL_DEVICE_NATIVE_VECTOR_WIDTH_INT, as: cl_uint.self)) ?? 1)
        available = try query.value(CL_DEVICE_AVAILABLE, as: cl_bool.self) != 0
        compilerAvailable = try query.value(CL_DEVICE_COMPILER_AVAILABLE, as: cl_bool.self) != 0
        littleEndian = try query.value(CL_DEVICE_ENDIAN_LITTLE, as: cl_bool.self) != 0
    }
}
