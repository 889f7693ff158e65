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

    /// The first line of a file that holds a secret, and warnings if others may read or change the file.
    static func secret(_ path: String, _ origin: Settings.Origin) throws(SettingError) -> (
        text: String, warnings: [String]
    ) {
        let path = Self.path(path, origin)
        let found: Contents
        do { found = try read(path, .secret) } catch { throw SettingError(origin, error.description) }
        let line = found.bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
            throw SettingError(origin, "\(path): the first line must be the secret")
        }
        return (text, (found.isOpen ? [warning(path)] : []) + (found.warning.map { [$0] } ?? []))
    }

    /// A path that a user wrote: a relative one starts at the directory of the configuration that names it.
    static func path(_ path: String, _ origin: Settings.Origin) -> String {
        guard !path.hasPrefix("/"), case .file(let configuration, _, _) = origin,
            let slash = configuration.lastIndex(of: "/")
        else { return path }
        return configuration[...slash] + path
    }

    /// The warning that others may read a file that holds a secret.
    static func warning(_ path: String) -> String {
        "\(path) holds a secret, and other users of this machine may read it: chmod 600 \(path)"
    }
}
