import NightjarPlatform

/// Reads a small file that the user named: a configuration, or a secret.
enum SmallFile {
    struct Contents {
        let bytes: [UInt8]
        /// Whether other users may read the file.
        let isOpen: Bool
        /// The warning that other users may change the file.
        let warning: String?
    }

    static func read(_ path: String, _ rules: FileRules) throws(SettingError) -> Contents {
        do {
            let file = try OwnFile(path, rules, for: .reading)
            return Contents(
                bytes: try file.contents(rules), isOpen: try file.status().othersMayRead,
                warning: file.warningAboutWriters())
        } catch { throw SettingError(file: path, error.reason.description) }
    }

    static func secret(_ path: String, _ origin: Settings.Origin) throws(SettingError) -> SecretFile {
        do { return try SecretFile(Self.path(path, origin)) } catch { throw SettingError(origin, error.description) }
    }

    /// A path that a user wrote: a relative one starts at the directory of the configuration that names it.
    static func path(_ path: String, _ origin: Settings.Origin) -> String {
        guard !path.hasPrefix("/"), case .file(let configuration, _, _) = origin,
            let slash = configuration.lastIndex(of: "/")
        else { return path }
        return configuration[...slash] + path
    }
}
