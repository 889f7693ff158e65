import Foundation
import TestSupport
import Testing

/// What drivers do to open files, and `.icd` files that name no driver: standard output has only what Nightjar says,
/// Nightjar's files stay open, and the machine's own driver works on.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DriverFileTests {
    private static func ids(_ ended: Binary.Ended) throws -> [String] {
        (try #require(try ended.json() as? [[String: Any]], "\(ended)")).compactMap { $0["id"] as? String }
    }

    /// A driver that prints wherever it is called, by the stream and by the descriptor.
    @Test func aDriverThatPrintsDoesNotReachStandardOutput() async throws {
        let noise = #"printf("noise\n"); fflush(stdout); (void)!write(1, "noise\n", 6);"#
        let lines = ["LOAD", "PLATFORMS", "DEVICES", "INFORMATION", "CONTEXT", "BUILD"].map { "#define \($0) \(noise)" }
        let driver = try await SharedObject("libloud.so", FakeDriver.source([:], lines))
        let variables = try DriverFolder.environment(driver.folder, [("a-loud.icd", driver.path + "\n")])
        let devices = try await Binary.run(["devices", "--json"], environment: variables)
        #expect(devices.code == 0, "\(devices)")
        #expect(try Self.ids(devices) == ["cpu", "opencl:0.0", "opencl:1.0"])
        #expect(devices.err.contains("noise\n"), "it is not lost: \(devices)")
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl:1.0"], input: DriverFolder.input, environment: variables)
        #expect(hash.code == 0 && hash.out == DriverFolder.digest + "\n", "\(hash)")
        let bench = try await Binary.run(
            ["bench", "-a", "cn-pico", "--device", "opencl:1.0", "--hashes", "4", "--json"], environment: variables)
        let object = try bench.json() as? [String: Any]
        #expect(bench.code == 0 && object?["results"] != nil, "\(bench)")
        let mine = try await Binary.run(
            ["mine", "--sandbox", "-a", "cn-pico", "--max-shares", "1", "--log", "json"], environment: variables)
        #expect(mine.code == 0, "\(mine)")
        #expect(try mine.events().last?["event"] as? String == "summary")
        // Standard error may be closed.
        let silent = try await Binary.run(
            ["devices", "--json"], shell: #"exec "$0" "$@" 2>&-"#, environment: variables)
        #expect(silent.code == 0, "\(silent)")
        #expect(try Self.ids(silent).first == "cpu", "it is JSON: \(silent)")
    }

    @Test(arguments: [FakeDriver.Place.load, .platforms, .devices, .information])
    func aDriverThatClosesOurFilesIsLeftOut(_ place: FakeDriver.Place) async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source(.close, at: place))
        let variables = try DriverFolder.environment(driver.folder, [("a-bad.icd", driver.path + "\n")])
        let line = "OpenCL driver a-bad.icd (\(driver.path)) is left out: it closes open files that are not its own"
        let devices = try await Binary.run(["devices", "--json"], environment: variables)
        #expect(devices.code == 0 && devices.err == "warning: \(line)\n", "\(devices)")
        #expect(try Self.ids(devices) == ["cpu", "opencl:0.0"])
        guard place == .load else { return }
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input, environment: variables)
        #expect(hash.code == 0 && hash.lines == [DriverFolder.digest], "\(hash)")
        let mine = try await Binary.run(
            ["mine", "--sandbox", "-a", "cn-pico", "--max-shares", "1", "--log", "json"], environment: variables)
        #expect(mine.code == 0, "\(mine)")
        let summary = try #require(try mine.events().last)
        #expect(summary["event"] as? String == "summary" && summary["unaccounted"] as? Int == 0, "\(summary)")
    }

    /// One that opens a file of its own in place of another's.
    @Test func aDriverThatReplacesOurFilesIsLeftOut() async throws {
        let replace = #"dup2(open("/", 0), 64);"#
        let driver = try await SharedObject(
            "libbad.so", FakeDriver.source([:], ["#include <fcntl.h>", "#define LOAD \(replace)"]))
        let variables = try DriverFolder.environment(driver.folder, [("a-bad.icd", driver.path + "\n")])
        let devices = try await Binary.run(["devices", "--json"], environment: variables)
        #expect(devices.code == 0 && devices.err.contains("it closes open files that are not its own"), "\(devices)")
    }

    @Test(arguments: [FakeDriver.Place.context, .build])
    func aCompilerThatClosesOurFilesIsNotUsed(_ place: FakeDriver.Place) async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source(.close, at: place))
        let variables = try DriverFolder.environment(driver.folder, [("a-bad.icd", driver.path + "\n")])
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl:0.0"], input: DriverFolder.input, environment: variables)
        let words = "its OpenCL driver \(driver.path) closes open files that are not its own"
        #expect(hash.code == 1 && !hash.wasKilled && hash.err.contains(words), "\(hash)")
    }

    @Test func filesThatNameNoDriverAreSaidAndHarmNothing() async throws {
        let object = try await SharedObject("unused.so", "int nothing;")
        let folder = object.folder
        try Data("not a library".utf8).write(to: URL(fileURLWithPath: folder + "/text.so"))
        try Data().write(to: URL(fileURLWithPath: folder + "/empty.so"))
        let variables = try DriverFolder.environment(
            folder,
            [
                ("a.icd", folder + "/text.so\n"), ("b.icd", folder + "/empty.so"), ("c.icd", folder + "\n"),
                ("d.icd", ""), ("e.icd", "\n\n"), ("f.icd", folder + "/missing.so\n"), ("g.icd", object.path + "\n"),
            ])
        let vendors = try #require(variables["OCL_ICD_VENDORS"])
        try FileManager.default.createDirectory(atPath: vendors + "/h.icd", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: vendors + "/i.icd", withDestinationPath: "/nonexistent")
        #expect(mkfifo(vendors + "/j.icd", 0o600) == 0)

        func left(_ name: String, _ reason: String) -> String { "OpenCL driver \(name) is left out: \(reason)" }
        let expected = [
            left("d.icd", "its file names no library"), left("e.icd", "its file names no library"),
            left("h.icd", "it is a directory, not a file"),
            left("i.icd", "its file cannot be read: No such file or directory"), left("j.icd", "it is no regular file"),
            left("a.icd (\(folder)/text.so)", "it cannot be loaded: file too short"),
            left("b.icd (\(folder)/empty.so)", "it cannot be loaded: file too short"),
            left("c.icd (\(folder))", "it cannot be loaded: cannot read file data: Is a directory"),
            left(
                "f.icd (\(folder)/missing.so)",
                "it cannot be loaded: cannot open shared object file: No such file or directory"),
            left("g.icd (\(object.path))", "the library is no OpenCL driver"),
        ]
        let devices = try await Binary.run(["devices", "--json"], environment: variables)
        #expect(devices.code == 0 && devices.err == expected.map { "warning: \($0)\n" }.joined(), "\(devices)")
        #expect(try Self.ids(devices) == ["cpu", "opencl:0.0"])
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input, environment: variables)
        #expect(hash.code == 0 && hash.lines == [DriverFolder.digest], "\(hash)")
        let mine = try await Binary.run(
            ["mine", "--sandbox", "-a", "cn-pico", "--max-shares", "1"], environment: variables)
        #expect(mine.code == 0 && expected.allSatisfy { mine.out.contains($0) }, "\(mine)")
    }

    @Test func withoutAnySoundDriverTheErrorSaysWhy() async throws {
        let object = try await SharedObject("unused.so", "int nothing;")
        let variables = try DriverFolder.environment(object.folder, [("a.icd", "")], alone: true)
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input,
            environment: variables)
        #expect(hash.code == 1 && hash.err.contains("there is no device opencl"), "\(hash)")
        #expect(hash.err.contains("a.icd is left out: its file names no library"), "\(hash)")
    }
}
