/// A file that a kernel includes and nobody has.
package struct IncludeError: Error, CustomStringConvertible {
    package let path: String
    /// The file and line that ask for it; `nil` when it was asked for directly.
    package let includer: (file: String, line: Int)?

    package var description: String {
        guard let includer else { return "no kernel source \(path)" }
        return "\(includer.file):\(includer.line): no kernel source \(path)"
    }
}
