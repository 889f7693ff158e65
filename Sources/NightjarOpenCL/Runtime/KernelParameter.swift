/// One parameter of a kernel: its name in the source, and the Swift type of what it is set to.
package struct KernelParameter<Value: KernelValue>: Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }
}

/// The types of kernels' parameters, in OpenCL's words.
package enum KernelParameterType: Sendable, Hashable {
    /// A pointer to device memory.
    case buffer
    case uint, ulong

    /// - Parameter spelling: as a source or a driver spells a parameter's type, with or without qualifiers.
    /// - Returns: `nil` for a type that no kernel here has, and for a spelling that is not known.
    package init?(spelling: String) {
        let qualifiers = ["const", "volatile", "__global"]
        let words = spelling.split(separator: " ").filter { !qualifiers.contains(String($0)) }
        switch words.joined(separator: " ") {
        case let name where name.hasSuffix("*"): self = .buffer
        case "uint", "unsigned int": self = .uint
        case "ulong", "unsigned long": self = .ulong
        default: return nil
        }
    }
}

/// Parameters that stand together in a signature: one, or a group that several kernels share.
package protocol KernelParameters: Sendable {
    /// In the order of the source.
    var declarations: [KernelSignature.Declaration] { get }
}

extension KernelParameter: KernelParameters {
    package var declarations: [KernelSignature.Declaration] { [.init(name: name, type: Value.parameterType)] }
}

/// Parameters that the source writes as one macro, such as NJ_PAD_ARGUMENTS.
package struct KernelParameterGroup: KernelParameters {
    package let declarations: [KernelSignature.Declaration]

    package init(_ members: any KernelParameters...) { declarations = members.flatMap(\.declarations) }

    init(_ members: [any KernelParameters]) { declarations = members.flatMap(\.declarations) }
}
