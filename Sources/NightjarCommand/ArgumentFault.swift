import ArgumentParser
import NightjarCore
import NightjarMiner

/// A fault of the arguments in the form of all others: what was given, what is needed, and the nearest names.
enum ArgumentFault {
    /// Other miners' flags that there are not, with the reason.
    private static let reasons = [
        "--donate-level": "there is no fee, so there is no such option",
        "--donate-over-proxy": "there is no fee, so there is no such option",
        "--wallet": "no such option: a wallet address is given with -u",
        "--address": "no such option: a wallet address is given with -u",
        "--pool": "no such option: a pool is given with -o, -o HOST:PORT",
        "--server": "no such option: a pool is given with -o, -o HOST:PORT",
        "--host": "no such option: a pool is given with -o, -o HOST:PORT",
        "--port": "no such option: a pool is given with -o, -o HOST:PORT",
        "--coin": "no such option: the algorithm is given with -a ('nightjar algorithms' lists coins, too)",
        "--worker": "no such option: this machine's name at the pool is given with --rig-id",
        "--background": "there is no such option; a service manager does that: packaging/nightjar.service",
    ]

    /// What the commands take that have an argument beside their options: one of it.
    private static let single = ["hash": "file", "verify": "file", "completions": "shell"]

    /// The fault of a call whose first argument is no command, or behind `help`; `nil` for one that is, and for an option.
    static func command(_ arguments: [String]) -> String? {
        let given = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
        guard let first = given.first, !first.hasPrefix("-") else { return nil }
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
            guard name.hasPrefix("--"), !known.isEmpty else { return "\(name): no such option (\(help(arguments)))" }
            return "\(name): no such option; near it: \(list(name, known))"
        }
        // "The value 'abc' is invalid for '-t <n>': a whole number is needed"
        if let match = message.firstMatch(of: /^The value '(.*)' is invalid for '(-[\w-]+)[^']*'(?:: |\. )?(.*)$/) {
            let value = match.1.isEmpty ? "''" : String(match.1)
            return "\(match.2) \(value): \(wish(match.3, for: value, of: message))"
        }
        // The same for an argument that is no option's.
        if let match = message.firstMatch(of: /^The value '(.*)' is invalid for '<.+>'(?:: |\. )?(.*)$/) {
            return "\(match.1.isEmpty ? "''" : String(match.1)): \(wish(match.2, for: String(match.1), of: message))"
        }
        if let match = message.firstMatch(of: /^Missing value for '(-[\w-]+) <(.+)>'/) {
            if let fault = dash(after: String(match.1), arguments, isNumber: numbers.contains(String(match.2))) {
                return fault
            }
            return "\(match.1): a value is needed, \(match.1) \(match.2.uppercased())"
        }
        if let match = message.firstMatch(of: /^The option '(-[\w-]+)' does not take any value, but '(.*)' was/) {
            return "\(match.1)=\(match.2): \(match.1) takes no value"
        }
        // "Unexpected argument 'x'", "2 unexpected arguments: 'x', 'y'": the first of them.
        if let match = message.firstMatch(of: /^(?:Unexpected argument|\d+ unexpected arguments:) '(.*?)'(?:, '|$)/) {
            return extra(String(match.1), arguments)
        }
        if message.hasPrefix("Missing expected argument '--algorithm ") {
            return "-a: an algorithm is needed, as in -a rx/0 ('nightjar algorithms' lists all)"
        }
        if message.hasPrefix("Missing expected argument '<shell>'") { return "the shell is needed: bash, zsh or fish" }
        return message
    }

    /// The names of values that are numbers, in the commands without settings.
    private static let numbers: Set = ["n", "s", "r", "w", "p"]

    /// The fault of a value that begins with a dash, which the parser takes for an option: a number below 0 as a rule;
    /// `nil` for another option.
    private static func dash(after flag: String, _ arguments: [String], isNumber: Bool) -> String? {
        let pairs = zip(arguments, arguments.dropFirst())
        guard let value = pairs.first(where: { $0 == flag && $1.firstMatch(of: /^-[.]?[0-9]/) != nil })?.1 else {
            return nil
        }
        let rows = arguments.first == MineCommand.name ? SettingList.standard.rows : []
        let row = rows.first { $0.allFlags.contains(flag) }
        let number = DecimalNumber.read(value)
        if let number, let fault = row?.kind.fault(of: number) { return "\(flag) \(value): \(fault)" }
        if number != nil, row == nil, isNumber { return "\(flag) \(value): a number of 0 or more is needed" }
        // The value is not repeated: it may be a password.
        return "\(flag): a value that begins with a dash is written \(flag)=VALUE"
    }

    /// The fault of an empty text in place of a file's name, such as a shell's variable that is not set; `nil` where there
    /// is none.
    static func emptyFile(_ arguments: [String]) -> String? {
        // The settings of `mine` have their own check.
        guard let command = arguments.first, command != MineCommand.name else { return nil }
        for (before, text) in zip(arguments, arguments.dropFirst()) where text.isEmpty {
            if files.contains(before) { return "\(before) '': a value is needed, \(before) FILE" }
            if takesFiles.contains(command), !before.hasPrefix("-") {
                return "'': the name of a file is needed"
            }
        }
        return nil
    }

    /// The flags of those commands that name a file, and the commands that take files without a flag.
    private static let files: Set = ["--report", "--baseline", "--ledger", "--output", "-o"]
    private static let takesFiles: Set = ["hash", "verify", "report"]

    /// What is needed in place of a value, by the parser's words after it.
    private static func wish(_ words: Substring, for value: String, of message: String) -> String {
        if let match = words.firstMatch(of: /^Please provide one of (.*)\.$/) {
            return "\(match.1.replacing("'", with: "")) is needed"
        }
        guard words.isEmpty else { return String(words) }
        // Without words it is a number. Counts are called N.
        let needed = message.contains(" <n>'") ? "a whole number, 0 or more, is needed" : "a number is needed"
        return DecimalNumber.wish(needed, inPlaceOf: value)
    }

    /// An argument that stands alone: what it is, where that can be told, and where it belongs.
    private static func extra(_ value: String, _ arguments: [String]) -> String {
        let name = arguments.first ?? ""
        let known = options(arguments).filter { !["--help", "--version"].contains($0) }
        if let what = single[name] { return "\(value): 'nightjar \(name)' takes one \(what), and there is one already" }
        if known.contains("--algorithm"), Catalog.algorithm(named: value) != nil {
            return "\(value): an algorithm is given with -a: -a \(value)"
        }
        if known.contains("--device"), DeviceSelector(value) != nil {
            return "\(value): a device is given with --device: --device \(value)"
        }
        if known.contains("--url"), value.contains(/:[0-9]+$/) {
            return "\(value): a pool is given with -o: -o \(value)"
        }
        guard !known.isEmpty else { return "\(value): 'nightjar \(name)' takes no argument" }
        return "\(value): no such argument; near it: \(list("--\(value)", known)) (\(help(arguments)))"
    }

    /// Where all options are listed.
    private static func help(_ arguments: [String]) -> String {
        "'nightjar \(options(arguments).isEmpty ? "" : "\(arguments.first ?? "") ")--help' lists all"
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
