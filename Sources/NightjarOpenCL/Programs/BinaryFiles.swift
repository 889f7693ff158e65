import Glibc
import NightjarPlatform

/// Files in a directory, by key: binaries of programs, and settings. A file that cannot be read counts as absent, and
/// one that cannot be written is left out.
///
/// A file is: magic, key length, binary length, checksum of the binary (8 bytes each, little-endian), key, binary. It
/// has the whole key, because two keys may have the same file name.
package struct BinaryFiles: Sendable {
    package let directory: String
    /// The ending of the files' names, without the dot.
    private let suffix: String

    package init(directory: String, suffix: String = "clbin") {
        self.directory = directory
        self.suffix = suffix
    }

    /// `$XDG_CACHE_HOME/nightjar` or `~/.cache/nightjar`; `nil` when no home directory is known.
    package static var defaultDirectory: String? { UserFolders.cache().map { $0 + "/nightjar" } }

    /// The binary that was written for `key`; `nil` when there is none, or it is damaged.
    package func read(_ key: String) -> [UInt8]? {
        guard let bytes = Self.contents(path(key)), bytes.count >= Self.headerSize else { return nil }
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
        guard (try? UserFolders.make(directory)) != nil else { return false }
        let key = (text: key, bytes: Array(key.utf8))
        var bytes: [UInt8] = []
        for word in [Self.magic, UInt64(key.bytes.count), UInt64(binary.count), Self.fingerprint(binary)] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += key.bytes
        bytes += binary
        var temporary = Array((directory + "/.new-XXXXXX").utf8CString)
        let file = mkstemp(&temporary)
        guard file >= 0 else { return false }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { unistdWrite(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            written += count
        }
        let closed = close(file) == 0
        guard written == bytes.count, closed, rename(temporary, path(key.text)) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }

    /// Deletes the oldest files, down to `count`.
    package func prune(to count: Int) {
        guard let listing = opendir(directory) else { return }
        defer { closedir(listing) }
        var files: [(written: timespec, path: String)] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            var status = stat()
            guard name.hasSuffix(".\(suffix)"), stat("\(directory)/\(name)", &status) == 0 else { continue }
            files.append((Self.written(status), "\(directory)/\(name)"))
        }
        guard files.count > count else { return }
        files.sort { ($0.written.tv_sec, $0.written.tv_nsec) < ($1.written.tv_sec, $1.written.tv_nsec) }
        for file in files.dropLast(count) { unlink(file.path) }
    }

    private static func written(_ status: stat) -> timespec {
        status.st_mtim
    }

    /// The file of `key`, for a test to damage.
    package func path(_ key: String) -> String {
        let name = String(Self.fingerprint(Array(key.utf8)), radix: 16)
        return "\(directory)/\(String(repeating: "0", count: 16 - name.count))\(name).\(suffix)"
    }

    private static let magic: UInt64 = 0x3130_6E69_6263_6A6E  // "njcbin01"
    private static let headerSize = 32
    /// In bytes. No program is nearly as large.
    private static let largest = 1 << 28

    /// FNV-1a, 64 bits. It finds accidents. An attacker who can change these files can change this program too.
    static func fingerprint(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func contents(_ path: String) -> [UInt8]? {
        // O_NONBLOCK: if the path is a pipe, open() must not wait for a writer.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest else {
            return nil
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unistdRead(file, &chunk, chunk.count)
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}

// The methods above are called read and write, too.
private func unistdRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(file, bytes, count)
}
private func unistdWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
