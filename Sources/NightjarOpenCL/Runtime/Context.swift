import COpenCL

/// A context of one device.
///
/// `@unchecked Sendable`: OpenCL contexts may be used from any thread at once, and nothing here changes.
package final class Context: @unchecked Sendable {
    let handle: cl_context
    package let device: OpenCLDevice

    package init(_ device: OpenCLDevice) throws(CallFailure) {
        self.device = device
        var id: cl_device_id? = device.handle
        handle = try checkCreated("clCreateContext") { code in clCreateContext(nil, 1, &id, nil, nil, code) }
    }

    deinit { report("clReleaseContext", clReleaseContext(handle)) }
}
