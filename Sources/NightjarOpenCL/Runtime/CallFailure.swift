import COpenCL

/// An OpenCL call that failed. The description is one line with the call's name and its code, in words and as a number.
package struct CallFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call, and what it was for: "clEnqueueNDRangeKernel (cn_explode)".
    package let call: String
    /// What it returned. For a hang it is ``OpenCLCode/hang``, which is no code of OpenCL.
    package let code: cl_int
    /// How long a command was waited for before it counted as hung; `nil` if no command hangs.
    package let hang: Duration?
    /// What is wrong with an answer whose code is success.
    private let nonsense: String?

    package init(call: String, code: cl_int) {
        self.init(call, code, hang: nil, nonsense: nil)
    }

    /// A command that the device has not finished within `limit`.
    init(call: String, hangsAfter limit: Duration) {
        self.init(call, OpenCLCode.hang, hang: limit, nonsense: nil)
    }

    /// An answer that cannot be true.
    ///
    /// - Parameter nonsense: continues "the driver says …".
    init(call: StaticString, nonsense: String) {
        self.init("\(call)", CL_SUCCESS, hang: nil, nonsense: nonsense)
    }

    private init(_ call: String, _ code: cl_int, hang: Duration?, nonsense: String?) {
        self.call = call
        self.code = code
        self.hang = hang
        self.nonsense = nonsense
    }

    package var description: String {
        if let nonsense { return "\(call): the driver says \(nonsense)" }
        if let hang { return "\(call): the device hangs: not done after \(hang)" }
        return "\(call): \(OpenCLCode.name(code)) (\(code))\(OpenCLCode.advice(code))"
    }
}
