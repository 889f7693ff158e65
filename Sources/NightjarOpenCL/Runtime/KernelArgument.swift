import COpenCL

/// What the host sets a kernel's parameter to.
package enum KernelArgument: Equatable {
    case buffer(Buffer)
    case uint(UInt32)
    case ulong(UInt64)

    /// Two buffers are the same if they are one object.
    package static func == (left: KernelArgument, right: KernelArgument) -> Bool {
        switch (left, right) {
        case (.buffer(let left), .buffer(let right)): left === right
        case (.uint(let left), .uint(let right)): left == right
        case (.ulong(let left), .ulong(let right)): left == right
        default: false
        }
    }

    /// Calls `body` with the value as clSetKernelArg takes it, and with its size in bytes.
    func withBytes(_ body: (UnsafeRawPointer, Int) -> cl_int) -> cl_int {
        func pass<Value>(_ value: Value) -> cl_int {
            withUnsafePointer(to: value) { body(UnsafeRawPointer($0), MemoryLayout<Value>.size) }
        }
        return switch self {
        case .buffer(let buffer): pass(buffer.handle as cl_mem?)
        case .uint(let number): pass(number)
        case .ulong(let number): pass(number)
        }
    }
}

/// A Swift type that a kernel's parameter can be set to.
package protocol KernelValue {
    /// The parameter's type in OpenCL.
    static var parameterType: KernelParameterType { get }

    var argument: KernelArgument { get }
}

extension Buffer: KernelValue {
    package static var parameterType: KernelParameterType { .buffer }
    package var argument: KernelArgument { .buffer(self) }
}

extension UInt32: KernelValue {
    package static var parameterType: KernelParameterType { .uint }
    package var argument: KernelArgument { .uint(self) }
}

extension UInt64: KernelValue {
    package static var parameterType: KernelParameterType { .ulong }
    package var argument: KernelArgument { .ulong(self) }
}
