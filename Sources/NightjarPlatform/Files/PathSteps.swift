import Glibc

/// The folders and links through which a path leads. A user who can change one of them decides what lies at the path.
///
/// They are looked at by name, from the root on. While none so far can be changed by others, what the next name leads
/// to cannot be changed either. So a path without a fault stays as it was found.
package struct PathSteps: Sendable {
    struct Step: Sendable {
        let path: String
        let status: FileStatus

        /// Why others decide where the path leads; `nil` when they do not.
        ///
        /// - Parameters:
        ///   - trustsRootsGroups: whether a group that root lets write a folder of root's counts as root.
        ///   - owner: a user who may decide it, too.
        func fault(trustsRootsGroups: Bool = false, owner: uid_t? = nil) -> FileError? {
            guard status.isFolder || status.isLink else { return nil }
            if !status.isOursOrRoots, status.owner != owner {
                return FileError(path, status.isLink ? .isLinkOf(status.owner) : .belongsTo(status.owner))
            }
            guard status.isFolder, status.othersMayReplaceFiles else { return nil }
            return trustsRootsGroups && status.isRootsForAGroup ? nil : FileError(path, .othersMayWrite)
        }
    }

    /// From the root on. The last is what the path leads to, unless ``gap`` says otherwise.
    private(set) var all: [Step] = []
    /// Why the path leads nowhere; `nil` when it does not.
    private(set) var gap: FileError.Reason?
    /// Whether a link of the kernel's, such as those in `/proc/self/fd`, leads to something that a process has open,
    /// whatever its path.
    private(set) var endsInOpenFile = false

    /// - Parameter path: a relative one starts at the working directory.
    init(_ path: some StringProtocol) {
        var start = ""
        if !path.hasPrefix("/") {
            var text = [CChar](repeating: 0, count: Int(PATH_MAX))
            guard getcwd(&text, text.count) != nil else {
                gap = .system(errno)
                return
            }
            start = Self.text(text.prefix { $0 != 0 }) + "/"
        }
        /// The names that are left; the next one is the last.
        var names = Array((start + path).split(separator: "/").map(String.init).reversed())
        var (here, links) = ("/", 0)
        guard add("/") != nil else { return }
        while let name = names.popLast() {
            if name == "." { continue }
            if name == ".." {
                here = Self.folder(of: here)
                continue
            }
            let next = here == "/" ? "/" + name : "\(here)/\(name)"
            guard let status = add(next) else { return }
            guard status.isLink else {
                here = next
                continue
            }
            if here.hasPrefix("/proc/") {
                all.removeLast()
                endsInOpenFile = true
                return
            }
            var text = [CChar](repeating: 0, count: Int(PATH_MAX))
            let length = readlink(next, &text, text.count)
            links += 1
            guard length > 0, links <= 40 else {
                gap = .system(length > 0 ? ELOOP : errno)
                return
            }
            let target = Self.text(text[..<length])
            names += target.split(separator: "/").map(String.init).reversed()
            if target.hasPrefix("/") { here = "/" }
        }
    }

    /// The first step that others can change.
    func fault(trustsRootsGroups: Bool = false, owner: uid_t? = nil) -> FileError? {
        for step in all {
            if let fault = step.fault(trustsRootsGroups: trustsRootsGroups, owner: owner) { return fault }
        }
        return nil
    }

    /// Whether the path exists, and only the user and root can change where it leads.
    package static func areOurs(_ path: String) -> Bool {
        do { try check(path, of: path) } catch { return false }
        return true
    }

    /// Checks every step of a path.
    ///
    /// - Parameter file: what is named in the error when the path leads nowhere.
    static func check(_ path: String, of file: String, trustsRootsGroups: Bool = false) throws(FileError) {
        let steps = PathSteps(path)
        if let fault = steps.fault(trustsRootsGroups: trustsRootsGroups) { throw fault }
        if let gap = steps.gap { throw FileError(file, gap) }
        if steps.endsInOpenFile { throw FileError(file, .isSymbolicLink) }
    }

    /// The folder of a file, as far as the path says.
    package static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// - Returns: `nil` when there is nothing.
    private mutating func add(_ path: String) -> FileStatus? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            gap = .system(errno)
            return nil
        }
        all.append(Step(path: path, status: FileStatus(status)))
        return FileStatus(status)
    }

    private static func text(_ bytes: ArraySlice<CChar>) -> String {
        String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
