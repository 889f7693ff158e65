import Foundation
import NightjarCore
import NightjarOpenCL
import NightjarPlatform
import TestSupport
import Testing

/// Compiled programs and tuned settings that another user could have written.
@Suite("Files that others could have written", .serialized, .timeLimit(.minutes(10)))
struct HostileCacheTests {
    /// A cache's folder, removed at the end.
    final class Scratch {
        let root = NSTemporaryDirectory() + "nightjar-cache-\(UUID().uuidString)"
        var path: String { root + "/nightjar" }
        init() throws { try UserFolders.make(root) }
        deinit { try? FileManager.default.removeItem(atPath: root) }
    }

    /// Plants each hostile file at `path`, and checks that it is used only when it is the good one and nobody else
    /// could have written it, and that the next write puts a good one in its place.
    static func tryAll(
        at path: String, in scratch: Scratch, read: () -> Bool, write: () -> Bool
    ) throws {
        #expect(write() && read())
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let outside = try HostileFile.Outside(scratch.root + "/outside", contents: good)
        var generator = SeededGenerator(seed: 1)
        let all = HostileFile.all(good: good, header: 32, &generator)
        #expect(all.count >= 100)
        var used = 0
        for hostile in all {
            try FileManager.default.removeItem(atPath: path)
            try hostile.plant(at: path, outside: outside)
            let mayUse = hostile.isGood && hostile.othersMay & 0o022 == 0
            #expect(read() == mayUse, "\(hostile)")
            used += mayUse ? 1 : 0
            if case .folder = hostile.kind { #expect(!write()) } else { #expect(write() && read(), "\(hostile)") }
            #expect(outside.isUntouched, "\(hostile)")
        }
        #expect(used == 16, "the modes in which others may at most read")
    }

    @Test("Programs: at least 100 hostile files")
    func programs() throws {
        let scratch = try Scratch()
        for part in [nil, "latest"] {
            let files = BinaryFiles(directory: scratch.path, part: part)
            try Self.tryAll(at: files.path("key"), in: try Scratch()) {
                files.read("key") == [1, 2, 3]
            } write: {
                files.write([1, 2, 3], for: "key")
            }
        }
    }

    @Test("Tuned settings: at least 100 hostile files")
    func tuning() throws {
        let scratch = try Scratch()
        let device = try Fixture.device()
        let files = TuningFiles(directory: scratch.path)
        let settings = TuningSettings(["batch": 4])
        try Self.tryAll(at: files.path(.cn2, device), in: scratch) {
            files.read(.cn2, device)?.0 == settings
        } write: {
            files.write(settings, explanation: "tuned", .cn2, device)
        }
    }

    @Test("A program in a folder or a file that others may write is not loaded, and is built from source")
    func replacedObject() throws {
        let device = try Fixture.device()
        let scratch = try Scratch()
        let source = "__kernel void six(__global uint *out) { out[get_global_id(0)] = 6; }\n"
        let options = "-cl-std=CL1.2"
        let output = KernelParameter<Buffer>("out")
        func isBuilt(_ keep: ProgramCache.Keeping = .forGood) throws -> Bool {
            let driver = FaultyDriver()
            let context = try Context(device, calls: driver.calls)
            let cache = ProgramCache(context, directory: scratch.path)
            _ = try Kernel(
                cache.program(source: source, options: options, keep: keep), KernelSignature("six", output))
            #expect(
                (driver.counts["clCreateProgramWithBinary"] ?? 0) + (driver.counts["clCreateProgramWithSource"] ?? 0)
                    == 1)
            return driver.counts["clCreateProgramWithSource"] == 1
        }
        let files = BinaryFiles(directory: scratch.path)
        let path = files.path(ProgramCache.key(device, source: source, options: options))
        #expect(try isBuilt())
        #expect(try !isBuilt(), "from disk")
        // The folder.
        for mode: mode_t in [0o770, 0o702, 0o1777] {
            chmod(scratch.path, mode)
            #expect(try isBuilt() && isBuilt(.amongLatest), "mode \(String(mode, radix: 8))")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 1, "nothing is written")
            let words =
                "compiled programs and tuned settings on disk are not used: \(scratch.path): other users may write it"
            #expect(OpenCLBackend(cacheDirectory: scratch.path).faults == [words])
        }
        chmod(scratch.path, 0o700)
        #expect(try !isBuilt() && OpenCLBackend(cacheDirectory: scratch.path).faults.isEmpty)
        // A folder in it.
        #expect(try isBuilt(.amongLatest) && !isBuilt(.amongLatest))
        chmod(scratch.path + "/latest", 0o770)
        #expect(try isBuilt(.amongLatest) && isBuilt(.amongLatest) && !isBuilt())
        #expect(
            OpenCLBackend(cacheDirectory: scratch.path).faults.map { $0.hasSuffix("/latest: other users may write it") }
                == [true])
        chmod(scratch.path + "/latest", 0o700)
        // The file.
        chmod(path, 0o620)
        #expect(try isBuilt() && !isBuilt() && permissions(path) == 0o600, "replaced")
        // Not of the first build: some compilers' programs differ from build to build.
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        rename(path, scratch.root + "/elsewhere")
        symlink(scratch.root + "/elsewhere", path)
        #expect(try isBuilt() && !isBuilt(), "a link")
        link(path, scratch.root + "/name")
        #expect(try isBuilt() && !isBuilt(), "a hard link")
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.root + "/elsewhere")) == before)
        guard geteuid() == 0 else { return }
        chown(path, 1000, 1000)
        #expect(try isBuilt() && !isBuilt(), "another user's")
        // Root with a user's HOME.
        chown(scratch.path, 1000, 1000)
        #expect(try isBuilt() && isBuilt())
        #expect(
            OpenCLBackend(cacheDirectory: scratch.path).faults.map {
                $0.hasSuffix("it belongs to another user (uid 1000)")
            }
                == [true])
        chown(scratch.root, 1000, 1000)
        try FileManager.default.removeItem(atPath: scratch.path)
        #expect(try isBuilt() && isBuilt())
        #expect(permissions(scratch.path) == nil, "nothing is made in another user's folder")
    }
}
