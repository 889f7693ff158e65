import COpenCL
import Glibc

/// The one way to call OpenCL: every code that a call returns is checked here, and a failure names its call.
package struct Calls: Sendable {
    /// Stands between a call and the driver, so that a test can play a broken driver. It makes the call or not, and
    /// returns the call's code.
    package typealias Interceptor = @Sendable (_ call: String, _ perform: () -> Int32) -> Int32

    private let interceptor: Interceptor?

    /// - Parameter interceptor: for tests; `nil` makes each call.
    package init(_ interceptor: Interceptor? = nil) { self.interceptor = interceptor }

    /// Makes a call that may fail.
    ///
    /// - Parameters:
    ///   - call: the call's name.
    ///   - purpose: what the call is for, if its name does not tell.
    ///   - perform: makes the call, and returns its code.
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

    /// Asks for a text, or for another answer whose size only the driver knows.
    ///
    /// - Parameter ask: makes the call, as OpenCL's queries are: the room for the answer, its place, and its true size.
    func bytes(
        _ call: StaticString, most: Int = 1 << 24,
        _ ask: (_ room: Int, _ place: UnsafeMutableRawPointer?, _ size: UnsafeMutablePointer<Int>?) -> cl_int
    ) throws(CallFailure) -> [UInt8] {
        var size = 0
        try check(call) { ask(0, nil, &size) }
        guard size != 0 else { return [] }
        guard (1...most).contains(size) else {
            throw CallFailure(call: call, nonsense: "that its answer has \(UInt(bitPattern: size)) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: size)
        try check(call) { ask(size, &bytes, nil) }
        return bytes
    }

    /// For destructors, which cannot throw: writes a warning when the call fails.
    func release(_ call: StaticString, _ perform: () -> cl_int) {
        let code = make(call, perform)
        guard code != CL_SUCCESS else { return }
        let line = "warning: \(Self.failure(call, code, ""))\n"
        _ = line.utf8CString.withUnsafeBufferPointer { write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
    }

    /// Makes a call and returns its code, for the few calls that have codes which are no failure.
    // Out of line: when this is inlined together with its closures, the compiler crashes (Swift 6.3.1).
    @inline(never)
    func make(_ call: StaticString, _ perform: () -> cl_int) -> cl_int {
        guard let interceptor else { return perform() }
        return interceptor("\(call)", perform)
    }

    static func failure(_ call: StaticString, _ code: cl_int, _ purpose: String) -> CallFailure {
        CallFailure(call: purpose.isEmpty ? "\(call)" : "\(call) (\(purpose))", code: code)
    }
}
