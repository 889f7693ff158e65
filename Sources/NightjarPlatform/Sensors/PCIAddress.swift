/// Where a card is on the PCI bus.
package struct PCIAddress: Sendable, Hashable, CustomStringConvertible {
    package let domain, bus, device, function: UInt32

    package init(domain: UInt32, bus: UInt32, device: UInt32, function: UInt32) {
        self.domain = domain
        self.bus = bus
        self.device = device
        self.function = function
    }

    /// Reads `0000:03:00.0`, in hexadecimal, as the kernel and drivers write it; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let place = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard place.count == 2, let domain = Self.number(parts[0]), let bus = Self.number(parts[1]),
            let device = Self.number(place[0]), let function = Self.number(place[1])
        else { return nil }
        self.init(domain: domain, bus: bus, device: device, function: function)
    }

    /// Digits only: `UInt32` itself would take a sign too.
    private static func number(_ text: some StringProtocol) -> UInt32? {
        text.allSatisfy(\.isHexDigit) ? UInt32(text, radix: 16) : nil
    }

    package var description: String {
        func hex(_ number: UInt32, _ digits: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return "\(hex(domain, 4)):\(hex(bus, 2)):\(hex(device, 2)).\(function)"
    }

    /// Whether both may be the same place: AMD's OpenCL extension does not tell the domain.
    package func mayBe(_ other: PCIAddress) -> Bool {
        (bus, device, function) == (other.bus, other.device, other.function)
            && (domain == other.domain || domain == 0 || other.domain == 0)
    }
}
