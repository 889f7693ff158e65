import COpenCL

/// An in-order command queue. One thread at a time.
package final class Queue {
    private let handle: cl_command_queue
    private let context: Context

    package init(_ context: Context) throws(CallFailure) {
        self.context = context
        // Deprecated since 2.0, and the only one that a 1.2 driver has.
        handle = try checkCreated("clCreateCommandQueue") { code in
            clCreateCommandQueue(context.handle, context.device.handle, 0, code)
        }
    }

    deinit { report("clReleaseCommandQueue", clReleaseCommandQueue(handle)) }

    /// Enqueues at least `items` work-items in whole groups of `group`.
    package func launch(_ kernel: Kernel, items: Int, group: Int) throws(CallFailure) {
        var global = (items + group - 1) / group * group
        var local = group
        try check(
            "clEnqueueNDRangeKernel", clEnqueueNDRangeKernel(handle, kernel.handle, 1, nil, &global, &local, 0, nil, nil),
            kernel.name)
    }

    /// Copies `source` to the buffer's start; returns when it may be reused.
    package func write(_ source: UnsafeRawBufferPointer, to buffer: Buffer) throws(CallFailure) {
        precondition(source.count <= buffer.bytes, "beyond the buffer")
        guard let base = source.baseAddress, source.count > 0 else { return }
        try check(
            "clEnqueueWriteBuffer",
            clEnqueueWriteBuffer(handle, buffer.handle, cl_bool(CL_TRUE), 0, source.count, base, 0, nil, nil))
    }

    /// Waits for all that was enqueued, and copies the buffer's start to `destination`.
    package func read(_ buffer: Buffer, into destination: UnsafeMutableRawBufferPointer) throws(CallFailure) {
        precondition(destination.count <= buffer.bytes, "beyond the buffer")
        guard let base = destination.baseAddress, destination.count > 0 else { return }
        try check(
            "clEnqueueReadBuffer",
            clEnqueueReadBuffer(handle, buffer.handle, cl_bool(CL_TRUE), 0, destination.count, base, 0, nil, nil))
    }

    /// Waits for all that was enqueued.
    package func finish() throws(CallFailure) { try check("clFinish", clFinish(handle)) }
}
