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

    package var description: String { name == library ? name : "\(name) (\(library))" }

    /// Those of this machine, in the order of their names: where loaders look, with the variables that they heed.
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
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".icd") { names.append(name) }
        }
        return names.sorted().compactMap { file("\(folder)/\($0)") }
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

/// A folder of drivers' files for the loader to look into, removed with the object.
final class DriverFolder {
    let path: String
    private let files: [String]

    /// - Returns: `nil` when it can't be made.
    init?(_ drivers: [OpenCLDriver]) {
        let place = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(place)/nightjar-drivers-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let path = made else { return nil }
        self.path = path
        // Numbered, for two may have one name.
        files = drivers.indices.map { "\(path)/\($0 < 10 ? "0" : "")\($0).icd" }
        for (file, driver) in zip(files, drivers) {
            let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            let line = Array((driver.library + "\n").utf8)
            guard descriptor >= 0, write(descriptor, line, line.count) == line.count, close(descriptor) == 0 else {
                return nil
            }
        }
    }

    deinit {
        for file in files { unlink(file) }
        rmdir(path)
    }
}
