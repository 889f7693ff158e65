import Foundation

/// A file that is not as it should be, for every place that opens one: what lies at a path, and whether a careful
/// reader may use it.
package struct HostileFile: Sendable, CustomStringConvertible {
    /// What lies at the path.
    package enum Kind: Sendable {
        case pipe, socket, folder, device
        /// A link to a path that does not exist.
        case danglingLink
        /// A link to a good file elsewhere.
        case linkToFile
        /// Another name of a good file elsewhere.
        case hardLink
        case linkLoop
        case linkToFolder
        case file([UInt8], mode: mode_t, owner: uid_t?)
    }

    package let description: String
    package let kind: Kind
    /// Whether the contents are those of the good file.
    package let isGood: Bool

    /// What other users may do with a file; 0 for other kinds.
    package var othersMay: mode_t {
        guard case .file(_, let mode, nil) = kind else { return 0 }
        return mode & 0o077
    }

    package var isRegular: Bool { if case .file = kind { true } else { false } }
    package var isOthers: Bool { if case .file(_, _, .some) = kind { true } else { false } }

    /// The hostile files for one place: at least 100, with or without root's rights.
    ///
    /// - Parameters:
    ///   - good: a file that the reader takes.
    ///   - header: how many bytes of it are cut at each length.
    package static func all(good: [UInt8], header: Int, _ generator: inout SeededGenerator) -> [HostileFile] {
        var all = [
            HostileFile("a pipe", .pipe), HostileFile("a socket", .socket), HostileFile("a folder", .folder),
            HostileFile("a dangling link", .danglingLink), HostileFile("a link", .linkToFile),
            HostileFile("a hard link", .hardLink), HostileFile("a link to itself", .linkLoop),
            HostileFile("a link to a folder", .linkToFolder),
        ]
        // Every combination of what the group and others may do.
        all += (0..<64).map { bits in
            let mode = 0o600 | mode_t(bits)
            return HostileFile("mode \(String(mode, radix: 8))", .file(good, mode: mode, owner: nil), isGood: true)
        }
        if geteuid() == 0 {
            all.append(HostileFile("a device", .device))
            all += [0o600, 0o644, 0o666].map { mode in
                HostileFile("another user's, mode \(String(mode, radix: 8))", .file(good, mode: mode, owner: 1000))
            }
        }
        func bad(_ name: String, _ contents: [UInt8]) {
            all.append(HostileFile(name, .file(contents, mode: 0o600, owner: nil)))
        }
        for length in 0..<min(header, good.count) { bad("cut to \(length) bytes", Array(good.prefix(length))) }
        for number in 0..<16 { bad("random \(number)", generator.bytes(Int.random(in: 1...600, using: &generator))) }
        for number in 0..<16 where !good.isEmpty {
            var changed = good
            changed[Int.random(in: 0..<min(good.count, 64), using: &generator)] ^= 1 << UInt8(number % 8)
            bad("changed \(number)", changed)
        }
        // Lengths that a header declares: at every multiple of 8, a number that no file has.
        for at in stride(from: 0, to: min(header, good.count - 8), by: 8) {
            var huge = good
            huge.replaceSubrange(at..<(at + 8), with: [UInt8](repeating: 0xFF, count: 8))
            bad("a huge number at \(at)", huge)
        }
        bad("zeros", [UInt8](repeating: 0, count: 4096))
        bad("no UTF-8", [0xC3, 0x28, 0xFF, 0xFE, 0x80, 0xED, 0xA0, 0x80])
        bad("10 MiB", [UInt8](repeating: 0x41, count: 10 << 20))
        return all
    }

    private struct CannotPlant: Error, CustomStringConvertible { let description: String }

    private init(_ description: String, _ kind: Kind, isGood: Bool = false) {
        self.description = description
        self.kind = kind
        self.isGood = isGood
    }

    /// Puts it at `path`, where nothing is.
    ///
    /// - Parameter outside: where the links lead.
    package func plant(at path: String, outside: Outside) throws {
        let result =
            switch kind {
            case .pipe: mkfifo(path, 0o600)
            case .socket: mknod(path, S_IFSOCK | 0o600, 0)
            case .folder: mkdir(path, 0o700)
            // The null device.
            case .device: mknod(path, S_IFCHR | 0o600, 0x103)
            case .danglingLink: symlink(outside.path + "/missing", path)
            case .linkToFile: symlink(outside.file, path)
            case .hardLink: link(outside.file, path)
            case .linkLoop: symlink(path, path)
            case .linkToFolder: symlink(outside.path, path)
            case .file(let contents, let mode, let owner): Self.write(contents, mode, owner, to: path)
            }
        guard result == 0 else { throw CannotPlant(description: "\(description) at \(path): errno \(errno)") }
    }

    /// - Returns: 0, or -1.
    private static func write(_ contents: [UInt8], _ mode: mode_t, _ owner: uid_t?, to path: String) -> Int32 {
        guard FileManager.default.createFile(atPath: path, contents: Data(contents)) else { return -1 }
        if let owner, chown(path, owner, owner) != 0 { return -1 }
        return chmod(path, mode)
    }

    /// A folder elsewhere with a good file, to which links lead. Nothing in it may change.
    package final class Outside: Sendable {
        package let path: String
        package var file: String { path + "/victim" }
        private let contents: [UInt8]

        /// - Parameter path: where to make the folder.
        package init(_ path: String, contents: [UInt8]) throws {
            self.path = path
            self.contents = contents
            guard mkdir(path, 0o755) == 0, HostileFile.write(contents, 0o644, nil, to: path + "/victim") == 0 else {
                throw CannotPlant(description: "\(path): errno \(errno)")
            }
        }

        /// Whether the folder and its file are as they were made.
        package var isUntouched: Bool {
            (try? FileManager.default.contentsOfDirectory(atPath: path)) == ["victim"] && permissions(path) == 0o755
                && permissions(file) == 0o644 && FileManager.default.contents(atPath: file) == Data(contents)
        }
    }
}

/// What the system says about the permissions of a file, without following links; `nil` when there is none.
package func permissions(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
}
