import Glibc
import NightjarPlatform
import Synchronization

/// Where OpenCL's drivers keep the programs that they compile.
///
/// Drivers have caches of their own below the user's folders or in `/tmp`. They load machine code from there and do not
/// look at the folder's owner: root with another user's `HOME`, or a service without one, would run that user's code.
/// So they are told to use a folder of ours, which is held to the rules of ``OwnFolder``. Where there is none, they get
/// a new one, which is removed at the end.
///
/// Drivers are told by environment variables, which no thread may read meanwhile: the program sets them in its first
/// lines. A library leaves its process's environment alone.
package enum DriverCaches {
    /// The variables of PoCL, NVIDIA's driver, Mesa's, Intel's and AMD's, each with the name of a folder in ours.
    private static let variables = [
        ("POCL_CACHE_DIR", "pocl"), ("CUDA_CACHE_PATH", "nvidia"), ("MESA_SHADER_CACHE_DIR", "mesa"),
        ("MESA_GLSL_CACHE_DIR", "mesa"), ("NEO_CACHE_DIR", "intel"), ("cl_cache_dir", "intel"),
        ("AMD_COMGR_CACHE_DIR", "amd"),
    ]

    private struct State {
        var folder: String?
        var isTemporary = false
        /// A line for each folder of the user's that is not used.
        var faults: [String] = []
    }

    private static let state = Locked(State())

    static var faults: [String] { state.withLock { $0.faults } }

    /// Sets the variables. One that the user has set stays, if its folder is held to the same rules.
    package static func confine() {
        let own = UserFolders.cache().map { $0 + "/nightjar/drivers" }.flatMap { OwnFolder.fault($0) == nil ? $0 : nil }
        let folder = own ?? temporary()
        var faults: [String] = []
        for (name, part) in variables {
            if let value = UserFolders.variable(name) {
                guard let fault = Self.fault(value) else { continue }
                faults.append("\(name) is not used: \(printable(fault, limit: 512))")
            }
            // Below a device no folder can be made.
            setenv(name, folder.map { "\($0)/\(part)" } ?? "/dev/null/none", 1)
        }
        state.withLock { $0 = State(folder: folder, isTemporary: own == nil, faults: faults) }
    }

    /// Makes the folders, because not all drivers do. Called before the loader loads the drivers.
    static func make() {
        guard let path = state.withLock({ $0.folder }), let folder = try? OwnFolder.making(path) else { return }
        // Drivers may make folders in it that others may write. So only the user may get into it.
        folder.makePrivate()
        for (_, part) in variables { _ = try? folder.folder(part, making: true) }
    }

    /// Removes the folder, if it is a temporary one. The drivers are not used after this.
    package static func remove() {
        guard let folder = state.withLock({ $0.isTemporary ? $0.folder : nil }) else { return }
        remove(folder)
    }

    private static func remove(_ path: String) {
        // A link is removed, and not followed.
        guard unlink(path) != 0, errno == EISDIR, let listing = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(listing) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                        String(cString: $0)
                    }
                })
        }
        closedir(listing)
        for name in names where name != "." && name != ".." { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// Why a folder that the user named is not used; `nil` when it is.
    private static func fault(_ path: String) -> String? {
        // Drivers resolve a relative path where they stand.
        guard path.hasPrefix("/") else { return "\(path) is not an absolute path" }
        return OwnFolder.fault(path).map { "\($0)" }
    }

    private static func temporary() -> String? {
        var template = Array("\(UserFolders.temporary)/nightjar-caches-XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
    }
}
