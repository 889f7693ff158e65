/// The name of a device: `cpu`, or `opencl:P.D` with the platform's and device's index as the ICD loader lists them.
public enum DeviceID: Sendable, Hashable, Comparable, CustomStringConvertible {
    case cpu
    case opencl(platform: Int, device: Int)

    /// `nil` when `text` is not the name of one device; `opencl` alone names several.
    public init?(_ text: some StringProtocol) {
        if text == "cpu" {
            self = .cpu
            return
        }
        let prefix = "opencl:"
        guard text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let platform = Self.index(parts[0]), let device = Self.index(parts[1]) else {
            return nil
        }
        self = .opencl(platform: platform, device: device)
    }

    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .opencl(let platform, let device): "opencl:\(platform).\(device)"
        }
    }

    public static func < (a: DeviceID, b: DeviceID) -> Bool { a.sortKey < b.sortKey }

    private var sortKey: (Int, Int, Int) {
        switch self {
        case .cpu: (0, 0, 0)
        case .opencl(let platform, let device): (1, platform, device)
        }
    }

    /// Digits only: `Int` itself would take "+1" too.
    private static func index(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}

/// What a device says of itself.
public struct Device: Sendable, Hashable {
    /// The kinds, as the driver reports them.
    public enum Kind: String, Sendable, Hashable { case cpu, gpu, accelerator }

    /// Its name in Nightjar.
    public let id: DeviceID
    /// A processor, a graphics card, or another accelerator.
    public let kind: Kind
    /// The name that the system or the driver gives it.
    public let name: String
    /// The OpenCL platform's name; `native` for the CPU backend.
    public let platform: String
    /// The driver's version, or for the CPU backend the instruction sets it uses.
    public let driver: String
    /// OpenCL compute units; for the CPU backend, the processing units that this process may use.
    public let computeUnits: Int
    /// Bytes of memory that the device can use.
    public let memory: UInt64
    /// Whether the device has 64-bit floating point, which RandomX needs.
    package let fp64: Bool
    /// Why it can do nothing, as the end of a sentence; `nil` when it can.
    package var unusable: String?
    /// Where the card is on the PCI bus, such as `0000:03:00.0`; `nil` for a processor, and where the driver does not tell.
    package var pciAddress: String?
    /// The device that is the same card, by another driver; `nil` when there is none before this one. Such a device
    /// works only when it is named.
    package var sameAs: DeviceID?

    /// An OpenCL device that is this machine's processor, such as PoCL's.
    package var isThisCPU: Bool { id != .cpu && kind == .cpu }

    /// Why it works only when it is named, as the end of a sentence; `nil` when it works like others.
    package var reasonLeftOut: String? {
        unusable ?? sameAs.map { "it is the same card as \($0), by another driver" }
    }

    package init(
        id: DeviceID, kind: Kind, name: String, platform: String, driver: String, computeUnits: Int, memory: UInt64,
        fp64: Bool
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.platform = platform
        self.driver = driver
        self.computeUnits = computeUnits
        self.memory = memory
        self.fp64 = fp64
    }
}
