import COpenCL

/// An OpenCL platform: a driver, and its index in the loader's list.
///
/// `@unchecked Sendable`: the loader never frees or changes the handle.
package struct Platform: @unchecked Sendable {
    package let index: Int
    let handle: cl_platform_id
    private let calls: Calls

    /// The most platforms, and devices of a platform, that are believed.
    private static let most: cl_uint = 256

    /// All platforms. Without any driver the list is empty; that is no error.
    static func all(_ calls: Calls) throws(CallFailure) -> [Platform] {
        var count: cl_uint = 0
        let code = calls.make("clGetPlatformIDs") { cl.clGetPlatformIDs(0, nil, &count) }
        // Without a driver, some loaders return this code, others success with a count of zero.
        if code == OpenCLCode.platformNotFound { return [] }
        guard code == CL_SUCCESS else { throw Calls.failure("clGetPlatformIDs", code, "") }
        guard count > 0 else { return [] }
        guard count <= most else {
            throw CallFailure(call: "clGetPlatformIDs", nonsense: "that it has \(count) platforms")
        }
        var handles = [cl_platform_id?](repeating: nil, count: Int(count))
        try calls.check("clGetPlatformIDs") { cl.clGetPlatformIDs(count, &handles, nil) }
        return handles.enumerated().compactMap { index, handle in
            handle.map { Platform(index: index, handle: $0, calls: calls) }
        }
    }

    /// The device handles, in the driver's order. Empty when the platform has none.
    func devices() throws(CallFailure) -> [cl_device_id] {
        var count: cl_uint = 0
        let all = cl_device_type(CL_DEVICE_TYPE_ALL)
        let code = calls.make("clGetDeviceIDs") { cl.clGetDeviceIDs(handle, all, 0, nil, &count) }
        if code == CL_DEVICE_NOT_FOUND { return [] }
        guard code == CL_SUCCESS else { throw Calls.failure("clGetDeviceIDs", code, "") }
        guard count > 0 else { return [] }
        guard count <= Self.most else {
            throw CallFailure(call: "clGetDeviceIDs", nonsense: "that it has \(count) devices")
        }
        var handles = [cl_device_id?](repeating: nil, count: Int(count))
        try calls.check("clGetDeviceIDs") { cl.clGetDeviceIDs(handle, all, count, &handles, nil) }
        return handles.compactMap { $0 }
    }

    /// The path of the shared library that the driver is; `nil` when it is not known.
    var library: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { path in
            guard let start = path.baseAddress, nj_opencl_library(handle, start, path.count) != 0 else { return nil }
            return String(cString: start)
        }
    }

    func name() throws(CallFailure) -> String { try text(CL_PLATFORM_NAME) }

    func version() throws(CallFailure) -> String { try text(CL_PLATFORM_VERSION) }

    private func text(_ parameter: Int32) throws(CallFailure) -> String {
        driverText(
            try calls.bytes("clGetPlatformInfo") {
                cl.clGetPlatformInfo(handle, cl_platform_info(parameter), $0, $1, $2)
            })
    }
}
