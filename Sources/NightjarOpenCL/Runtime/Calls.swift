import COpenCL
import Glibc

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
