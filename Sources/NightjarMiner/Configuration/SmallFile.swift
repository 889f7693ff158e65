import Glibc
import NightjarPlatform

/// Reads a small file that the user named: a configuration, or a secret.
enum SmallFile {
    /// In bytes. A configuration is a page or two.
    private static let limit = 1 << 20

    /// The file's bytes, and whether other users may read it.
    static func read(_ path: String) throws(SettingError) -> (bytes: [UInt8], isOpen: Bool) {
        guard let file = fopen(path, "re") else { throw SettingError(file: path, errorText(errno)) }
        defer { fclose(file) }
        var status = stat()
        guard fstat(fileno(file), &status) == 0 else { throw SettingError(file: path, errorText(errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw SettingError(file: path, "it is a directory") }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
            guard bytes.count <= limit else { throw SettingError(file: path, "it is longer than 1 MiB") }
        }
        guard ferror(file) == 0 else { throw SettingError(file: path, errorText(errno)) }
        return (bytes, status.st_mode & 0o044 != 0)
    }

    /// The first line of a file that holds a secret, and a warning if others may read it.
    static func secret(_ path: String, _ origin: Settings.Origin) throws(SettingError) -> (
        text: String, warning: String?
    ) {
        // A relative path starts at the directory of the configuration that names it.
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
            throw SettingError(origin, "\(path): the first line must be the secret")
        }
        return (text, found.isOpen ? warning(path) : nil)
    }

    /// The warning that others may read a file that holds a secret.
    static func warning(_ path: String) -> String {
        "\(path) holds a secret, and other users of this machine may read it: chmod 600 \(path)"
    }
}
