/// Makes text from outside safe for a terminal and a log: control characters become U+FFFD.
package func printable(_ text: some StringProtocol) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        // Format characters become U+FFFD too: some of them reverse a line's direction.
        case .control, .format, .lineSeparator, .paragraphSeparator: scalars.append("\u{FFFD}")
        default: scalars.append(scalar)
        }
    }
    return String(scalars)
}
