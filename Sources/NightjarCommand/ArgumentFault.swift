import ArgumentParser
import NightjarMiner

/// A fault of the arguments in the form of all others: what was given, what is needed, and the nearest names.
enum ArgumentFault {
    /// Other miners' flags that there are not, with the reason.
    private static let reasons = [
        "--donate-level": "there is no fee, so there is no such option",
        "--donate-over-proxy": "there is no fee, so there is no such option",
        "--background": "there is no such option; a service manager does that: packaging/nightjar.service",
    ]

    /// The fault of a call whose first argument is no command; `nil` for one that is, and for an option.
    static func command(_ arguments: [String]) -> String? {
        guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
        let names = RootCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !names.contains(first) else { return nil }
        return "no command '\(first)'; near it: \(list(first, names)) ('nightjar --help' lists all)"
    }

    /// The parser's message in our form. What has none of its known forms stays as it is.
    ///
    /// - Parameter arguments: the command, whose options are near a mistyped one.
    static func words(_ message: String, _ arguments: [String]) -> String {
        // "Unknown option '--x'", with a suggestion behind it at times.
        if let match = message.firstMatch(of: /^Unknown option '(-[^']*)'/) {
            let name = String(match.1)
            if let reason = reasons[name] { return "\(name): \(reason)" }
            let known = options(arguments)
            let nearest = name.hasPrefix("--") && !known.isEmpty ? "; near it: \(list(name, known))" : ""
            return "\(name): no such option\(nearest)"
        }
        // "The value 'abc' is invalid for '-t <n>': a whole number is needed"
        if let match = message.firstMatch(of: /^The value '(.*)' is invalid for '(-[\w-]+)[^']*'(?:: |\. )?(.*)$/) {
            let value = match.1.isEmpty ? "''" : String(match.1)
            let wish = match.3.isEmpty ? "it cannot be read" : String(match.3)
            return "\(match.2) \(value): \(wish)"
        }
        if let match = message.firstMatch(of: /^Missing value for '(-[\w-]+) <(.+)>'/) {
            return "\(match.1): a value is needed, \(match.1) \(match.2.uppercased())"
        }
        return message
    }

    /// The names nearest to a mistyped one, as in `rx/0, rx/2, rx/wow`.
    static func list(_ name: String, _ known: [String]) -> String {
        NearestName.find(name, among: known, count: 3).joined(separator: ", ")
    }

    /// The long options of the command that was called.
    private static func options(_ arguments: [String]) -> [String] {
        guard let first = arguments.first,
            let command = RootCommand.configuration.subcommands.first(where: {
                $0.configuration.commandName == first
            })
        else { return [] }
        let help = RootCommand.helpMessage(for: command, columns: 200)
        return Array(Set(help.matches(of: /--[a-z0-9][a-z0-9-]+/).map { String($0.0) })).sorted()
    }
}
