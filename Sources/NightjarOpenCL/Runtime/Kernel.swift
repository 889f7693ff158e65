import COpenCL

/// An entry point of a program, and its arguments. One thread at a time: each thread makes kernels of its own.
///
/// Arguments stay from launch to launch, and the kernel remembers them. Setting an argument to the value that it has
/// costs no call. A buffer stays allocated as long as it is an argument.
package final class Kernel {
    let handle: cl_kernel
    package let signature: KernelSignature
    let program: Program
    /// By index; `nil` until it is set.
    private var arguments: [KernelArgument?]

    package var name: String { signature.name }

    /// - Throws: ``CallFailure`` when the program has no such kernel, or one with other parameters.
    package init(_ program: Program, _ signature: KernelSignature) throws(CallFailure) {
        self.program = program
        self.signature = signature
        arguments = Array(repeating: nil, count: signature.declarations.count)
        handle = try program.context.calls.create("clCreateKernel", signature.name) { code in
            cl.clCreateKernel(program.handle, signature.name, code)
        }
        try compareWithProgram()
    }

    deinit { program.context.release("clReleaseKernel", handle) { cl.clReleaseKernel($0) } }

    /// Sets an argument.
    ///
    /// - Throws: ``CallFailure`` when the kernel has no such parameter, or the call fails.
    package func set<Value: KernelValue>(
        _ parameter: KernelParameter<Value>, _ value: Value
    ) throws(CallFailure) {
        guard let index = signature.index(of: parameter.name) else {
            throw failure("clSetKernelArg", parameter.name, CL_INVALID_ARG_INDEX)
        }
        guard signature.declarations[index].type == Value.parameterType else {
            throw failure("clSetKernelArg", parameter.name, CL_INVALID_ARG_SIZE)
        }
        let argument = value.argument
        guard arguments[index] != argument else { return }
        // If the call fails, it is unknown whether the argument has changed.
        arguments[index] = nil
        try program.context.calls.check("clSetKernelArg", place(parameter.name)) {
            argument.withBytes { cl.clSetKernelArg(handle, cl_uint(index), $1, $0) }
        }
        arguments[index] = argument
    }

    /// Called before each launch, because a driver need not notice an argument that was never set.
    func checkArguments() throws(CallFailure) {
        guard let index = arguments.firstIndex(where: { $0 == nil }) else { return }
        throw failure("clEnqueueNDRangeKernel", signature.declarations[index].name, CL_INVALID_KERNEL_ARGS)
    }

    // MARK: The signature against the program

    private func compareWithProgram() throws(CallFailure) {
        var count: cl_uint = 0
        try program.context.calls.check("clGetKernelInfo", name) {
            cl.clGetKernelInfo(handle, cl_kernel_info(CL_KERNEL_NUM_ARGS), MemoryLayout<cl_uint>.size, &count, nil)
        }
        guard Int(count) == signature.declarations.count else {
            throw CallFailure(
                call: "clCreateKernel (\(name) has \(count) arguments, the host sets \(signature.declarations.count))",
                code: CL_INVALID_KERNEL_DEFINITION)
        }
        for (index, declaration) in signature.declarations.enumerated() {
            guard let spelling = typeName(index) else { return }
            let type = KernelParameterType(spelling: spelling) ?? declaration.type
            guard type == declaration.type else {
                throw CallFailure(
                    call: "clCreateKernel (\(name), argument \(index) is \(spelling), "
                        + "the host sets \(declaration.type) \(declaration.name))",
                    code: CL_INVALID_KERNEL_DEFINITION)
            }
        }
    }

    /// An argument's type as the driver spells it; `nil` when the driver does not tell. Few do, unless the program was
    /// built with -cl-kernel-arg-info.
    ///
    /// The driver is not asked for names: PoCL has macros that rename what its built-in functions are called, such as
    /// `length`.
    private func typeName(_ index: Int) -> String? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let code = program.context.calls.make("clGetKernelArgInfo") {
            cl.clGetKernelArgInfo(
                handle, cl_uint(index), cl_kernel_arg_info(CL_KERNEL_ARG_TYPE_NAME), bytes.count, &bytes, nil)
        }
        let text = driverText(bytes)
        return code == CL_SUCCESS && !text.isEmpty ? text : nil
    }

    // MARK: Errors

    private func place(_ parameter: String) -> String { "\(name), argument \(parameter)" }

    private func failure(_ call: StaticString, _ parameter: String, _ code: cl_int) -> CallFailure {
        Calls.failure(call, code, place(parameter))
    }
}
