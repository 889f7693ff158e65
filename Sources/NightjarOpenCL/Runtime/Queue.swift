import COpenCL
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An in-order command queue. One thread at a time.
package final class Queue {
    private let handle: cl_command_queue
    private let context: Context
    private let waitsByPolling: Bool

    /// - Parameter waitsByPolling: ask the driver now and then whether it is done, and sleep meanwhile, instead of waiting
    ///   inside the driver. See ``Quirks``.
    package init(_ context: Context, waitsByPolling: Bool) throws(CallFailure) {
        self.context = context
        self.waitsByPolling = waitsByPolling
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
        guard waitsByPolling else {
            return try check(
                "clEnqueueReadBuffer",
                clEnqueueReadBuffer(handle, buffer.handle, cl_bool(CL_TRUE), 0, destination.count, base, 0, nil, nil))
        }
        var event: cl_event?
        try check(
            "clEnqueueReadBuffer",
            clEnqueueReadBuffer(handle, buffer.handle, cl_bool(CL_FALSE), 0, destination.count, base, 0, nil, &event))
        if let event { try poll(event) }
    }

    /// Waits for `event`, and releases it.
    private func poll(_ event: cl_event) throws(CallFailure) {
        defer { report("clReleaseEvent", clReleaseEvent(event)) }
        try check("clFlush", clFlush(handle))
        // A launch takes about a second: a millisecond is neither a burden on the processor nor a loss on the device.
        var pause = timespec(tv_sec: 0, tv_nsec: 50_000)
        while true {
            var status: cl_int = 0
            try check(
                "clGetEventInfo",
                clGetEventInfo(
                    event, cl_event_info(CL_EVENT_COMMAND_EXECUTION_STATUS), MemoryLayout<cl_int>.size, &status, nil))
            if status == CL_COMPLETE { return }
            // Negative: the code of whatever stopped the queue. The buffer is no longer written to.
            if status < 0 { try check("clEnqueueReadBuffer", status, "while it ran") }
            nanosleep(&pause, nil)
            pause.tv_nsec = min(2 * pause.tv_nsec, 1_000_000)
        }
    }

    /// Waits for all that was enqueued.
    package func finish() throws(CallFailure) { try check("clFinish", clFinish(handle)) }
}
