import COpenCL

/// An OpenCL call that failed. The description is one line with the call's name and its code, in words and as a number.
package struct CallFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call, and what it was for: "clEnqueueNDRangeKernel (cn_explode)".
    package let call: String
    /// What it returned. For a hang it is ``OpenCLCode/hang``, which is no code of OpenCL.
    package let code: cl_int
    /// How long a command was waited for before it counted as hung; `nil` if no command hangs.
    package let hang: Duration?

    package init(call: String, code: cl_int) {
        self.call = call
        self.code = code
        hang = nil
    }

    /// A command that the device has not finished within `limit`.
    init(call: String, hangsAfter limit: Duration) {
        self.call = call
        code = OpenCLCode.hang
        hang = limit
    }

    package var description: String {
        if let hang { return "\(call): the device hangs: not done after \(hang)" }
        return "\(call): \(OpenCLCode.name(code)) (\(code))"
    }
}
