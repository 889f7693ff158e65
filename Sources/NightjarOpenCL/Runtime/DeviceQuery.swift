import COpenCL

/// Typed access to clGetDeviceInfo.
struct DeviceQuery {
    let handle: cl_device_id
    let calls: Calls

    func value<Value: FixedWidthInteger>(_ parameter: Int32, as: Value.Type) throws(CallFailure) -> Value {
        var value: Value = 0
        try calls.check("clGetDeviceInfo") {
            cl.clGetDeviceInfo(handle, cl_device_info(parameter), MemoryLayout<Value>.size, &value, nil)
        }
        return value
    }

    func text(_ parameter: Int32) throws(CallFailure) -> String {
        driverText(
            try calls.bytes("clGetDeviceInfo") { cl.clGetDeviceInfo(handle, cl_device_info(parameter), $0, $1, $2) })
    }

    /// An answer of `count` bytes; `nil` when the driver does not know the question.
    func bytes(_ parameter: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let code = calls.make("clGetDeviceInfo") {
            cl.clGetDeviceInfo(handle, cl_device_info(parameter), count, &bytes, nil)
        }
        return code == CL_SUCCESS ? bytes : nil
    }
}
