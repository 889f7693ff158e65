import COpenCL

/// The loader's entry points, by their names in the specification.
///
/// Every call stands in a closure that ``Calls`` makes. There is nothing to call before ``OpenCLDevice/all(_:)`` has
/// found a device, and so this is not asked for where there is no loader.
let cl: nj_opencl = {
    guard let table = nj_opencl() else { preconditionFailure("there is no OpenCL loader, and so no device") }
    return table.pointee
}()

/// The OpenCL loader of this machine, opened when it is first asked about.
enum OpenCLLoader {
    /// Whether there is one that can be used.
    static var isUsable: Bool { nj_opencl() != nil }

    /// Why the one that is there can't be used.
    static var fault: String? { nj_opencl_failure().map { String(cString: $0) } }
}
