/// A configuration with every key there is, for a person to change: the settings of a run where they were given, and
/// otherwise what is used without them. It is a valid configuration itself.
package struct PrintedConfiguration: Sendable {
    /// Without their ends.
    package let lines: [String]

    /// What is used where nothing is said; `null` says nothing.
    private static let standards: [SettingKey: JSON] = [
        .sandbox: .bool(false), .nicehash: .bool(false), .keepalive: .bool(false), .tls: .bool(false),
        .randomxMode: .string("auto"), .log: .string("text"), .logFileSize: .integer(10), .ledgerDays: .integer(400),
        .pauseOnBattery: .bool(false), .nice: .integer(0),
    ]

    /// Passwords and tokens are left out: what is printed may be seen by others.
    private static let secrets: Set<SettingKey> = [.apiToken]

    package init(_ settings: Settings) {
        var members: [(String, JSON)] = []
        var groups: [(name: String, members: [(String, JSON)])] = []
        for key in SettingKey.allCases {
            let given = Self.secrets.contains(key) ? nil : settings.values[key].map { Self.json($0.value) }
            let value = given ?? Self.standards[key] ?? .null
            let parts = key.rawValue.split(separator: ".").map(String.init)
            if parts.count == 1 {
                members.append((parts[0], value))
            } else if let index = groups.firstIndex(where: { $0.name == parts[0] }) {
                groups[index].members.append((parts[1], value))
            } else {
                groups.append((parts[0], [(parts[1], value)]))
            }
        }
        let isExample = settings.pools.isEmpty && settings.values[.sandbox]?.value != .bool(true)
        let pools =
            isExample
            ? [
                [
                    PoolKey.url: Settings.Setting(.text("pool.example.org:3333"), .flag("-o")),
                    .user: Settings.Setting(.text("YOUR_WALLET"), .flag("-u")),
                ]
            ] : settings.pools

        var lines = ["{"]
        if pools.isEmpty {
            lines.append("  \"pools\": [],")
        } else {
            lines.append("  \"pools\": [")
            for (i, pool) in pools.enumerated() {
                lines.append("    {")
                for (j, key) in PoolKey.allCases.enumerated() {
                    let value = key == .pass ? .null : pool[key].map { Self.json($0.value) } ?? .null
                    lines.append(
                        "      \(JSON.string(key.rawValue)): \(value)\(j + 1 < PoolKey.allCases.count ? "," : "")")
                }
                lines.append(i + 1 < pools.count ? "    }," : "    }")
            }
            lines.append("  ],")
        }
        for (name, value) in members { lines.append("  \(JSON.string(name)): \(value),") }
        for (i, group) in groups.enumerated() {
            lines.append("  \(JSON.string(group.name)): {")
            for (j, member) in group.members.enumerated() {
                lines.append("    \(JSON.string(member.0)): \(member.1)\(j + 1 < group.members.count ? "," : "")")
            }
            lines.append(i + 1 < groups.count ? "  }," : "  }")
        }
        self.lines = lines + ["}"]
    }

    private static func json(_ value: Settings.Value) -> JSON {
        switch value {
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(Int64(number))
        case .number(let number): .number(number)
        case .text(let text): .string(text)
        case .words(let words): .array(words.map(JSON.string))
        }
    }
}
