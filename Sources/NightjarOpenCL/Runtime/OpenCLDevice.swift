import COpenCL
import Glibc
import NightjarCore
import NightjarPlatform

/// An OpenCL device, and what its driver says about it, as far as it can be true.
///
/// `@unchecked Sendable`: the handle of a root device is valid as long as the process runs.
package struct OpenCLDevice: @unchecked Sendable {
    let handle: cl_device_id
    /// As the list of devices shows it.
    package var description: Device
    /// The platform's version, a part of what identifies the compiler.
    package let platformVersion: String
    /// The path of the shared library that the driver is; `nil` when it is not known.
    let library: String?
    /// Where the card is; `nil` for devices that are no graphics card, and where it is not known.
    let place: PCIAddress?
    /// The most bytes of one buffer.
    package let maxAllocation: UInt64
    /// The most work-items of a work-group.
    package let maxGroup: Int
    /// The 32-bit words that an instruction works on side by side in one work-item.
    package let vectorWidth: Int
    /// Whether its memory is the host's, as with a GPU in a processor.
    package let sharesMemory: Bool
    /// The major number of an NVIDIA device's compute capability; 0 on all others.
    package let computeCapability: Int
    package let available: Bool
    package let compilerAvailable: Bool
    package let littleEndian: Bool
    /// What the driver says that cannot be true, as the end of a sentence; `nil` when all can.
    let nonsense: String?

    package var id: DeviceID { description.id }

    /// The device and its compiler. Together with the source they decide what a built program is, and how fast.
    package var identity: [String] { [description.platform, platformVersion, description.name, description.driver] }

    /// When and with which size the driver's library was installed: a part of what identifies the compiler, because some
    /// updates do not change the version. Empty when it is not known.
    var build: String {
        var status = stat()
        guard let library, stat(library, &status) == 0 else { return "" }
        return "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_size)"
    }

    init(
        _ handle: cl_device_id, id: DeviceID, platform: String, version: String, library: String?, _ calls: Calls
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
        let name = try query.text(CL_DEVICE_NAME)
        let units = try query.value(CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self)
        let memory = try query.value(CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self)
        let allocation = try query.value(CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self)
        let group = try query.value(CL_DEVICE_MAX_WORK_GROUP_SIZE, as: UInt.self)
        let addresses = (try? query.value(CL_DEVICE_ADDRESS_BITS, as: cl_uint.self)) ?? 64
        nonsense =
            if !(1...Self.mostUnits).contains(units) {
                "\(units) compute units"
            } else if !(1...Self.mostMemory).contains(memory) {
                "\(memory) bytes of memory"
            } else if allocation == 0 {
                "no buffer in its memory"
            } else if group == 0 {
                "work-groups of no work-item"
            } else if addresses != 32 && addresses != 64 {
                "addresses of \(addresses) bits"
            } else {
                nil
            }
        // The whole memory cannot be reached then, and drivers place programs and their own data in it, too.
        let reachable = addresses == 32 ? min(memory, Self.mostOf32Bits) : min(memory, Self.mostMemory)
        self.handle = handle
        description = Device(
            id: id, kind: kind, name: name.isEmpty ? "unnamed device" : name, platform: platform,
            driver: try query.text(CL_DRIVER_VERSION), computeUnits: Int(min(units, Self.mostUnits)),
            memory: reachable, fp64: fp64 != 0)
        platformVersion = version
        self.library = library
        place = kind == .gpu ? PCIAddress(query) : nil
        description.pciAddress = place?.description
        maxAllocation = min(allocation, reachable)
        maxGroup = Int(min(group, Self.mostGroup))
        vectorWidth = Int(min(max(1, (try? query.value(CL_DEVICE_NATIVE_VECTOR_WIDTH_INT, as: cl_uint.self)) ?? 1), 16))
        sharesMemory = ((try? query.value(CL_DEVICE_HOST_UNIFIED_MEMORY, as: cl_bool.self)) ?? 0) != 0
        computeCapability = Int((try? query.value(CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV, as: cl_uint.self)) ?? 0)
        available = try query.value(CL_DEVICE_AVAILABLE, as: cl_bool.self) != 0
        compilerAvailable = try query.value(CL_DEVICE_COMPILER_AVAILABLE, as: cl_bool.self) != 0
        littleEndian = try query.value(CL_DEVICE_ENDIAN_LITTLE, as: cl_bool.self) != 0
        description.unusable = Quirks(self).unusable
    }

    /// No machine has more compute units or memory in one device.
    private static let mostUnits: cl_uint = 1 << 16
    private static let mostMemory: cl_ulong = 1 << 50
    /// No kernel here wants a larger work-group.
    private static let mostGroup: UInt = 1 << 16
    /// What of its memory a device with 32-bit addresses is used for.
    private static let mostOf32Bits: cl_ulong = 3 << 30
}
