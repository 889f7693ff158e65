import COpenCL
import Synchronization

/// A context of one device, and how its calls are made.
///
/// `@unchecked Sendable`: several threads may use an OpenCL context at the same time, and only an atomic changes here.
package final class Context: @unchecked Sendable {
    let handle: cl_context
    package let device: OpenCLDevice
    let calls: Calls
    /// How long the device may take for what was enqueued before it counts as hung.
    let hangLimit: Duration
    /// Whether a command has hung: then nothing in this context is waited for any more.
    private let lost = Atomic(false)

    /// - Parameters:
    ///   - calls: how calls are made.
    ///   - hangLimit: how long the device may take for what was enqueued before it counts as hung.
    package init(_ device: OpenCLDevice, calls: Calls = Calls(), hangLimit: Duration = .seconds(600))
        throws(CallFailure)
    {
        self.device = device
        self.calls = calls
        self.hangLimit = hangLimit
        var id: cl_device_id? = device.handle
        handle = try calls.create("clCreateContext") { code in cl.clCreateContext(nil, 1, &id, nil, nil, code) }
    }

    deinit { release("clReleaseContext", handle) { cl.clReleaseContext($0) } }

    /// Gives the context up after a hang.
    func giveUp() { lost.store(true, ordering: .relaxed) }

    /// Releases one of this context's objects, or the context itself.
    ///
    /// After a hang, a driver may wait inside a release for the command that hangs. Then another thread makes the call,
    /// and the caller does not wait for it. If the device recovers, its memory is freed.
    func release(
        _ call: StaticString, _ handle: OpaquePointer, _ perform: @escaping @Sendable (OpaquePointer) -> cl_int
    ) {
        guard lost.load(ordering: .relaxed) else { return calls.release(call) { perform(handle) } }
        let (calls, handle) = (calls, Released(handle: handle))
        ReleaseThread.shared.queue { calls.release(call) { perform(handle.handle) } }
    }

    /// `@unchecked Sendable`: the object that owned the handle is gone, and any thread may release it.
    private struct Released: @unchecked Sendable {
        let handle: OpaquePointer
    }
}
