import COpenCL

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
