import Glibc
import NightjarPlatform
import Synchronization

/// Where OpenCL's drivers keep the programs that they compile.
///
/// Drivers have caches of their own below the user's folders or in `/tmp`. They load machine code from there and do not
/// look at the folder's owner: root with another user's `HOME`, or a service without one, would run that user's code.
/// So they are told to use a folder of ours, which is held to the rules of ``OwnFolder``. It must have been private when
/// it is found, and all that it holds must be the user's own: drivers load any of its files. Otherwise they get a new
/// folder, which is removed at the end.
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
        // Where the umask lets the group write new files, what a driver makes now would not be used at the next start.
        umask(umask(0o077) | 0o022)
        var faults: [String] = []
        let own = Self.own(&faults)
        let folder = own ?? UserFolders.makeTemporary("nightjar-caches")
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
        for part in Set(variables.map { $0.1 }).sorted() {
            do { _ = try folder.folder(part, making: true) } catch {
                let fault = "OpenCL drivers keep no programs in \(printable("\(error)", limit: 512))"
                state.withLock { $0.faults.append(fault) }
            }
        }
    }

    /// Our folder in the user's; `nil` when there is none that may be used.
    private static func own(_ faults: inout [String]) -> String? {
        // A fault of the folder above is said with those of compiled programs.
        guard let cache = UserFolders.cache().map({ $0 + "/nightjar" }), OwnFolder.fault(cache) == nil else {
            return nil
        }
        let path = cache + "/drivers"
        guard let fault = faultOfContents(path, mustBePrivate: true) else { return path }
        faults.append(
            "what OpenCL drivers compiled earlier is not used: \(printable("\(fault)", limit: 512)); "
                + "delete \(printable(path, limit: 512))")
        return nil
    }

    /// Why the folder and what it holds are not used; `nil` when they are, or when there is none.
    private static func faultOfContents(_ path: String, mustBePrivate: Bool) -> FileError? {
        do {
            let folder = try OwnFolder(path)
            if mustBePrivate, !folder.isPrivate { return FileError(path, .isNotPrivate) }
            return folder.faultBelow()
        } catch { return error.isAbsent ? nil : error }
    }

    /// Removes the folder, if it is a temporary one. The drivers are not used after this.
    package static func remove() {
        guard let folder = state.withLock({ $0.isTemporary ? $0.folder : nil }) else { return }
        remove(folder)
    }

    private static func remove(_ path: String) {
        // A link is removed, and not followed.
        guard unlink(path) != 0, errno == EISDIR else { return }
        for name in FolderListing.names(path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// Why a folder that the user named is not used; `nil` when it is.
    private static func fault(_ path: String) -> String? {
        // Drivers resolve a relative path where they stand.
        guard path.hasPrefix("/") else { return "\(path) is not an absolute path" }
        return faultOfContents(path, mustBePrivate: false).map { "\($0)" }
    }
}
