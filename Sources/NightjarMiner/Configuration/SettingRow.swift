/// One setting: its name in each place where it can be given, and its valid values.
///
/// Everything that reads, prints or explains settings uses these rows: flags and their help, the file's keys and the
/// hint for a mistyped key, environment variables, `--print-config`, the hiding of secrets, the reload of a changed
/// file, and the reference in docs/settings.md.
package struct SettingRow: Sendable, Hashable {
    /// What a setting applies to.
    package enum Scope: Sendable, Hashable {
        case run
        /// One pool. In a file it is a member of `pools`; a flag is given once for all pools, or once for each pool.
        case pool
        /// All pools, unless a member of `pools` has its own value.
        case everyPool
    }

    /// The type of a value.
    package enum Kind: Sendable, Hashable {
        case bool
        case integer(ClosedRange<Int>)
        /// A whole number; or a part of the usual number, as in `50%`.
        case count(ClosedRange<Int>)
        case number(above: Double, atMost: Double)
        case text
        case choice([String])
        /// A list in a file, or one text with commas.
        case words
    }

    /// When the value of a changed file takes effect.
    package enum Effect: Sendable, Hashable { case atOnce, atNextStart }

    /// Its key in a file. A dot stands between a group and its member.
    package let key: String
    package let scope: Scope
    package let kind: Kind
    /// The flag's names without their dashes. A setting without a name has no flag.
    package let short: Character?
    package let long: String?
    /// A second long name, which users know from other miners.
    package let otherLong: String?
    /// The name of the flag for one pool alone, which follows that pool's `-o`.
    package let poolFlag: String?
    /// That flag's help text, one sentence.
    package let poolHelp: String?
    /// A second key in a pool, which users know from other miners.
    package let otherKey: String?
    /// Its environment variable.
    package let variable: String
    /// The placeholder for the value in help texts.
    package let valueName: String
    package let unit: String?
    /// The value that is used when none is given; `nil` where there is no such value.
    package let standard: Settings.Value?
    /// What of a value is a secret.
    package enum Concealment: Sendable, Hashable {
        case nothing, all
        /// What stands before the `@` of a URL.
        case login
    }

    /// What is never printed. The whole value is covered in the process's arguments, and Nightjar warns when others may
    /// read a file that holds a secret.
    package let conceals: Concealment
    /// Whether it is for pools only and cannot go with the sandbox.
    package let excludesSandbox: Bool
    package let effect: Effect
    /// Other keys for the same thing. This setting replaces what an earlier layer gave for them.
    package let supersedes: [String]
    /// Whether an empty text after the flag is a value. After other flags it is a mistake, such as a shell's variable that
    /// is not set. In files and variables it always counts as not given.
    let takesEmpty: Bool
    private let words: String

    /// - Parameter help: one sentence; the standard value is added to it.
    package init(
        _ key: String, _ kind: Kind, scope: Scope = .run, short: Character? = nil, long: String?,
        otherLong: String? = nil, poolFlag: String? = nil, poolHelp: String? = nil, otherKey: String? = nil,
        variable: String,
        value valueName: String = "", unit: String? = nil, standard: Settings.Value? = nil,
        conceals: Concealment = .nothing,
        excludesSandbox: Bool = false, effect: Effect = .atOnce, supersedes: [String] = [],
        takesEmpty: Bool = false, help: String
    ) {
        self.key = key
        self.kind = kind
        self.scope = scope
        self.short = short
        self.long = long
        self.otherLong = otherLong
        self.poolFlag = poolFlag
        self.poolHelp = poolHelp
        self.otherKey = otherKey
        self.variable = variable
        self.valueName = valueName
        self.unit = unit
        self.standard = standard
        self.conceals = conceals
        self.excludesSandbox = excludesSandbox
        self.effect = effect
        self.supersedes = supersedes
        self.takesEmpty = takesEmpty
        words = help
    }

    /// The help text, with the standard value.
    package var help: String {
        guard let standard, kind != .bool else { return words }
        return "\(words.dropLast()) (default: \(standard))."
    }

    /// Whether a value may hold a secret.
    package var isSecret: Bool { conceals != .nothing }

    /// A value as it may be printed; `nil` when nothing of it may.
    func shown(_ value: Settings.Value) -> Settings.Value? {
        switch (conceals, value) {
        case (.nothing, _): return value
        case (.login, .text(let text)):
            guard let sign = text.lastIndex(of: "@") else { return value }
            let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
            return .text(String(text[..<start] + text[text.index(after: sign)...]))
        default: return nil
        }
    }

    /// The flag's name in messages: the short one where there is one, because users know it best. `nil` for a setting
    /// without a flag.
    package var flag: String? { short.map { "-\($0)" } ?? long.map { "--\($0)" } }

    /// Every spelling of the flag.
    package var flags: [String] {
        (short.map { ["-\($0)"] } ?? []) + [long, otherLong].compactMap { $0.map { "--\($0)" } }
    }

    /// Every spelling of the flag, and the flag for one pool.
    package var allFlags: [String] { flags + (poolFlag.map { ["--\($0)"] } ?? []) }

    /// The object in which it stands; `nil` at the top of a file.
    var group: String? { key.split(separator: ".").dropLast().first.map(String.init) }

    /// Its name within its group.
    package var name: String { key.split(separator: ".").last.map(String.init) ?? key }

    var isOfRun: Bool { scope != .pool }
    var isOfPool: Bool { scope != .run }
}

