import COpenCL
import Synchronization

/// A context of one device, and how its calls are made.
///
/// `@unchecked Sendable`: OpenCL contexts may be used from any thread at once, and nothing here changes but one atomic.
package final class Context: @unchecked Sendable {
    let handle: cl_context
    package let device: OpenCLDevice
    let calls: Calls
    /// How long the device may take for what was enqueued before it counts as hung.
    let hangLimit: Duration
    /// Whether a wait has outlasted `hangLimit`: nothing of this context may be waited for any more.
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

    /// Releases one of this context's objects, or itself.
    ///
    /// In a context that was given up, a driver may wait in a release for what hangs. There it is done behind
    /// everybody's back, on a thread that nobody waits for: if the device comes round, its memory comes free.
    func release(
        _ call: StaticString, _ handle: OpaquePointer, _ perform: @escaping @Sendable (OpaquePointer) -> cl_int
    ) {
        guard lost.load(ordering: .relaxed) else { return calls.release(call) { perform(handle) } }
        let (calls, handle) = (calls, Released(handle: handle))
        ReleaseThread.shared.queue { calls.release(call) { perform(handle.handle) } }
    }

    /// `@unchecked Sendable`: its owner is gone, and OpenCL's releases may be made on any thread.
    private struct Released: @unchecked Sendable {
        let handle: OpaquePointer
    }
}
