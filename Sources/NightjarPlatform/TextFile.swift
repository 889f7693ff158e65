import Glibc

/// Small text files of `/proc` and `/sys`.
package enum TextFile {
    /// The file's text without the last newline, at most 1 MiB; `nil` when it can't be read.
    package static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes a setting that the program can do without: a thread's name. Swift's Glibc module has no call for it.
    static func write(_ text: String, to path: String) {
        guard let file = fopen(path, "we") else { return }
        fputs(text, file)
        fclose(file)
    }

    package static func integer(_ path: String) -> Int? { read(path).flatMap { Int($0) } }
}
