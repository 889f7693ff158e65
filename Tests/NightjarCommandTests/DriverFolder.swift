import Foundation

/// What the tests of OpenCL drivers have in common.
enum DriverFolder {
    /// A line for `hash -a cn-pico`, and the digest that every sound device gives.
    static let input = [UInt8](String(repeating: "00", count: 76).utf8)
    static let digest = "812a30be0b5ef66b43c18977c441544dc6167d90f51fa674e0c776c39ff18b70"

    /// The environment in which the loader finds the `.icd` files and, unless they are to be alone, the machine's own
    /// behind them. What drivers compile is kept in `folder`, too.
    static func environment(
        _ folder: String, _ files: [(name: String, text: String)], alone: Bool = false
    ) throws -> [String: String] {
        let vendors = folder + "/vendors"
        try FileManager.default.createDirectory(atPath: vendors, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(vendors)/\(name)"))
        }
        for icd in alone ? [] : try FileManager.default.contentsOfDirectory(atPath: "/etc/OpenCL/vendors") {
            try FileManager.default.copyItem(atPath: "/etc/OpenCL/vendors/\(icd)", toPath: "\(vendors)/z-\(icd)")
        }
        return ["OCL_ICD_VENDORS": vendors, "XDG_CACHE_HOME": folder + "/cache"]
    }
}
