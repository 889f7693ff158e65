import Glibc
import NightjarPlatform

/// A temporary folder of `.icd` files, in which the loader looks for drivers. It is removed with the object.
final class DriverFolder {
    let path: String
    /// Tells the loader to look for drivers in it.
    var variable: (name: String, value: String) { ("OCL_ICD_VENDORS", path) }
    private let files: [String]

    /// - Returns: `nil` when the folder or a file cannot be written.
    init?(_ drivers: [OpenCLDriver]) {
        guard let path = UserFolders.makeTemporary("nightjar-drivers") else { return nil }
        self.path = path
        // Files are numbered, because two drivers may have the same name.
        files = drivers.indices.map { "\(path)/\($0 < 10 ? "0" : "")\($0).icd" }
        for (file, driver) in zip(files, drivers) {
            let line = Array((driver.library + "\n").utf8)
            guard let new = try? OwnFile(file, .driverList, for: .creating),
                line.withUnsafeBytes({ writeAll($0, to: new.descriptor) }) == 0
            else { return nil }
        }
    }

    deinit {
        for file in files { unlink(file) }
        rmdir(path)
    }
}