extension SettingRow.Kind {
    /// Reads a value from text.
    package func value(_ text: String) throws(SettingFault) -> Settings.Value {
        switch self {
        case .bool:
            switch text.lowercased() {
            case "1", "true", "yes", "on": return .bool(true)
            case "0", "false", "no", "off": return .bool(false)
            default: throw SettingFault(wish: "true or false is needed")
            }
        case .integer(let range):
            guard let number = Int(text) else {
                if Self.isTooLong(text) { throw SettingFault(value: text, wish: "at most \(range.upperBound)") }
                throw SettingFault(
                    value: text, wish: DecimalNumber.wish("a whole number is needed", inPlaceOf: text))
            }
            return .integer(number)
        case .number:
            guard let number = DecimalNumber.read(text) else {
                throw SettingFault(value: text, wish: DecimalNumber.wish("a number is needed", inPlaceOf: text))
            }
            return .number(number)
        case .count(let range):
            guard text.hasSuffix("%") else {
                guard let number = Int(text) else {
                    if Self.isTooLong(text) { throw SettingFault(value: text, wish: "at most \(range.upperBound)") }
                    let words = "a whole number, or a part as in 50%, is needed"
                    throw SettingFault(value: text, wish: DecimalNumber.wish(words, inPlaceOf: text))
                }
                return .integer(number)
            }
            guard Settings.part(text) != nil else {
                throw SettingFault(value: text, wish: "a part above 0%, at most 100%, is needed")
            }
            return .text(text)
        case .text, .choice: return .text(text)
        case .words: return .words(Settings.words(text))
        }
    }

    /// Whether a text that is no `Int` is a whole number all the same.
    private static func isTooLong(_ text: String) -> Bool { text.count > 9 && text.allSatisfy("0123456789".contains) }

    /// Checks the text after a flag.
    package func accept(_ text: String) throws(SettingFault) {
        _ = try value(text)
        if case .choice(let choices) = self, !choices.contains(text) {
            throw SettingFault(value: text, wish: "\(Self.list(choices)) is needed")
        }
    }

    /// What is wrong with a number; `nil` for one within the limits.
    package func fault(of number: Double) -> String? {
        switch self {
        case .integer(let range), .count(let range):
            if number < Double(range.lowerBound) { return "at least \(range.lowerBound)" }
            return number > Double(range.upperBound) ? "at most \(range.upperBound)" : nil
        case .number(let low, let high):
            guard !(number > low && number <= high) else { return nil }
            return "a number above \(Settings.plain(low)), at most \(Settings.plain(high)), is needed"
        case .bool, .text, .choice, .words: return nil
        }
    }

    /// What its value looks like in a file, for messages.
    var wish: String {
        switch self {
        case .bool: "true or false"
        case .integer, .number, .count: "a number"
        case .text, .choice: "a text in quotation marks"
        case .words: "a list of texts"
        }
    }

    /// A list of choices for messages: `light, full or auto`.
    static func list(_ choices: [String]) -> String {
        guard let last = choices.last, choices.count > 1 else { return choices.first ?? "" }
        return "\(choices.dropLast().joined(separator: ", ")) or \(last)"
    }
}
