/// The device's compiler refused a program. The description is one line: the call, and the log's first error.
package struct BuildFailure: Error, Sendable, CustomStringConvertible {
    package let failure: CallFailure
    /// The driver's build log, as ``driverLog(_:)`` reads it.
    package let log: String

    package var description: String {
        let lines = log.split(whereSeparator: \.isNewline)
        // Compilers differ, but all of them write this word in the line that names the place.
        let telling = lines.first { $0.contains("error:") } ?? lines.first { !$0.allSatisfy(\.isWhitespace) }
        guard let telling else { return failure.description }
        return "\(failure): \(String(telling.drop(while: \.isWhitespace)))"
    }
}
