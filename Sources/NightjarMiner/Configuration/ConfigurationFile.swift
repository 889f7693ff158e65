import NightjarJSON
import NightjarPlatform

/// A configuration file as it was read at one moment.
package struct ConfigurationFile: Sendable {
    package let path: String
    package let layer: SettingLayer
    /// What the user should know about the file, one sentence each.
    package let warnings: [String]

    /// Reads the file, and checks its keys and the types of their values. ``RunSettings`` checks what the values mean.
    ///
    /// - Throws: ``SettingError`` that names the file, the line and the key.
    package init(path: String, list: SettingList = .standard) throws(SettingError) {
        let file = try SmallFile.read(path, .configuration)
        let root: ConfigurationText
        do { root = try ConfigurationText.parse(file.bytes) } catch {
            throw SettingError(file: path, line: error.line, error.reason)
        }
        guard case .object(let members) = root.value else {
            throw SettingError(
                file: path, line: root.line, "a configuration is an object in braces, not \(root.value.kind)")
        }
        var reader = ConfigurationReader(path: path, list: list)
        try reader.read(members, under: "")
        let layer = reader.layer
        let hasSecret = list.rows.contains { row in
            guard row.isSecret else { return false }
            let said = [layer.values[row.key]] + (layer.pools ?? []).map { $0[row.key] }
            // The standard password is not a secret.
            return said.contains { setting in
                setting.map { $0.value != row.standard && row.shown($0.value) != $0.value } ?? false
            }
        }
        self.path = path
        self.layer = layer
        warnings = (hasSecret && file.isOpen ? [SecretFile.warning(path)] : []) + (file.warning.map { [$0] } ?? [])
    }
}
