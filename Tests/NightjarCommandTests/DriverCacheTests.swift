import Foundation
import TestSupport
import Testing

/// The folder in which OpenCL drivers keep their programs, when another user could have put files into it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DriverCacheTests {
    private static let run = ["hash", "-a", "cn-pico", "--device", "opencl"]
    private static let input = [UInt8](String(repeating: "00", count: 76).utf8)

    /// A user's cache, removed at the end.
    private final class Cache {
        let path = NSTemporaryDirectory() + "nightjar-cache-\(UUID().uuidString)"
        var drivers: String { path + "/nightjar/drivers" }
        var environment: [String: String] { ["XDG_CACHE_HOME": path, "HOME": path] }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// Everything that lies in the drivers' folder, with its time.
        func contents(of folder: String? = nil) throws -> [String: Date] {
            let folder = folder ?? drivers
            var found: [String: Date] = [:]
            for name in FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? [] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                found[name] = attributes[.modificationDate] as? Date
            }
            return found
        }

        /// One of the programs that PoCL loads as code.
        func object() throws -> String {
            let names = try contents().keys.filter { $0.hasSuffix(".so") }.sorted()
            return try drivers + "/" + #require(names.first, "PoCL's")
        }
    }

    private func hash(_ environment: [String: String], shell: String? = nil) async throws -> Binary.Ended {
        try await Binary.run(Self.run, input: Self.input, shell: shell, environment: environment)
    }

    /// Also with a umask that lets other users write new files.
    @Test func whatADriverMakesIsUsedAtTheNextStart() async throws {
        let cache = Cache()
        for _ in 1...2 {
            let ended = try await hash(cache.environment, shell: #"umask 0; exec "$0" "$@""#)
            #expect(ended.code == 0 && ended.err == "", "\(ended)")
        }
        _ = try cache.object()
        #expect(permissions(cache.drivers) == 0o700)
    }

    /// Each fault is said once, and the driver uses nothing of the folder.
    @Test func aFolderInWhichAnotherUserCouldHaveWrittenIsNotUsed() async throws {
        let cache = Cache()
        let first = try await hash(cache.environment)
        #expect(first.code == 0 && first.err == "", "\(first)")
        let object = try cache.object()
        let inside = URL(fileURLWithPath: object).deletingLastPathComponent().path
        // A change that spoils the folder, one that undoes it, and the words of the warning.
        var cases: [(String, (() -> Void), (() -> Void), String)] = [
            (
                "the mode of a folder that was open for a while", { chmod(cache.drivers, 0o755) },
                { chmod(cache.drivers, 0o700) }, "\(cache.drivers): its mode is not 0700"
            ),
            (
                "a file", { chmod(object, 0o666) }, { chmod(object, 0o700) }, "\(object): other users may write it"
            ),
            (
                "a folder in it", { chmod(inside, 0o777) }, { chmod(inside, 0o700) },
                "\(inside): other users may write it"
            ),
            (
                "a link", { symlink("/tmp", cache.drivers + "/pocl/link") }, { unlink(cache.drivers + "/pocl/link") },
                "\(cache.drivers)/pocl/link: it is a symbolic link"
            ),
            (
                "a second name", { link(object, cache.path + "/name") }, { unlink(cache.path + "/name") },
                "\(object): it has another hard link"
            ),
        ]
        if geteuid() == 0 {
            for (name, path) in [("another user's file", object), ("another user's folder", inside)] {
                cases.append(
                    (
                        name, { chown(path, 65534, 65534) }, { chown(path, 0, 0) },
                        "\(path): it belongs to another user (uid 65534)"
                    ))
            }
        }
        for (name, spoil, mend, words) in cases {
            spoil()
            let before = try cache.contents()
            for command in [["devices"], Self.run] {
                let ended = try await Binary.run(command, input: Self.input, environment: cache.environment)
                #expect(ended.code == 0, "\(name): \(ended)")
                let said = ended.err.split(separator: "\n").filter { $0.contains("what OpenCL drivers compiled") }
                if command == ["devices"] {
                    #expect(said.count == 1 && ended.err.contains(words), "\(name): \(ended.err)")
                    #expect(ended.err.hasSuffix("; delete \(cache.drivers)\n"), "\(name): \(ended.err)")
                } else {
                    #expect(ended.out == first.out, "\(name): \(ended)")
                }
            }
            #expect(try cache.contents() == before, "\(name): nothing is written into it")
            mend()
        }
        let last = try await Binary.run(["devices"], environment: cache.environment)
        #expect(last.code == 0 && last.err == "", "\(last)")
    }

    /// A folder that the user chose may be read by others; what it holds must be the user's.
    @Test func theUsersOwnFolderIsLookedThroughToo() async throws {
        let cache = Cache()
        let own = cache.path + "/own"
        try FileManager.default.createDirectory(atPath: own + "/inner", withIntermediateDirectories: true)
        let environment = cache.environment.merging(["POCL_CACHE_DIR": own]) { $1 }
        chmod(own + "/inner", 0o777)
        let devices = try await Binary.run(["devices"], environment: environment)
        let words = "warning: POCL_CACHE_DIR is not used: \(own)/inner: other users may write it\n"
        #expect(devices.code == 0 && devices.err == words, "\(devices)")
        #expect(try await hash(environment).code == 0)
        #expect(try cache.contents(of: own).keys.sorted() == ["inner"], "nothing is written into it")
        chmod(own + "/inner", 0o755)
        let ended = try await hash(environment)
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(try cache.contents(of: own).count > 1)
    }
}
