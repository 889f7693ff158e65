import Glibc
import NightjarMiner
import NightjarWire

/// The secrets in the process's arguments. They are found before the arguments are parsed, so that the message about a
/// wrong argument cannot repeat one.
///
/// A secret stands after `-p`, or is joined to it: `-pSECRET`, `-p=SECRET`. The words that follow, up to the next flag,
/// may belong to a password without quotation marks. The name of a flag may be misspelt.
struct SecretArguments {
    private struct Place {
        /// The argument's index; 0 is the first after the program's name.
        let argument: Int
        /// Where in the argument it begins, in bytes.
        let offset: Int
        let text: String
        /// Whether the parser reads it as the flag's value.
        let isValue: Bool
    }

    private let places: [Place]

    /// The message that replaces one that repeats a secret.
    static let refusal =
        "the arguments near a password or a token are wrong; they are not shown here: write -p 'PASSWORD', as two words"

    init(_ arguments: [String]) {
        var places: [Place] = []
        var next = Next.other
        for (i, argument) in arguments.enumerated() {
            // A password may have a word that looks like a flag.
            if next == .value || next == .word && !SecretFlag.isKnownFlag(argument) {
                places.append(Place(argument: i, offset: 0, text: argument, isValue: next == .value))
                next = .word
                continue
            }
            next = .other
            if let login = Self.login(argument, after: i > 0 ? arguments[i - 1] : "") {
                let offset = argument.utf8.count - login.utf8.count
                places.append(Place(argument: i, offset: offset, text: String(login), isValue: true))
                continue
            }
            guard let flag = SecretFlag(argument) else { continue }
            if !flag.joined.isEmpty {
                let offset = argument.utf8.count - flag.joined.utf8.count
                places.append(Place(argument: i, offset: offset, text: flag.joined, isValue: flag.isValue))
            }
            next = flag.isValue ? .word : .value
        }
        self.places = places
    }

    /// The contents of a node's cookie file that stand in place of its path, perhaps with a misspelt flag before them.
    private static func login(_ argument: String, after previous: String) -> Substring? {
        func isCookieFlag(_ text: some StringProtocol) -> Bool { text.lowercased().contains("cook") }
        var value = argument[...]
        var hasFlag = isCookieFlag(previous) && !previous.contains("=")
        if argument.hasPrefix("-"), let sign = argument.firstIndex(of: "=") {
            value = argument[argument.index(after: sign)...]
            hasFlag = isCookieFlag(argument[..<sign])
        }
        guard PoolSettings.isLogin(String(value)), hasFlag || value.hasPrefix("__cookie__:") else { return nil }
        return value
    }

    /// Overwrites them in the process's memory, which `ps` shows to every user. Call it after the arguments were copied.
    func hide() {
        for place in places where place.argument + 1 < Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[place.argument + 1] else { continue }
            let secret = argument + min(place.offset, strlen(argument))
            memset(secret, Int32(UInt8(ascii: "x")), strlen(secret))
        }
    }

    /// Whether a message of the parser repeats one of them. The parser puts words into quotation marks. A long word
    /// counts without them, too.
    func areIn(_ message: String) -> Bool {
        places.contains { place in
            // The parser may quote any part of a text that is joined without an equal sign.
            if place.offset > 0, !place.isValue { return true }
            // By bytes: a mark that follows would make another character of the last one.
            return message.utf8.contains((place.text.utf8.count < 4 ? "'\(place.text)'" : place.text).utf8)
        }
    }

    /// What the next argument may be: a flag's value, another word of it, or something else.
    private enum Next { case value, word, other }
}
