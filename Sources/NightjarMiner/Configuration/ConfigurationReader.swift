import NightjarJSON

/// Reads a configuration's members as the rows of a ``SettingList`` say.
struct ConfigurationReader {
    let path: String
    let list: SettingList
    private(set) var layer = SettingLayer()

    /// The key of the list of pools.
    static let pools = "pools"

    /// Keys that xmrig writes at the top of its files, and that are near none of ours.
    private static let foreign: Set = ["autosave", "donate-level", "donate-over-proxy", "randomx", "opencl", "cpu"]

    /// The keys of objects that hold settings, such as `care`.
    private let groups: Set<String>

    init(path: String, list: SettingList) {
        self.path = path
        self.list = list
        groups = Set(list.rows.compactMap { $0.group })
    }

    mutating func read(_ members: [ConfigurationText.Member], under prefix: String) throws(SettingError) {
        for member in members {
            let name = prefix + member.name
            if name == Self.pools {
                try readPools(member)
            } else if groups.contains(name) {
                switch member.node.value {
                case .null: break
                case .object(let inner): try read(inner, under: name + ".")
                default:
                    throw SettingError(
                        origin(member, name), "an object in braces is needed, not \(member.node.value.kind)")
                }
            } else if let row = list.row(name, ofPool: false) {
                layer.values[row.key] = try setting(member, name, row.kind)
            } else {
                let known = list.rows.filter(\.isOfRun).map(\.key) + [Self.pools] + groups
                throw unknown(member, name, known)
            }
        }
    }

    private mutating func readPools(_ member: ConfigurationText.Member) throws(SettingError) {
        guard case .array(let nodes) = member.node.value else {
            if case .null = member.node.value { return }
            throw SettingError(origin(member, Self.pools), "a list of pools is needed, not \(member.node.value.kind)")
        }
        var pools: [Settings.Pool] = []
        for (i, node) in nodes.enumerated() { pools.append(try pool(node, "\(Self.pools)[\(i)]")) }
        if !pools.isEmpty { layer.pools = pools }
    }

    private func pool(_ node: ConfigurationText, _ place: String) throws(SettingError) -> Settings.Pool {
        guard case .object(let members) = node.value else {
            throw SettingError(
                .file(path: path, line: node.line, key: place),
                "an object in braces is needed, not \(node.value.kind)")
        }
        var pool: Settings.Pool = [:]
        for member in members {
            let name = "\(place).\(member.name)"
            guard let row = list.row(member.name, ofPool: true) else {
                throw unknown(member, name, list.rows.filter(\.isOfPool).map { "\(place).\($0.key)" })
            }
            pool[row.key] = try setting(member, name, row.kind)
        }
        let url = SettingTable.standard.url.key
        guard pool[url] != nil else {
            throw SettingError(
                .file(path: path, line: node.line, key: "\(place).\(url)"), "is missing", isPhrase: true)
        }
        return pool
    }

    /// `nil` for null, which counts as not given.
    private func setting(
        _ member: ConfigurationText.Member, _ name: String, _ kind: SettingRow.Kind
    ) throws(SettingError) -> Settings.Setting? {
        let origin = origin(member, name)
        switch (kind, member.node.value) {
        case (_, .null): return nil
        case (.bool, .bool(let flag)): return Settings.Setting(.bool(flag), origin)
        case (.count, .string(let text)) where text.hasSuffix("%"):
            do { return Settings.Setting(try kind.value(text), origin) } catch {
                throw SettingError(origin, error.description)
            }
        case (.integer, .number(let literal)), (.count, .number(let literal)):
            guard let number = Int(literal) else {
                throw SettingError(origin, "\(literal): a whole number is needed")
            }
            return Settings.Setting(.integer(number), origin)
        case (.number, .number(let literal)):
            guard let number = Double(literal) else { throw SettingError(origin, "\(literal): a number is needed") }
            return Settings.Setting(.number(number), origin)
        case (.text, .string(let text)), (.choice, .string(let text)): return Settings.Setting(.text(text), origin)
        case (.words, .string(let text)): return Settings.Setting(.words(Settings.words(text)), origin)
        case (.words, .array(let nodes)):
            let words = try nodes.map { (node) throws(SettingError) in
                guard case .string(let word) = node.value else {
                    throw SettingError(
                        .file(path: path, line: node.line, key: name),
                        "a list of texts is needed, not one with \(node.value.kind)")
                }
                return word
            }
            return words.isEmpty ? nil : Settings.Setting(.words(words), origin)
        default: throw SettingError(origin, "\(kind.wish) is needed, not \(member.node.value.kind)")
        }
    }

    private func origin(_ member: ConfigurationText.Member, _ key: String) -> Settings.Origin {
        .file(path: path, line: member.line, key: key)
    }

    private func unknown(_ member: ConfigurationText.Member, _ name: String, _ known: [String]) -> SettingError {
        if Self.foreign.contains(member.name) {
            return SettingError(
                origin(member, name), "xmrig's configurations have this key: give such a file after --from-xmrig")
        }
        let nearest = NearestName.find(name, among: known) ?? Self.pools
        return SettingError(origin(member, name), "there is no such key; the nearest is '\(nearest)'")
    }
}
