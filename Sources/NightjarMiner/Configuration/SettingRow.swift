/// One setting: how it is written in each place where it can be given, and what it may be.
///
/// All that reads, prints or explains settings follows from these rows: the flags and their help, the file's keys and
/// the nearest key to a mistyped one, the variables of the environment, `--print-config`, what is hidden because it is
/// secret, what a changed file may change, and the reference in docs/settings.md.
package struct SettingRow: Sendable, Hashable {
    /// What a setting is about.
    package enum Scope: Sendable, Hashable {
        case run
        /// One pool: a member of `pools` in a file; as a flag, given once for all pools or once a pool.
        case pool
        /// All pools, and one pool where a member of `pools` says otherwise.
        case everyPool
    }

    /// What its value may be.
    package enum Kind: Sendable, Hashable {
        case bool
        case integer(ClosedRange<Int>)
        case number(above: Double, atMost: Double)
        case text
        case choice([String])
        /// A list in a file, or one text with commas.
        case words
    }

    /// When a changed file's value counts.
    package enum Effect: Sendable, Hashable { case atOnce, atNextStart }

    /// Its key in a file. A point stands between a group and a member of it.
    package let key: String
    package let scope: Scope
    package let kind: Kind
    /// The flag's names without their dashes; one without any has no flag.
    package let short: Character?
    package let long: String?
    /// The variable in the environment.
    package let variable: String
    /// What stands for the value in help.
    package let valueName: String
    package let unit: String?
    /// What is used where nothing is said; `nil` where there is no one value for it.
    package let standard: Settings.Value?
    /// Never printed, covered in the process's arguments, and no business of others who may read its file.
    package let isSecret: Bool
    /// Whether it makes sense for a pool alone, and none for the sandbox.
    package let excludesSandbox: Bool
    package let effect: Effect
    /// Keys that mean the same thing in another way: what was said of them before counts no longer.
    package let supersedes: [String]
    private let words: String

    /// - Parameter help: one sentence; the standard value is added to it.
    package init(
        _ key: String, _ kind: Kind, scope: Scope = .run, short: Character? = nil, long: String?, variable: String,
        value valueName: String = "", unit: String? = nil, standard: Settings.Value? = nil, isSecret: Bool = false,
        excludesSandbox: Bool = false, effect: Effect = .atOnce, supersedes: [String] = [], help: String
    ) {
        self.key = key
        self.kind = kind
        self.scope = scope
        self.short = short
        self.long = long
        self.variable = variable
        self.valueName = valueName
        self.unit = unit
        self.standard = standard
        self.isSecret = isSecret
        self.excludesSandbox = excludesSandbox
        self.effect = effect
        self.supersedes = supersedes
        words = help
    }

    /// What it is, with the value that is used where nothing is said.
    package var help: String {
        guard let standard, kind != .bool else { return words }
        return "\(words.dropLast()) (\(standard))."
    }

    /// The flag as messages name it: the short one where there is one, for users know it by that. `nil` without a flag.
    package var flag: String? { short.map { "-\($0)" } ?? long.map { "--\($0)" } }

    /// Every spelling of the flag.
    package var flags: [String] { (short.map { ["-\($0)"] } ?? []) + (long.map { ["--\($0)"] } ?? []) }

    /// The object that it stands in; `nil` for one at the top of a file.
    var group: String? { key.split(separator: ".").dropLast().first.map(String.init) }

    /// Its name within its group.
    package var name: String { key.split(separator: ".").last.map(String.init) ?? key }

    var isOfRun: Bool { scope != .pool }
    var isOfPool: Bool { scope != .run }
}

extension SettingRow.Kind {
    /// A value that was written as text.
    package func value(_ text: String) throws(SettingFault) -> Settings.Value {
        switch self {
        case .bool:
            switch text.lowercased() {
            case "1", "true", "yes", "on": return .bool(true)
            case "0", "false", "no", "off": return .bool(false)
            default: throw SettingFault(wish: "true or false is needed")
            }
        case .integer:
            guard let number = Int(text) else { throw SettingFault(value: text, wish: "a whole number is needed") }
            return .integer(number)
        case .number:
            guard let number = Double(text) else { throw SettingFault(value: text, wish: "a number is needed") }
            return .number(number)
        case .text, .choice: return .text(text)
        case .words: return .words(Settings.words(text))
        }
    }

    /// Whether a flag may be given with that text.
    package func accept(_ text: String) throws(SettingFault) {
        _ = try value(text)
        if case .choice(let choices) = self, !choices.contains(text) {
            throw SettingFault(value: text, wish: "\(Self.list(choices)) is needed")
        }
    }

    /// What a value of it looks like in a file, for messages.
    var wish: String {
        switch self {
        case .bool: "true or false"
        case .integer, .number: "a number"
        case .text, .choice: "a text in quotation marks"
        case .words: "a list of texts"
        }
    }

    /// Which choices there are, for messages: `light, full or auto`.
    static func list(_ choices: [String]) -> String {
        guard let last = choices.last, choices.count > 1 else { return choices.first ?? "" }
        return "\(choices.dropLast().joined(separator: ", ")) or \(last)"
    }
}
