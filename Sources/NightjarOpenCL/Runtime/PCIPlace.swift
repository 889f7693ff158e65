import COpenCL

/// Where a card is on the PCI bus.
struct PCIPlace: Sendable, Hashable, CustomStringConvertible {
    let domain, bus, device, function: UInt32

    var description: String {
        func hex(_ number: UInt32, _ digits: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return "\(hex(domain, 4)):\(hex(bus, 2)):\(hex(device, 2)).\(function)"
    }

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

    private init(domain: UInt32, bus: UInt32, device: UInt32, function: UInt32) {
        self.domain = domain
        self.bus = bus
        self.device = device
        self.function = function
    }

    /// Whether both may be the same place: AMD's extension does not tell the domain.
    func mayBe(_ other: PCIPlace) -> Bool {
        (bus, device, function) == (other.bus, other.device, other.function)
            && (domain == other.domain || domain == 0 || other.domain == 0)
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
