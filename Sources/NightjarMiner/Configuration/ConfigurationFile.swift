import Glibc

/// A configuration file as it was read at one moment.
package struct ConfigurationFile: Sendable {
    package let path: String
    package let layer: Settings.Layer
    /// What its owner should know, one sentence each.
    package let warnings: [String]

    /// A configuration is a page or two.
    private static let limit = 1 << 20

    /// Reads the file and holds it to the keys there are, and to their types; what the values mean is for
    /// ``RunSettings``.
    ///
    /// - Throws: ``SettingError`` that names the file, the line and the key.
    package init(path: String) throws(SettingError) {
        let (bytes, isOpen) = try Self.read(path)
        let root: ConfigurationText.Node
        do { root = try ConfigurationText.parse(bytes) } catch {
            throw SettingError(file: path, line: error.line, error.reason)
        }
        guard case .object(let members) = root.value else {
            throw SettingError(
                file: path, line: root.line, "a configuration is an object in braces, not \(root.value.kind)")
        }
        var reader = Reader(path: path)
        try reader.read(members, under: "")
        self.path = path
        layer = reader.layer
        let hasSecret =
            layer.values[.apiToken] != nil || layer.pools?.contains { ($0[.pass]?.text ?? "x") != "x" } ?? false
        warnings = hasSecret && isOpen ? [Self.warning(path)] : []
    }

    static func warning(_ path: String) -> String {
        "\(path) has a secret in it, and others on this machine may read it: chmod 600 \(path)"
    }

    /// A small file's bytes, and whether others than its owner may read it.
    static func read(_ path: String) throws(SettingError) -> (bytes: [UInt8], isOpen: Bool) {
        guard let file = fopen(path, "re") else { throw SettingError(file: path, systemMessage(errno)) }
        defer { fclose(file) }
        var status = stat()
        guard fstat(fileno(file), &status) == 0 else { throw SettingError(file: path, systemMessage(errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw SettingError(file: path, "it is a directory") }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
            guard bytes.count <= limit else { throw SettingError(file: path, "it is longer than 1 MiB") }
        }
        guard ferror(file) == 0 else { throw SettingError(file: path, systemMessage(errno)) }
        return (bytes, status.st_mode & 0o044 != 0)
    }

    /// The first line of a file that holds a secret, and a warning if others may read it.
    static func secret(_ path: String, _ origin: Settings.Origin) throws(SettingError) -> (
        text: String, warning: String?
    ) {
        // Beside the configuration that names it, unless it says otherwise.
        var path = path
        if !path.hasPrefix("/"), case .file(let configuration, _, _) = origin,
            let slash = configuration.lastIndex(of: "/")
        {
            path = configuration[...slash] + path
        }
        let found: (bytes: [UInt8], isOpen: Bool)
        do { found = try read(path) } catch { throw SettingError(origin, error.description) }
        let line = found.bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
            throw SettingError(origin, "\(path): its first line is to be the secret")
        }
        return (text, found.isOpen ? warning(path) : nil)
    }

    private struct Reader {
        let path: String
        var layer = Settings.Layer()

        /// What stands under keys that are objects themselves.
        private static let groups = Set(
            SettingKey.allCases.compactMap { key in key.rawValue.split(separator: ".").dropLast().first.map(String.init)
            })

        func origin(_ member: ConfigurationText.Member, _ key: String) -> Settings.Origin {
            .file(path: path, line: member.line, key: key)
        }

        mutating func read(_ members: [ConfigurationText.Member], under prefix: String) throws(SettingError) {
            for member in members {
                let name = prefix + member.name
                if name == "pools" {
                    try pools(member)
                } else if Self.groups.contains(name) {
                    switch member.node.value {
                    case .null: break
                    case .object(let inner): try read(inner, under: name + ".")
                    default:
                        throw SettingError(
                            origin(member, name), "an object in braces is needed, not \(member.node.value.kind)")
                    }
                } else if let key = SettingKey(rawValue: name) {
                    layer.values[key] = try setting(member, name, key.kind)
                } else {
                    let known = SettingKey.allCases.map(\.rawValue) + ["pools"] + Self.groups
                    throw unknown(member, name, known)
                }
            }
        }

        private mutating func pools(_ member: ConfigurationText.Member) throws(SettingError) {
            guard case .array(let nodes) = member.node.value else {
                if member.node.value == .null { return }
                throw SettingError(origin(member, "pools"), "a list of pools is needed, not \(member.node.value.kind)")
            }
            var pools: [[PoolKey: Settings.Setting]] = []
            for (i, node) in nodes.enumerated() {
                guard case .object(let members) = node.value else {
                    throw SettingError(
                        .file(path: path, line: node.line, key: "pools[\(i)]"),
                        "an object in braces is needed, not \(node.value.kind)")
                }
                var pool: [PoolKey: Settings.Setting] = [:]
                for member in members {
                    let name = "pools[\(i)].\(member.name)"
                    guard let key = PoolKey(rawValue: member.name) else {
                        throw unknown(member, name, PoolKey.allCases.map { "pools[\(i)].\($0.rawValue)" })
                    }
                    pool[key] = try setting(member, name, key.kind)
                }
                guard pool[.url] != nil else {
                    throw SettingError(
                        .file(path: path, line: node.line, key: "pools[\(i)].url"), "is missing", isPhrase: true)
                }
                pools.append(pool)
            }
            if !pools.isEmpty { layer.pools = pools }
        }

        /// `nil` for a null, which says nothing.
        private func setting(
            _ member: ConfigurationText.Member, _ name: String, _ kind: SettingKey.Kind
        ) throws(SettingError) -> Settings.Setting? {
            let origin = origin(member, name)
            let value: Settings.Value
            switch (kind, member.node.value) {
            case (_, .null): return nil
            case (.bool, .bool(let flag)): value = .bool(flag)
            case (.integer, .number(let literal)):
                guard let number = Int(literal) else {
                    throw SettingError(origin, "\(literal): a whole number is needed")
                }
                value = .integer(number)
            case (.number, .number(let literal)):
                guard let number = Double(literal) else { throw SettingError(origin, "\(literal): a number is needed") }
                value = .number(number)
            case (.text, .string(let text)): value = .text(text)
            case (.words, .string(let text)): value = .words(Settings.words(text))
            case (.words, .array(let nodes)):
                var words: [String] = []
                for node in nodes {
                    guard case .string(let word) = node.value else {
                        throw SettingError(
                            .file(path: path, line: node.line, key: name),
                            "a list of texts is needed, not one with \(node.value.kind)")
                    }
                    words.append(word)
                }
                guard !words.isEmpty else { return nil }
                value = .words(words)
            default:
                let wish =
                    switch kind {
                    case .bool: "true or false"
                    case .integer, .number: "a number"
                    case .text: "a text in quotation marks"
                    case .words: "a list of texts"
                    }
                throw SettingError(origin, "\(wish) is needed, not \(member.node.value.kind)")
            }
            return Settings.Setting(value, origin)
        }

        private func unknown(_ member: ConfigurationText.Member, _ name: String, _ known: [String]) -> SettingError {
            let nearest = known.min { (Self.distance(name, $0), $0) < (Self.distance(name, $1), $1) } ?? "pools"
            return SettingError(origin(member, name), "there is no such key; the nearest is '\(nearest)'")
        }

        /// How many letters must be put in, left out or changed to make one of the other: Levenshtein's distance. A
        /// letter's case does not count.
        private static func distance(_ a: String, _ b: String) -> Int {
            let (a, b) = (Array(a.lowercased().prefix(100)), Array(b.lowercased()))
            var row = Array(0...b.count)
            for (i, x) in a.enumerated() {
                var diagonal = row[0]
                row[0] = i + 1
                for (j, y) in b.enumerated() {
                    let cost = diagonal + (x == y ? 0 : 1)
                    diagonal = row[j + 1]
                    row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
                }
            }
            return row[b.count]
        }
    }
}
