import NightjarPlatform

/// A fault in a setting. The description is one line and holds no secret.
package struct SettingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the setting was given; `nil` for a fault of a file as a whole.
    package let origin: Settings.Origin?
    package let description: String

    /// Whether a flag is at fault, not a file or the environment.
    package var isUsage: Bool { if case .flag? = origin { true } else { false } }

    /// - Parameter isPhrase: whether `what` continues the setting's name, as in "-u is missing".
    package init(_ origin: Settings.Origin, _ what: String, isPhrase: Bool = false) {
        self.origin = origin
        description = printable("\(origin)\(isPhrase ? " " : ": ")\(what)")
    }

    /// A fault in a value. The value is shown as it would stand after its flag.
    init(_ origin: Settings.Origin, value: String, _ what: String) {
        self.origin = origin
        let joint =
            switch origin {
            case .flag: " "
            case .variable: "="
            case .file: ": "
            }
        description = printable("\(origin)\(joint)\(value): \(what)")
    }

    init(file: String, line: Int, _ what: String) {
        origin = .file(path: file, line: line, key: "")
        description = printable("\(file):\(line): \(what)")
    }

    init(file: String, _ what: String) {
        origin = nil
        description = printable("\(file): \(what)")
    }

    /// A fault in the arguments as a whole.
    package init(usage what: String) {
        origin = .flag("")
        description = printable(what)
    }
}
