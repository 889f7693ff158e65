/// Where the energy of a device is read.
package enum EnergySource: String, Sendable, Hashable {
    /// NVIDIA's management library.
    case nvml
    /// The processor's own counters, by the kernel's powercap.
    case rapl
    /// A driver's monitor in the kernel: amdgpu, i915, xe, amd_energy.
    case hwmon
    /// The laptop's battery, from which the whole machine draws.
    case battery
}

/// What a source shows at a moment.
package enum EnergyReading: Sendable, Hashable {
    /// A counter of joules.
    ///
    /// - Parameter range: the counter begins at 0 again when it reaches this; `nil` for one that never does.
    case joules(Double, range: Double?)
    /// The power at this moment.
    case watts(Double)
}

/// A counter or a meter that can be read.
package struct EnergyInput: Sendable {
    package let source: EnergySource
    /// What it covers, such as `package-0`.
    package let part: String
    /// `nil` when it can't be read now.
    package let read: @Sendable () -> EnergyReading?

    package init(_ source: EnergySource, _ part: String, read: @escaping @Sendable () -> EnergyReading?) {
        self.source = source
        self.part = part
        self.read = read
    }
}

/// The inputs that together are a device's energy, or why there are none.
package enum DeviceEnergy: Sendable {
    case inputs([EnergyInput])
    /// A sentence's end: why nothing can be read, and what helps.
    case unreadable(String)

    package var inputs: [EnergyInput] { if case .inputs(let inputs) = self { inputs } else { [] } }
    package var reason: String? { if case .unreadable(let reason) = self { reason } else { nil } }
}
