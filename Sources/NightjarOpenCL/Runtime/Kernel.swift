import COpenCL

/// An entry point of a program, with its arguments. One thread at a time; a thread that shares a program makes its own.
package final class Kernel {
    let handle: cl_kernel
    package let name: String
    private let program: Program

    package init(_ program: Program, _ name: String) throws(CallFailure) {
        self.program = program
        self.name = name
        handle = try program.context.calls.create("clCreateKernel", name) { code in
            cl.clCreateKernel(program.handle, name, code)
        }
    }

    deinit { program.context.release("clReleaseKernel", handle) { cl.clReleaseKernel($0) } }

    /// Sets the argument at `index` to a number of exactly the kernel's type.
    package func set(_ index: Int, _ value: some FixedWidthInteger) throws(CallFailure) {
        var value = value
        try set(index, &value, MemoryLayout.size(ofValue: value))
    }

    /// Sets the argument at `index` to a buffer, which must outlive every launch.
    package func set(_ index: Int, _ buffer: Buffer) throws(CallFailure) {
        var memory: cl_mem? = buffer.handle
        try set(index, &memory, MemoryLayout<cl_mem>.size)
    }

    private func set(_ index: Int, _ value: UnsafeRawPointer, _ size: Int) throws(CallFailure) {
        try program.context.calls.check("clSetKernelArg", "\(name), argument \(index)") {
            cl.clSetKernelArg(handle, cl_uint(index), size, value)
        }
    }
}
