import NightjarMiner
import NightjarPlatform

/// An argument that is the flag of a secret, or was meant to be one: with a dash from a text processor, with a misspelt
/// name, or without dashes.
struct SecretFlag {
    /// What is joined to it, without the equal sign.
    let joined: String
    /// Whether what is joined stands after an equal sign, where the parser looks for a value.
    let isValue: Bool

    /// Everything is done by scalars: a mark behind an equal sign would make another character of it.
    init?(_ argument: String) {
        let scalars = Array(argument.unicodeScalars.drop { !$0.isPrintable })
        let dashes = scalars.prefix { Self.dashes.contains($0) }
        let rest = scalars[dashes.count...]
        let name = rest.prefix { $0 != "=" }
        let hasValue = name.count < rest.count
        // One long dash may have been two short ones.
        let isLong = dashes.count != 1 || dashes[0] != "-"
        if isLong, dashes.count > 0 || hasValue, Self.isSecret(Self.text(name)) {
            joined = Self.text(rest.dropFirst(name.count + 1))
            isValue = hasValue
            return
        }
        // Several short flags may stand behind one dash.
        guard dashes.count == 1, let letter = rest.firstIndex(where: { Self.letters.contains($0.value | 0x20) }) else {
            return nil
        }
        let after = rest[(letter + 1)...]
        isValue = after.first == "="
        joined = Self.text(isValue ? after.dropFirst() : after)
    }

    /// Whether an argument is a flag of `mine` by its right name.
    static func isKnownFlag(_ argument: String) -> Bool {
        let name = argument.prefix { $0 != "=" }
        if known.contains(String(name)) { return true }
        return name.hasPrefix("-") && name.count > 1 && name.dropFirst().allSatisfy { known.contains("-\($0)") }
    }

    private static func isSecret(_ name: String) -> Bool {
        if known.contains("--" + name) { return secret.contains("--" + name) }
        let name = name.lowercased()
        return name.contains("pas") || name.contains("tok") || name.contains("pw")
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static let secret = Set(SettingList.standard.rows.filter(\.isSecret).flatMap(\.flags))
    private static let known = Set(
        SettingList.standard.rows.flatMap(\.allFlags) + [
            "-c", "--config", "--print-config", "-h", "--help", "--version",
        ])
    /// The short ones' letters, in lower case.
    private static let letters = Set(secret.filter { $0.count == 2 }.flatMap(\.unicodeScalars).map(\.value))
    /// The hyphen, what looks like one, and the minus sign.
    private static let dashes = Set("-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}".unicodeScalars)
}
