import NightjarPlatform

/// Files in a directory, by key: binaries of programs, and settings. A file that cannot be read counts as absent, and
/// one that cannot be written is left out.
///
/// So does a file that another user could have written, because a binary can hold machine code that the driver runs:
/// see ``FileRules/Care/trusted``.
///
/// A file is: magic, key length, binary length, checksum of the binary (8 bytes each, little-endian), key, binary. It
/// has the whole key, because two keys may have the same file name.
package struct BinaryFiles: Sendable {
    private let base: String
    private let part: String?
    /// The ending of the files' names, without the dot.
    private let suffix: String
    private let rules: FileRules

    /// - Parameters:
    ///   - directory: the cache's folder.
    ///   - part: the folder in it that has the files; `nil` for itself.
    package init(directory: String, part: String? = nil, suffix: String = "clbin", rules: FileRules = .program) {
        base = directory
        self.part = part
        self.suffix = suffix
        self.rules = rules
    }

    /// `$XDG_CACHE_HOME/nightjar` or `~/.cache/nightjar`; `nil` when no home directory is known.
    package static var defaultDirectory: String? { UserFolders.cache().map { $0 + "/nightjar" } }

    /// Why files in this directory or its parts are not used; `nil` when they are, or when it can be made.
    package static func fault(_ directory: String) -> String? {
        if let fault = OwnFolder.fault(directory) { return "\(fault)" }
        guard let base = try? OwnFolder(directory) else { return nil }
        for part in [ProgramCache.latestPart, TuningFiles.part] {
            do { _ = try base.folder(part, making: false) } catch {
                if !error.isAbsent { return "\(error)" }
            }
        }
        return nil
    }

    /// The binary that was written for `key`; `nil` when there is none, it is damaged, or another user could have
    /// written it.
    package func read(_ key: String) -> [UInt8]? {
        guard let bytes = try? folder(making: false).read(name(key), rules), bytes.count >= Self.headerSize else {
            return nil
        }
        let header = (0..<4).map { Self.word(bytes[(8 * $0)..<(8 * $0 + 8)]) }
        let key = Array(key.utf8)
        guard header[0] == Self.magic, header[1] == UInt64(key.count),
            UInt64(bytes.count - Self.headerSize) == header[1].addingReportingOverflow(header[2]).partialValue
        else { return nil }
        let body = bytes.dropFirst(Self.headerSize)
        let binary = Array(body.dropFirst(key.count))
        guard body.prefix(key.count).elementsEqual(key), Self.fingerprint(binary) == header[3] else { return nil }
        return binary
    }

    /// Keeps `binary` for `key`. Readers see the old file or the whole new one.
    ///
    /// - Returns: whether it was written.
    @discardableResult
    package func write(_ binary: [UInt8], for key: String) -> Bool {
        let name = name(key)
        let key = Array(key.utf8)
        var bytes: [UInt8] = []
        for word in [Self.magic, UInt64(key.count), UInt64(binary.count), Self.fingerprint(binary)] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += key
        bytes += binary
        do { try folder(making: true).replace(name, rules, with: bytes) } catch { return false }
        return true
    }

    /// Deletes the oldest files, down to `count`.
    package func prune(to count: Int) {
        guard let folder = try? folder(making: false) else { return }
        for name in folder.names(endingIn: ".\(suffix)").dropLast(count) {
            folder.remove(name)
            folder.remove(LoadMarker.name(of: name))
        }
    }

    /// Deletes the file of `key`.
    func remove(_ key: String) { (try? folder(making: false))?.remove(name(key)) }

    /// What marks the file of `key` while it is loaded; `nil` when there is no folder.
    func marker(_ key: String) -> LoadMarker? {
        (try? folder(making: false)).map { LoadMarker(of: name(key), in: $0) }
    }

    private func folder(making: Bool) throws(FileError) -> OwnFolder {
        let folder = making ? try OwnFolder.making(base) : try OwnFolder(base)
        return if let part { try folder.folder(part, making: making) } else { folder }
    }

    /// The file of `key`, for a test to damage.
    package func path(_ key: String) -> String {
        ([base] + (part.map { [$0] } ?? []) + [name(key)]).joined(separator: "/")
    }

    private func name(_ key: String) -> String {
        let name = String(Self.fingerprint(Array(key.utf8)), radix: 16)
        return "\(String(repeating: "0", count: 16 - name.count))\(name).\(suffix)"
    }

    private static let magic: UInt64 = 0x3130_6E69_6263_6A6E  // "njcbin01"
    private static let headerSize = 32

    /// FNV-1a, 64 bits. It finds accidents and nothing else: an attacker who can write these files can write a
    /// fingerprint that fits. What keeps attackers out is who may write the files and their folder.
    static func fingerprint(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
