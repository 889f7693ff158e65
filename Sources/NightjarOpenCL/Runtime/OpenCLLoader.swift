import COpenCL
import NightjarPlatform

/// The loader's entry points, by their names in the specification.
///
/// Every call goes through ``Calls``. Nothing is called before ``OpenCLDevice/all(_:)`` has asked ``OpenCLLoader``
/// whether there is a loader.
let cl: nj_opencl = {
    guard let table = nj_opencl() else { preconditionFailure("there is no OpenCL loader, and so no device") }
    return table.pointee
}()

/// The OpenCL loader of this machine. It is opened when one of these is first read.
enum OpenCLLoader {
    /// Whether this machine has a loader that can be used.
    static var isUsable: Bool { nj_opencl() != nil }

    /// Why the machine's loader cannot be used; `nil` when it can, or there is none.
    static var fault: String? { nj_opencl_failure().map { printable(String(cString: $0), limit: 512) } }
}
