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

    /// The drivers of this machine, and what is wrong with other `.icd` files.
    package struct Found: Sendable, Hashable {
        /// In the order of their names.
        package var drivers: [OpenCLDriver] = []
        /// A line for each `.icd` file that names no library, with the reason.
        package var faults: [String] = []
    }

    /// Looks for drivers where loaders look, and reads the environment variables that loaders read.
    package static func find(
        variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) -> Found {
        func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        let standard = value("OPENCL_VENDOR_PATH") ?? "/etc/OpenCL/vendors"
        guard let chosen = value("OCL_ICD_VENDORS") else { return files(in: standard) }
        // A path where nothing is means no driver: users switch OpenCL off so.
        if chosen.contains("/"), kind(chosen) == nil { return Found() }
        if kind(chosen) == S_IFDIR { return files(in: chosen) }
        guard chosen.hasSuffix(".icd") else {
            return Found(drivers: [OpenCLDriver(name: chosen, library: chosen)])
        }
        let paths = chosen.contains("/") ? [chosen] : ["\(standard)/\(chosen)", chosen]
        return read(paths.filter { kind($0) != nil }.prefix(1))
    }

    private static func files(in folder: String) -> Found {
        read(FolderListing.names(folder).filter { $0.hasSuffix(".icd") }.map { "\(folder)/\($0)" })
    }

    private static func read(_ paths: some Sequence<String>) -> Found {
        var found = Found()
        for path in paths {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            do throws(FileFault) {
                found.drivers.append(OpenCLDriver(name: name, library: try library(path)))
            } catch {
                found.faults.append("OpenCL driver \(printable(name, limit: 512)) is left out: \(error.words)")
            }
        }
        return found
    }

    private struct FileFault: Error {
        let words: String
    }

    /// The library that an `.icd` file names.
    private static func library(_ path: String) throws(FileFault) -> String {
        guard let kind = kind(path) else { throw FileFault(words: "its file cannot be read: \(errorText(errno))") }
        if kind == S_IFDIR { throw FileFault(words: "it is a directory, not a file") }
        // Opening a pipe would wait for its writer.
        guard kind == S_IFREG else { throw FileFault(words: "it is no regular file") }
        guard let text = TextFile.read(path) else {
            throw FileFault(words: "its file cannot be read: \(errorText(errno))")
        }
        guard let line = text.split(whereSeparator: \.isNewline).first else {
            throw FileFault(words: "its file names no library")
        }
        return String(line)
    }

    /// One of the `S_IF` constants; `nil` where there is no file, and `errno` says why.
    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// A line that says why the library cannot be loaded, or that it is no driver; `nil` when it can be one. Asked after
    /// the loader has tried it.
    var loadFault: String? {
        // Some loaders close libraries without a platform, which is no fault. The library stays open here, because drivers
        // leave threads behind.
        guard let opened = dlopen(library, RTLD_LAZY) else {
            let words = dlerror().map { String(cString: $0) } ?? "dlopen failed"
            let start = library + ": "
            let reason = words.hasPrefix(start) ? String(words.dropFirst(start.count)) : words
            return "OpenCL driver \(description) is left out: it cannot be loaded: \(printable(reason, limit: 512))"
        }
        // Every loader asks for this function.
        guard dlsym(opened, "clGetExtensionFunctionAddress") == nil else { return nil }
        return "OpenCL driver \(description) is left out: the library is no OpenCL driver"
    }
}
