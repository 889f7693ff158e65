import COpenCL
import NightjarPlatform

extension PCIAddress {
    /// `nil` when the driver has none of the extensions that tell.
    init?(_ query: DeviceQuery) {
        if let words = query.bytes(CL_DEVICE_PCI_BUS_INFO_KHR, count: 16)?.words {
            self.init(domain: words[0], bus: words[1], device: words[2], function: words[3])
        } else if let bus = try? query.value(CL_DEVICE_PCI_BUS_ID_NV, as: cl_uint.self),
            let slot = try? query.value(CL_DEVICE_PCI_SLOT_ID_NV, as: cl_uint.self)
        {
            let domain = (try? query.value(CL_DEVICE_PCI_DOMAIN_ID_NV, as: cl_uint.self)) ?? 0
            self.init(domain: domain, bus: bus, device: slot >> 3, function: slot & 7)
        } else if let bytes = query.bytes(CL_DEVICE_TOPOLOGY_AMD, count: 24), bytes.words[0] == 1 {
            // The type, which is 1 for PCI Express; 17 unused bytes; bus, device and function.
            self.init(domain: 0, bus: UInt32(bytes[21]), device: UInt32(bytes[22]), function: UInt32(bytes[23]))
        } else {
            return nil
        }
    }
}

extension [UInt8] {
    /// As 32-bit words in the machine's order.
    fileprivate var words: [UInt32] {
        withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
        }
    }
}
