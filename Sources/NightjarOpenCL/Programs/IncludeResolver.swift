/// Makes one text of a kernel and the files that it includes.
///
/// OpenCL's include paths are directories, and a library with embedded sources has none. The sources have real
/// `#include "…"` lines, so that a C compiler can check them. The resolver replaces each such line by the file, the
/// first time that the file is included, between `#line` markers. So the driver's messages name the real file and line.
///
/// It looks for a quoted path beside the including file, then from the root, as a compiler with `-I .` would. It does
/// not evaluate conditions: an `#include` must stand outside of every `#if` but the file's include guard.
package struct IncludeResolver: Sendable {
    /// Texts by path from the root.
    package let files: [String: String]

    package init(files: [String: String]) { self.files = files }

    /// The text of `path` with all includes flattened.
    ///
    /// - Throws: ``IncludeError`` when a file is not there.
    package func flatten(_ path: String) throws(IncludeError) -> String {
        guard files[path] != nil else { throw IncludeError(path: path, includer: nil) }
        var seen: Set<String> = []
        var output = ""
        try append(path, to: &output, seen: &seen)
        return output
    }

    private func append(_ path: String, to output: inout String, seen: inout Set<String>) throws(IncludeError) {
        seen.insert(path)
        output += "#line 1 \"\(path)\"\n"
        let lines = (files[path] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let wanted = Self.includedPath(line) {
                guard let found = find(wanted, from: path) else {
                    throw IncludeError(path: wanted, includer: (path, index + 1))
                }
                if !seen.contains(found) { try append(found, to: &output, seen: &seen) }
                output += "#line \(index + 2) \"\(path)\"\n"
            } else {
                output += line
                output += "\n"
            }
        }
    }

    private func find(_ wanted: String, from includer: String) -> String? {
        let directory = includer.split(separator: "/").dropLast()
        let beside = (directory + wanted.split(separator: "/")).joined(separator: "/")
        return [beside, wanted].first { files[$0] != nil }
    }

    /// The path in `#include "path"`; `nil` for every other line, includes in angle brackets among them.
    private static func includedPath(_ line: Substring) -> String? {
        var rest = line.drop { $0 == " " || $0 == "\t" }
        guard rest.first == "#" else { return nil }
        rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
        guard rest.hasPrefix("include") else { return nil }
        rest = rest.dropFirst("include".count).drop { $0 == " " || $0 == "\t" }
        guard rest.first == "\"" else { return nil }
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return String(rest[..<end])
    }
}
