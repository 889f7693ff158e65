/// A kernel includes a file that does not exist.
package struct IncludeError: Error, CustomStringConvertible {
    package let path: String
    /// The file and line that include it; `nil` when the caller asked for the file itself.
    package let includer: (file: String, line: Int)?

    package var description: String {
        guard let includer else { return "no kernel source \(path)" }
        return "\(includer.file):\(includer.line): no kernel source \(path)"
    }
}
