import Glibc
import NightjarPlatform

/// A driver that the OpenCL loader would load: an `.icd` file, whose first line names a shared library.
package struct OpenCLDriver: Sendable, Hashable, CustomStringConvertible {
    /// The file's name, without its folder.
    package let name: String
    /// The first line.
    package let library: String

    package init(name: String, library: String) {
        self.name = name
        self.library = library
    }

    package var description: String {
        printable(name == library ? name : "\(name) (\(library))", limit: 512)
    }

    /// The drivers of this machine, in the order of their names. Looks where loaders look, and reads the environment
    /// variables that loaders read.
    package static func all(
        variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) -> [OpenCLDriver] {
        func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        let standard = value("OPENCL_VENDOR_PATH") ?? "/etc/OpenCL/vendors"
        guard let chosen = value("OCL_ICD_VENDORS") else { return files(in: standard) }
        if isDirectory(chosen) { return files(in: chosen) }
        guard chosen.hasSuffix(".icd") else { return [OpenCLDriver(name: chosen, library: chosen)] }
        let paths = chosen.contains("/") ? [chosen] : ["\(standard)/\(chosen)", chosen]
        return paths.lazy.compactMap(file).prefix(1).map { $0 }
    }

    private static func files(in folder: String) -> [OpenCLDriver] {
        FolderListing.names(folder).filter { $0.hasSuffix(".icd") }.compactMap { file("\(folder)/\($0)") }
    }

    private static func file(_ path: String) -> OpenCLDriver? {
        guard let line = TextFile.read(path)?.split(whereSeparator: \.isNewline).first else { return nil }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return OpenCLDriver(name: name, library: String(line))
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
