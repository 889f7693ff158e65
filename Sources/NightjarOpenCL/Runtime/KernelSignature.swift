/// What the host knows of a kernel: its name, and its parameters in the order of the source.
///
/// This is the only place where the order is written on the host's side: arguments are set by name. Tests compare each
/// signature with the kernel's source. ``Kernel`` compares their number, and their types where the driver tells, with
/// the program.
package struct KernelSignature: Sendable {
    package struct Declaration: Sendable, Hashable {
        package let name: String
        package let type: KernelParameterType

        package init(name: String, type: KernelParameterType) {
            self.name = name
            self.type = type
        }
    }

    package let name: String
    package let declarations: [Declaration]

    package init(_ name: String, _ parameters: any KernelParameters...) {
        self.name = name
        declarations = parameters.flatMap(\.declarations)
    }

    /// Where a parameter stands; `nil` when the kernel has none of that name.
    func index(of parameter: String) -> Int? { declarations.firstIndex { $0.name == parameter } }
}
