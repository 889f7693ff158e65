import COpenCL

/// Device memory.
package final class Buffer {
    let handle: cl_mem
    package let bytes: Int
    private let context: Context

    /// - Parameters:
    ///   - bytes: at least 1.
    ///   - purpose: named in the error when there is no memory for it.
    package init(_ context: Context, bytes: Int, purpose: StaticString) throws(CallFailure) {
        self.context = context
        self.bytes = bytes
        handle = try context.calls.create("clCreateBuffer", "\(bytes) bytes of \(purpose)") { code in
            cl.clCreateBuffer(context.handle, cl_mem_flags(CL_MEM_READ_WRITE), bytes, nil, code)
        }
    }

    deinit { context.release("clReleaseMemObject", handle) { cl.clReleaseMemObject($0) } }
}
