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
        var size = 0
        try calls.check("clGetDeviceInfo") { cl.clGetDeviceInfo(handle, cl_device_info(parameter), 0, nil, &size) }
        var bytes = [UInt8](repeating: 0, count: size)
        try calls.check("clGetDeviceInfo") { cl.clGetDeviceInfo(handle, cl_device_info(parameter), size, &bytes, nil) }
        return driverText(bytes)
    }
}
