import ArgumentParser
import NightjarMiner

/// The flags of a section of the settings, made from the table's rows. The parser, its help and its completions treat each flag like
/// a property.
///
/// The parser finds flags through an instance's `Mirror`, and passes their values through a `Decoder`. A type can
/// provide both without properties: this one shows one flag for each row, and decodes one value for each row.
struct SettingFlags<Section: SettingSectionName>: ParsableArguments, CustomReflectable {
    /// The texts after each given flag, by the keys of ``SettingRow``; `true` for a flag without a value.
    let given: [String: [String]]
    /// The texts after each given flag for one pool, by the same keys.
    private let givenForPools: [String: [String]]

    /// The flags for single pools stand among the pools' own.
    private static var poolRows: [SettingRow] {
        Section.section == .pool ? SettingList.standard.rows.filter { $0.poolFlag != nil } : []
    }

    private static var rows: [SettingRow] {
        SettingList.standard.rows.filter { $0.flag != nil && SettingSection($0) == Section.section }
    }

    init() { (given, givenForPools) = ([:], [:]) }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        var given: [String: [String]] = [:]
        for row in Self.rows {
            let key = Key(stringValue: row.variable)
            if row.kind == .bool {
                if try values.decode(Flag<Bool>.self, forKey: key).wrappedValue { given[row.key] = ["true"] }
            } else if row.isRepeated {
                let texts = try values.decode(Option<[String]>.self, forKey: key).wrappedValue
                if !texts.isEmpty { given[row.key] = texts }
            } else if let text = try values.decode(Option<String?>.self, forKey: key).wrappedValue {
                given[row.key] = [text]
            }
        }
        self.given = given
        givenForPools = try Self.poolRows.reduce(into: [:]) { given, row in
            let texts = try values.decode(Option<[String]>.self, forKey: Key(stringValue: row.poolVariable))
            if !texts.wrappedValue.isEmpty { given[row.key] = texts.wrappedValue }
        }
    }

    var customMirror: Mirror {
        let common = Self.rows.map { (label: $0.variable, value: $0.definition) }
        return Mirror(self, children: common + Self.poolRows.map { (label: $0.poolVariable, value: $0.poolDefinition) })
    }

    /// The flags for single pools, with their places among the arguments.
    func poolFlags(in arguments: [String]) -> [SettingLayer.PoolFlag] {
        let places = FlagPlaces(arguments)
        return Self.poolRows.flatMap { row in
            let texts = givenForPools[row.key] ?? []
            return zip(places.urls(before: row.poolFlag ?? ""), texts).map {
                SettingLayer.PoolFlag(urls: $0, key: row.key, text: $1)
            }
        }
    }

}

/// The name of a flag's property.
private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

extension SettingRow {
    /// Whether the flag may be given several times, with every value in effect.
    fileprivate var isRepeated: Bool { scope == .pool || kind == .words }

    /// The flag as the parser's property wrapper.
    fileprivate var definition: Any {
        let names = NameSpecification(
            (short.map { [.customShort($0)] } ?? []) + [long, otherLong].compactMap { $0.map { .customLong($0) } })
        let help = ArgumentHelp(stringLiteral: help)
        if kind == .bool { return Flag(wrappedValue: false, name: names, help: help) }
        var named = help
        named.valueName = valueName
        return isRepeated
            ? Option<[String]>(wrappedValue: [], name: names, help: named, completion: completion, transform: accept)
            : Option<String?>(name: names, help: named, completion: completion, transform: accept)
    }

    /// The name of the parser's property for the flag for one pool.
    fileprivate var poolVariable: String { "\(variable)_OF_POOL" }

    fileprivate var poolDefinition: Any {
        var named = ArgumentHelp(stringLiteral: poolHelp ?? help)
        named.valueName = valueName
        return Option<[String]>(
            wrappedValue: [], name: .customLong(poolFlag ?? ""), help: named, completion: completion, transform: accept)
    }

    /// Checks the text after a flag.
    private var accept: @Sendable (String) throws -> String {
        { [kind] text in
            do { try kind.accept(text) } catch let fault as SettingFault {
                // The parser adds the flag and the value to the message.
                throw ValidationError(fault.wish)
            }
            return text
        }
    }

    private var completion: CompletionKind? {
        if case .choice(let choices) = kind { return .list(choices) }
        return valueName == "file" ? .file() : nil
    }
}
