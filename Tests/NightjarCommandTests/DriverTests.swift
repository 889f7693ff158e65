import Foundation
import TestSupport
import Testing

/// Drivers that crash or hang as soon as they are loaded, and loaders that do: with the CPU alone none is touched,
/// otherwise they are left out by name and the rest works.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DriverTests {
    /// Leaves a trace before it crashes: in a child process, a crash alone would go unseen.
    private static let crash = """
        #include <stdio.h>
        #include <stdlib.h>
        __attribute__((constructor)) static void loaded(void)
        {
            const char *trace = getenv("NIGHTJAR_TEST_TRACE");
            FILE *file = trace ? fopen(trace, "w") : NULL;
            if (file) fclose(file);
            abort();
        }
        """
    private static let hang = """
        #include <unistd.h>
        __attribute__((constructor)) static void loaded(void) { for (;;) pause(); }
        """

    /// The environment in which the loader finds a bad driver and, if wanted, the machine's own.
    private static func environment(_ driver: SharedObject, alone: Bool) throws -> [String: String] {
        let vendors = driver.folder + "/vendors"
        try FileManager.default.createDirectory(atPath: vendors, withIntermediateDirectories: true)
        try Data((driver.path + "\n").utf8).write(to: URL(fileURLWithPath: vendors + "/a-bad.icd"))
        for icd in alone ? [] : try FileManager.default.contentsOfDirectory(atPath: "/etc/OpenCL/vendors") {
            try FileManager.default.copyItem(atPath: "/etc/OpenCL/vendors/\(icd)", toPath: "\(vendors)/\(icd)")
        }
        return ["OCL_ICD_VENDORS": vendors]
    }

    @Test func withTheCPUAloneNoDriverIsLoaded() async throws {
        let driver = try await SharedObject("libbad.so", Self.crash)
        let trace = driver.folder + "/trace"
        var variables = try Self.environment(driver, alone: true)
        variables["NIGHTJAR_TEST_TRACE"] = trace
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "cpu"], input: DriverFolder.input, environment: variables)
        #expect(hash.code == 0 && hash.lines.count == 1, "\(hash)")
        let bench = try await Binary.run(
            ["bench", "-a", "cn-pico", "--device", "cpu", "--hashes", "4", "--json"], environment: variables)
        #expect(bench.code == 0, "\(bench)")
        let selftest = try await Binary.run(["selftest", "-a", "cn-pico", "--device", "cpu"], environment: variables)
        #expect(selftest.code == 0, "\(selftest)")
        let mine = try await Binary.run(
            ["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "--max-shares", "1"], environment: variables)
        #expect(mine.code == 0, "\(mine)")
        #expect(!(hash.err + bench.err + selftest.err + mine.err).contains("OpenCL"))
        #expect(!FileManager.default.fileExists(atPath: trace), "the driver was loaded")
        // The trap works: where OpenCL is wanted, it closes.
        _ = try await Binary.run(["devices"], environment: variables)
        #expect(FileManager.default.fileExists(atPath: trace))
    }

    /// The loader itself stays closed.
    @Test func withTheCPUAloneTheLoaderIsNotOpened() async throws {
        let loader = try await SharedObject("libOpenCL.so.1", Self.crash)
        let trace = loader.folder + "/trace"
        let variables = ["LD_LIBRARY_PATH": loader.folder, "NIGHTJAR_TEST_TRACE": trace]
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "cpu"], input: DriverFolder.input, environment: variables)
        #expect(hash.code == 0 && hash.err.isEmpty, "\(hash)")
        let algorithms = try await Binary.run(["algorithms"], environment: variables)
        #expect(algorithms.code == 0 && algorithms.err.isEmpty, "\(algorithms)")
        #expect(!FileManager.default.fileExists(atPath: trace), "the loader was opened")
        // Where it is wanted, it is found out in a child.
        let devices = try await Binary.run(["devices", "--json"], environment: variables)
        #expect(devices.code == 0, "\(devices)")
        #expect(try (devices.json() as? [[String: Any]])?.compactMap { $0["id"] as? String } == ["cpu"])
        #expect(devices.err.hasPrefix("warning: OpenCL is not used: its loader crashes"), "\(devices.err)")
        #expect(FileManager.default.fileExists(atPath: trace))
    }

    @Test func aLoaderThatIsNoneIsSaidAndHarmsNothing() async throws {
        let object = try await SharedObject("unused.so", "int nothing;")
        try Data("not a library".utf8).write(to: URL(fileURLWithPath: object.folder + "/libOpenCL.so.1"))
        let devices = try await Binary.run(["devices", "--json"], environment: ["LD_LIBRARY_PATH": object.folder])
        #expect(devices.code == 0, "\(devices)")
        #expect(try (devices.json() as? [[String: Any]])?.compactMap { $0["id"] as? String } == ["cpu"])
        #expect(devices.err.contains("the OpenCL loader cannot be opened: "), "\(devices.err)")
    }

    @Test func aDriverThatCrashesIsLeftOutByName() async throws {
        let driver = try await SharedObject("libbad.so", Self.crash)
        let variables = try Self.environment(driver, alone: false)
        let healthy = try await Binary.run(["devices", "--json"])
        #expect(healthy.code == 0 && healthy.err.isEmpty, "\(healthy)")
        let devices = try await Binary.run(["devices", "--json"], environment: variables)
        #expect(devices.code == 0 && devices.out.hasPrefix(healthy.out.dropLast(2)), "the fault comes last: \(devices)")
        let lines = devices.err.split(separator: "\n")
        #expect(lines.count == 1, "\(devices.err)")
        #expect(devices.err.hasPrefix("warning: OpenCL driver a-bad.icd (\(driver.path)) is left out: it crashes"))
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input, environment: variables)
        #expect(hash.code == 0 && hash.lines.count == 1, "\(hash)")
    }

    @Test func aDriverThatHangsIsLeftOutByName() async throws {
        let driver = try await SharedObject("libbad.so", Self.hang)
        let variables = try Self.environment(driver, alone: true)
        let devices = try await Binary.run(["devices"], environment: variables)
        #expect(devices.code == 0 && devices.out.hasPrefix("cpu "), "\(devices)")
        #expect(devices.err.contains("a-bad.icd (\(driver.path)) is left out: it does not answer"), "\(devices.err)")
        let mine = try await Binary.run(["mine", "--sandbox", "--device", "opencl"], environment: variables)
        #expect(mine.code == 1 && mine.err.contains("error: "), "\(mine)")
    }

    private static func files(below folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).sorted()
    }

    @Test func driversKeepTheirProgramsInAFolderOfOurs() async throws {
        let cache = NSTemporaryDirectory() + "nightjar-cache-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input,
            environment: ["XDG_CACHE_HOME": cache, "HOME": cache])
        #expect(hash.code == 0 && hash.err == "", "\(hash)")
        #expect(permissions(cache + "/nightjar/drivers") == 0o700)
        #expect(!Self.files(below: cache + "/nightjar/drivers/pocl").isEmpty, "PoCL's")
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == ["nightjar"], "and nowhere else")
    }

    /// Otherwise the driver would load machine code from there that the other user has written.
    @Test func noDriverUsesAFolderThatOthersMayWrite() async throws {
        let root = NSTemporaryDirectory() + "nightjar-home-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let (home, temporary, theirs) = (root + "/home", root + "/tmp", root + "/pocl")
        for folder in [home, temporary, theirs] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        chmod(theirs, 0o777)
        if geteuid() == 0 { chown(home, 1000, 1000) } else { chmod(home, 0o777) }
        let run = ["hash", "-a", "cn-pico", "--device", "opencl"]
        for (variables, unset) in [
            (["HOME": home], "XDG_CACHE_HOME"), (["XDG_CACHE_HOME": home], "HOME"),
            (["HOME": home + "/missing"], "XDG_CACHE_HOME"),
        ] {
            let hash = try await Binary.run(
                run, input: DriverFolder.input, shell: #"unset \#(unset); exec "$0" "$@""#,
                environment: variables.merging(["TMPDIR": temporary, "POCL_CACHE_DIR": theirs]) { $1 })
            #expect(hash.code == 0 && hash.lines.count == 1, "\(hash)")
            for folder in [home, temporary, theirs] { #expect(Self.files(below: folder) == [], "\(folder)") }
        }
        let words = "warning: POCL_CACHE_DIR is not used: \(theirs): other users may write it\n"
        for command in [["devices"], run] {
            let ended = try await Binary.run(
                command, input: DriverFolder.input, environment: ["POCL_CACHE_DIR": theirs])
            #expect(ended.code == 0 && ended.err == words && Self.files(below: theirs) == [], "\(ended)")
        }
        // One of the user's own stays.
        chmod(theirs, 0o700)
        let hash = try await Binary.run(run, input: DriverFolder.input, environment: ["POCL_CACHE_DIR": theirs])
        #expect(hash.code == 0 && hash.err == "", "\(hash)")
        #expect(!Self.files(below: theirs).isEmpty)
    }

    /// Half of a program, with a checksum that fits: PoCL ends the process that loads it.
    @Test func aProgramThatEndsTheProcessIsLoadedOnce() async throws {
        let cache = NSTemporaryDirectory() + "nightjar-cache-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: cache) }
        func hash() async throws -> Binary.Ended {
            try await Binary.run(
                ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input,
                environment: ["XDG_CACHE_HOME": cache])
        }
        let first = try await hash()
        #expect(first.code == 0, "\(first)")
        let folder = cache + "/nightjar"
        /// Their contents by their names.
        func programs() throws -> [String: Data] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "drivers" }
            return try Dictionary(
                uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) })
        }
        let good = try programs()
        #expect(!good.isEmpty && good.keys.allSatisfy { $0.hasSuffix(".clbin") })
        for (name, file) in good {
            let (header, body) = (file.prefix(32), file.dropFirst(32))
            let keySize = header.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) }
            let half = body.dropFirst(keySize).prefix((body.count - keySize) / 2)
            let checksum = half.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            var bad = header.prefix(16)
            for word in [UInt64(half.count), checksum] {
                withUnsafeBytes(of: word.littleEndian) { bad.append(contentsOf: $0) }
            }
            bad += body.prefix(keySize) + half
            try bad.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        // Each start throws one away; a driver that refuses them by an error costs no start.
        var starts = 0
        var ended = try await hash()
        while ended.wasKilled, starts < good.count {
            starts += 1
            ended = try await hash()
        }
        #expect(ended.code == 0 && ended.out == first.out, "\(ended)")
        #expect(try programs().keys == good.keys, "good ones take their places")
        #expect(try await hash().out == first.out)
    }

    /// Neither the program nor what it loads at its start knows OpenCL.
    @Test func nothingIsLinkedAgainstOpenCL() throws {
        // The name that it opens at run time is there once; a linker would have written it down a second time.
        let program = try Data(contentsOf: URL(fileURLWithPath: Binary.path()), options: .alwaysMapped)
        let name = Data("libOpenCL.so.1\0".utf8)
        let first = try #require(program.range(of: name))
        #expect(program.range(of: name, in: first.upperBound..<program.endIndex) == nil)
    }
}
