import COpenCL
import Glibc

/// An OpenCL call that failed. The description is one line with the call's name and its code, in words and as a number.
package struct CallFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call, and what it was for: "clEnqueueNDRangeKernel (cn_explode)".
    package let call: String
    /// What it returned; that of a wait that nothing ended is not OpenCL's.
    package let code: cl_int
    /// How long the call was waited for in vain; `nil` if it returned.
    package let hang: Duration?

    package init(call: String, code: cl_int) {
        self.call = call
        self.code = code
        hang = nil
    }

    /// A command that the device has not done for so long.
    init(call: String, hangsAfter patience: Duration) {
        self.call = call
        code = OpenCLCode.hang
        hang = patience
    }

    package var description: String {
        if let hang { return "\(call): the device hangs: not done after \(hang)" }
        return "\(call): \(OpenCLCode.name(code)) (\(code))"
    }
}

/// The one way to make an OpenCL call: whatever it returns is looked at here, and a failure names the call.
package struct Calls: Sendable {
    /// Stands in a call's way, for tests that play broken drivers: makes the call, or does not, and says what it
    /// returned.
    package typealias Interceptor = @Sendable (_ call: String, _ perform: () -> Int32) -> Int32

    private let interceptor: Interceptor?

    /// - Parameter interceptor: `nil`, as everywhere but in tests, makes the calls as they are.
    package init(_ interceptor: Interceptor? = nil) { self.interceptor = interceptor }

    /// Makes a call that may fail.
    ///
    /// - Parameters:
    ///   - call: the call's name.
    ///   - purpose: what it is for, if the name alone does not say.
    ///   - perform: makes it, and returns its code.
    func check(
        _ call: StaticString, _ purpose: @autoclosure () -> String = "", _ perform: () -> cl_int
    ) throws(CallFailure) {
        let code = make(call, perform)
        guard code != CL_SUCCESS else { return }
        throw Self.failure(call, code, purpose())
    }

    /// As ``check(_:_:_:)``, for calls that return an object and write their code through a pointer.
    func create<Object>(
        _ call: StaticString, _ purpose: @autoclosure () -> String = "",
        _ perform: (UnsafeMutablePointer<cl_int>) -> Object?
    ) throws(CallFailure) -> Object {
        var object: Object?
        let code = make(call) {
            var code: cl_int = CL_SUCCESS
            object = perform(&code)
            return code
        }
        guard code == CL_SUCCESS, let object else {
            // Some drivers return no object and no error either.
            throw Self.failure(call, code == CL_SUCCESS ? CL_INVALID_VALUE : code, purpose())
        }
        return object
    }

    /// For destructors, which cannot throw: says what could not be released.
    func release(_ call: StaticString, _ perform: () -> cl_int) {
        let code = make(call, perform)
        guard code != CL_SUCCESS else { return }
        let line = "warning: \(Self.failure(call, code, ""))\n"
        _ = line.utf8CString.withUnsafeBufferPointer { write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
    }

    /// What a call returns, for the few whose codes are not all failures.
    // Out of line: inlined into its callers' callers, closures and all, it crashes the compiler (Swift 6.3.1).
    @inline(never)
    func make(_ call: StaticString, _ perform: () -> cl_int) -> cl_int {
        guard let interceptor else { return perform() }
        return interceptor("\(call)", perform)
    }

    static func failure(_ call: StaticString, _ code: cl_int, _ purpose: String) -> CallFailure {
        CallFailure(call: purpose.isEmpty ? "\(call)" : "\(call) (\(purpose))", code: code)
    }
}

/// The names of OpenCL's codes, as in the headers.
package enum OpenCLCode {
    /// The header's name for `code`; "unknown code" for one that this list lacks.
    package static func name(_ code: cl_int) -> String { names[code] ?? "unknown code" }

    /// The code of the ICD loader's extension for "there is no platform", cl_khr_icd.
    static let platformNotFound: cl_int = -1001

    /// No code of OpenCL's: for a command that never ends.
    static let hang: cl_int = .min

    /// Every code that a call may fail with, as far as this list knows.
    package static var failures: [cl_int] { names.keys.filter { $0 != CL_SUCCESS }.sorted() }

    private static let names: [cl_int: String] = [
        0: "CL_SUCCESS", -1: "CL_DEVICE_NOT_FOUND", -2: "CL_DEVICE_NOT_AVAILABLE", -3: "CL_COMPILER_NOT_AVAILABLE",
        -4: "CL_MEM_OBJECT_ALLOCATION_FAILURE", -5: "CL_OUT_OF_RESOURCES", -6: "CL_OUT_OF_HOST_MEMORY",
        -7: "CL_PROFILING_INFO_NOT_AVAILABLE", -8: "CL_MEM_COPY_OVERLAP", -9: "CL_IMAGE_FORMAT_MISMATCH",
        -10: "CL_IMAGE_FORMAT_NOT_SUPPORTED", -11: "CL_BUILD_PROGRAM_FAILURE", -12: "CL_MAP_FAILURE",
        -13: "CL_MISALIGNED_SUB_BUFFER_OFFSET", -14: "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        -15: "CL_COMPILE_PROGRAM_FAILURE", -16: "CL_LINKER_NOT_AVAILABLE", -17: "CL_LINK_PROGRAM_FAILURE",
        -18: "CL_DEVICE_PARTITION_FAILED", -19: "CL_KERNEL_ARG_INFO_NOT_AVAILABLE",
        -30: "CL_INVALID_VALUE", -31: "CL_INVALID_DEVICE_TYPE", -32: "CL_INVALID_PLATFORM", -33: "CL_INVALID_DEVICE",
        -34: "CL_INVALID_CONTEXT", -35: "CL_INVALID_QUEUE_PROPERTIES", -36: "CL_INVALID_COMMAND_QUEUE",
        -37: "CL_INVALID_HOST_PTR", -38: "CL_INVALID_MEM_OBJECT", -39: "CL_INVALID_IMAGE_FORMAT_DESCRIPTOR",
        -40: "CL_INVALID_IMAGE_SIZE", -41: "CL_INVALID_SAMPLER", -42: "CL_INVALID_BINARY",
        -43: "CL_INVALID_BUILD_OPTIONS", -44: "CL_INVALID_PROGRAM", -45: "CL_INVALID_PROGRAM_EXECUTABLE",
        -46: "CL_INVALID_KERNEL_NAME", -47: "CL_INVALID_KERNEL_DEFINITION", -48: "CL_INVALID_KERNEL",
        -49: "CL_INVALID_ARG_INDEX", -50: "CL_INVALID_ARG_VALUE", -51: "CL_INVALID_ARG_SIZE",
        -52: "CL_INVALID_KERNEL_ARGS", -53: "CL_INVALID_WORK_DIMENSION", -54: "CL_INVALID_WORK_GROUP_SIZE",
        -55: "CL_INVALID_WORK_ITEM_SIZE", -56: "CL_INVALID_GLOBAL_OFFSET", -57: "CL_INVALID_EVENT_WAIT_LIST",
        -58: "CL_INVALID_EVENT", -59: "CL_INVALID_OPERATION", -60: "CL_INVALID_GL_OBJECT",
        -61: "CL_INVALID_BUFFER_SIZE", -62: "CL_INVALID_MIP_LEVEL", -63: "CL_INVALID_GLOBAL_WORK_SIZE",
        -64: "CL_INVALID_PROPERTY", -65: "CL_INVALID_IMAGE_DESCRIPTOR", -66: "CL_INVALID_COMPILER_OPTIONS",
        -67: "CL_INVALID_LINKER_OPTIONS", -68: "CL_INVALID_DEVICE_PARTITION_COUNT",
        -1001: "CL_PLATFORM_NOT_FOUND_KHR",
    ]
}
