import COpenCL
import Glibc

/// An in-order command queue. One thread at a time.
///
/// It never waits for a launch inside the driver. Some drivers spin there, and so take a core from the CPU's lanes for
/// as long as the device hashes. And no driver can be told to give up when a device hangs. Instead the queue asks now
/// and then whether the launch is done, and sleeps in between.
///
/// Copies do wait inside the driver. They begin only when all launches are done: so a hang leaves no copy behind that
/// could later write into memory which is used for something else by then.
package final class Queue {
    private let handle: cl_command_queue
    private let context: Context
    private let profiles: Bool
    /// Launches since the last ``takeProfile()``, where the queue profiles.
    private var launches: [(kernel: String, event: cl_event)] = []
    /// The last kernel that was enqueued; a hang's error names it.
    private var last = "no kernel"
    /// The programs whose first run is not over.
    private var firstRuns: [Program] = []
    /// Whether everything that was enqueued is known to be done.
    private var isIdle = true

    /// - Parameter profiles: whether the time of each launch is measured, for ``takeProfile()``.
    package init(_ context: Context, profiles: Bool = false) throws(CallFailure) {
        self.context = context
        self.profiles = profiles
        let properties = profiles ? cl_command_queue_properties(CL_QUEUE_PROFILING_ENABLE) : 0
        // This call is deprecated since OpenCL 2.0, but a 1.2 driver has no other.
        handle = try context.calls.create("clCreateCommandQueue") { code in
            cl.clCreateCommandQueue(context.handle, context.device.handle, properties, code)
        }
    }

    deinit {
        for launch in launches { release(launch.event) }
        context.release("clReleaseCommandQueue", handle) { cl.clReleaseCommandQueue($0) }
    }

    /// Enqueues at least `items` work-items in whole groups of `group`.
    package func launch(_ kernel: Kernel, items: Int, group: Int) throws(CallFailure) {
        try kernel.checkArguments()
        if kernel.program.beginsFirstRun() { firstRuns.append(kernel.program) }
        var global = (items + group - 1) / group * group
        var local = group
        var event: cl_event?
        try context.calls.check("clEnqueueNDRangeKernel", kernel.name) {
            profiles
                ? cl.clEnqueueNDRangeKernel(handle, kernel.handle, 1, nil, &global, &local, 0, nil, &event)
                : cl.clEnqueueNDRangeKernel(handle, kernel.handle, 1, nil, &global, &local, 0, nil, nil)
        }
        last = kernel.name
        isIdle = false
        if let event { launches.append((kernel.name, event)) }
    }

    // Copies are not inlined: see `Calls.make`.

    /// Waits for everything that was enqueued, then copies `source` to the buffer's start.
    @inline(never)
    package func write(_ source: UnsafeRawBufferPointer, to buffer: Buffer) throws(CallFailure) {
        precondition(source.count <= buffer.bytes, "beyond the buffer")
        guard let base = source.baseAddress, source.count > 0 else { return }
        try finish()
        try context.calls.check("clEnqueueWriteBuffer") {
            cl.clEnqueueWriteBuffer(handle, buffer.handle, cl_bool(CL_TRUE), 0, source.count, base, 0, nil, nil)
        }
    }

    /// Waits for everything that was enqueued, then copies the buffer's start to `destination`.
    @inline(never)
    package func read(_ buffer: Buffer, into destination: UnsafeMutableRawBufferPointer) throws(CallFailure) {
        precondition(destination.count <= buffer.bytes, "beyond the buffer")
        guard let base = destination.baseAddress, destination.count > 0 else { return }
        try finish()
        try context.calls.check("clEnqueueReadBuffer") {
            cl.clEnqueueReadBuffer(handle, buffer.handle, cl_bool(CL_TRUE), 0, destination.count, base, 0, nil, nil)
        }
    }

    /// Waits for everything that was enqueued.
    package func finish() throws(CallFailure) {
        guard !isIdle else { return }
        var made: cl_event?
        try context.calls.check("clEnqueueMarkerWithWaitList", last) {
            cl.clEnqueueMarkerWithWaitList(handle, 0, nil, &made)
        }
        guard let event = made else { return }
        defer { release(event) }
        try context.calls.check("clFlush", last) { cl.clFlush(handle) }
        try wait(event)
        isIdle = true
        for program in firstRuns { program.firstRunIsOver() }
        firstRuns.removeAll()
    }

    /// The times of the launches since the last call. Call ``finish()`` before. Empty unless the queue profiles.
    package func takeProfile() throws(CallFailure) -> [LaunchTime] {
        defer {
            for launch in launches { release(launch.event) }
            launches = []
        }
        var times: [LaunchTime] = []
        for launch in launches {
            let begin = try stamp(launch.event, CL_PROFILING_COMMAND_START, launch.kernel)
            let end = try stamp(launch.event, CL_PROFILING_COMMAND_END, launch.kernel)
            times.append(LaunchTime(kernel: launch.kernel, nanoseconds: end >= begin ? end - begin : 0))
        }
        return times
    }

    private func stamp(_ event: cl_event, _ parameter: Int32, _ kernel: String) throws(CallFailure) -> UInt64 {
        var value: cl_ulong = 0
        try context.calls.check("clGetEventProfilingInfo", kernel) {
            cl.clGetEventProfilingInfo(event, cl_profiling_info(parameter), MemoryLayout<cl_ulong>.size, &value, nil)
        }
        return value
    }

    private func release(_ event: cl_event) { context.release("clReleaseEvent", event) { cl.clReleaseEvent($0) } }

    private func wait(_ event: cl_event) throws(CallFailure) {
        let clock = ContinuousClock()
        let begin = clock.now
        var pause = timespec(tv_sec: 0, tv_nsec: 10_000)
        while true {
            var status: cl_int = cl_int(CL_QUEUED)
            try context.calls.check("clGetEventInfo", last) {
                cl.clGetEventInfo(
                    event, cl_event_info(CL_EVENT_COMMAND_EXECUTION_STATUS), MemoryLayout<cl_int>.size, &status, nil)
            }
            if status == CL_COMPLETE { return }
            // A negative status is the code of the error that stopped the queue.
            if status < 0 { throw Calls.failure("clEnqueueNDRangeKernel", status, "\(last), while it ran") }
            if clock.now - begin > context.hangLimit {
                context.giveUp()
                throw CallFailure(call: "clGetEventInfo (\(last))", hangsAfter: context.hangLimit)
            }
            nanosleep(&pause, nil)
            // Each pause is an eighth longer than the last, up to a millisecond. So a long wait costs little processor
            // time, and its end is noticed late by an eighth of the wait at most.
            pause.tv_nsec = min(pause.tv_nsec + pause.tv_nsec / 8, 1_000_000)
        }
    }
}
