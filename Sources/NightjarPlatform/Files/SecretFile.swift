import Glibc

/// A password, a token or a login: the first line of a file that the user named.
///
/// All secrets in files are read here, so that the same files are refused, and the same is said of them, at the start
/// and whenever one is read again.
package struct SecretFile: Sendable {
    package let text: String
    /// What the user should know about the file, one sentence each.
    package let warnings: [String]

    /// - Parameters:
    ///   - rules: ``FileRules/secret`` or ``FileRules/login``.
    ///   - seconds: how many seconds a pipe or a terminal may send nothing.
    /// - Throws: ``FileError``, whose path may be a folder or a link on the way.
    package init(_ path: String, _ rules: FileRules = .secret, seconds: Int = 60) throws(FileError) {
        let file = try OwnFile(path, rules, for: .reading)
        let status = try file.status()
        if rules.isSentOn { try file.checkPlace() }
        let line = try file.contents(rules, seconds: seconds).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
            throw FileError(path, .holdsNoSecret)
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw FileError(path, .holdsControlCharacters)
        }
        self.text = text
        // Another user's file was opened with the rights of its group, so that the group's users read it, too.
        let isLent = rules.isSentOn && !status.isOursOrRoots && status.isRegular
        let isOpen = isLent ? status.permissions & 0o004 != 0 : status.othersMayRead
        let aboutWriters =
            isLent
            ? "\(path) belongs to another user (uid \(status.owner)), who may change it" : file.warningAboutWriters()
        warnings = (isOpen ? [Self.warning(path)] : []) + [aboutWriters].compactMap { $0 }
    }

    /// The warning that others may read a file that holds a secret.
    package static func warning(_ path: String) -> String {
        "\(path) holds a secret, and other users of this machine may read it: chmod 600 \(path)"
    }
}
