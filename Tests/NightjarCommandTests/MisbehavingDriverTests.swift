import Foundation
import TestSupport
import Testing

/// Drivers that crash, hang or end the process, wherever they are called before they compute: the others work, and the
/// user reads which driver it was and what it did.
@Suite(.serialized, .timeLimit(.minutes(15))) struct MisbehavingDriverTests {
    /// The environment in which the loader finds the driver, and behind it the machine's own.
    private static func environment(_ drivers: SharedObject..., alone: Bool = false) throws -> [String: String] {
        let files = drivers.enumerated().map { (name: "\($0)-bad.icd", text: $1.path + "\n") }
        return try DriverFolder.environment(drivers[0].folder, files, alone: alone)
    }

    /// The objects of `devices --json`: devices by their names, and faults.
    private static func list(
        _ variables: [String: String]
    ) async throws -> (devices: [String: [String: Any]], faults: [String]) {
        let ended = try await Binary.run(["devices", "--json"], environment: variables)
        #expect(ended.code == 0, "\(ended)")
        let objects = try #require(try ended.json() as? [[String: Any]], "\(ended)")
        let faults = objects.compactMap { $0["fault"] as? String }
        #expect(ended.err == faults.map { "warning: \($0)\n" }.joined(), "the same on standard error")
        let devices = objects.compactMap { object in (object["id"] as? String).map { ($0, object) } }
        return (Dictionary(devices) { first, _ in first }, faults)
    }

    private static func words(_ fault: FakeDriver.Fault) -> String {
        switch fault {
        case .crash: "crashes the process that asks it (signal 11, "
        case .abort: "crashes the process that asks it (signal 6, "
        case .hang, .spin: "does not answer: a process that asked it was still waiting after "
        case .exit: "ends the process that asks it (exit code 0)"
        case .close: "closes open files that are not its own"
        }
    }

    /// Drivers that hang, all at once: programs wait some ten seconds for each, and need no processor meanwhile.
    private static func atOnce(
        _ places: [FakeDriver.Place],
        _ check: @escaping @Sendable (FakeDriver.Place, FakeDriver.Fault) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in places { group.addTask { try await check(place, .hang) } }
            try await group.waitForAll()
        }
    }

    @Test func driversThatHangWhenDevicesAreListed() async throws {
        try await Self.atOnce([.load, .platforms, .devices, .information], Self.failsWhenDevicesAreListed)
    }

    private static let faults: [(FakeDriver.Place, FakeDriver.Fault)] = [
        (.load, .crash), (.load, .abort), (.load, .exit), (.platforms, .crash), (.devices, .crash), (.devices, .spin),
        (.devices, .exit), (.information, .crash),
    ]

    @Test(arguments: faults)
    func aDriverThatFailsWhenDevicesAreListed(_ place: FakeDriver.Place, _ fault: FakeDriver.Fault) async throws {
        try await Self.failsWhenDevicesAreListed(place, fault)
    }

    private static func failsWhenDevicesAreListed(
        _ place: FakeDriver.Place, _ fault: FakeDriver.Fault
    ) async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source(fault, at: place))
        let variables = try Self.environment(driver)
        let (devices, faults) = try await Self.list(variables)
        #expect(devices.keys.sorted() == ["cpu", "opencl:0.0"])
        let line = "OpenCL driver 0-bad.icd (\(driver.path)) is left out: it \(Self.words(fault))"
        #expect(faults.count == 1 && faults[0].hasPrefix(line), "\(faults)")
        // A hang costs its seconds each time.
        guard fault == .crash else { return }
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input, environment: variables)
        #expect(
            hash.code == 0 && hash.lines == [DriverFolder.digest] && hash.err.hasPrefix("warning: \(line)"), "\(hash)")
        let bench = try await Binary.run(
            ["bench", "-a", "cn-pico", "--hashes", "4"], environment: variables)
        #expect(bench.code == 0 && bench.lines.count == 2 && bench.err.hasPrefix("warning: \(line)"), "\(bench)")
        let mine = try await Binary.run(
            ["mine", "--sandbox", "-a", "cn-pico", "--max-shares", "1"], environment: variables)
        #expect(mine.code == 0 && mine.out.contains("warning: \(line)"), "\(mine)")
    }

    @Test func whereItIsTheOnlyDriverTheErrorSaysWhy() async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source(.crash, at: .platforms))
        let variables = try Self.environment(driver, alone: true)
        for command in [["hash"], ["bench"], ["selftest"], ["mine", "--sandbox"]] {
            let ended = try await Binary.run(
                command + ["-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input, environment: variables)
            let words =
                "error: there is no device opencl; there is cpu; OpenCL driver 0-bad.icd (\(driver.path)) is left out"
            #expect(ended.code == 1 && ended.err.hasPrefix(words), "\(ended)")
        }
    }

    @Test func driversThatHangWhenTheyCompile() async throws {
        try await Self.atOnce([.context, .build], Self.failsWhenItCompiles)
    }

    @Test(arguments: [FakeDriver.Place.context, .build], [FakeDriver.Fault.crash, .abort, .exit])
    func aDriverThatFailsWhenItCompiles(_ place: FakeDriver.Place, _ fault: FakeDriver.Fault) async throws {
        try await Self.failsWhenItCompiles(place, fault)
    }

    private static func failsWhenItCompiles(_ place: FakeDriver.Place, _ fault: FakeDriver.Fault) async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source(fault, at: place))
        let variables = try Self.environment(driver)
        let (devices, faults) = try await Self.list(variables)
        #expect(devices.keys.sorted() == ["cpu", "opencl:0.0", "opencl:1.0"] && faults == [])
        let reason = "the compiler of its OpenCL driver \(driver.path) \(Self.words(fault))"
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl:0.0"], input: DriverFolder.input, environment: variables)
        #expect(
            hash.code == 1 && !hash.wasKilled && hash.err.contains("error: line 1: opencl:0.0: \(reason)"), "\(hash)")
        let bench = try await Binary.run(
            ["bench", "-a", "cn-pico", "--hashes", "4", "--json"], environment: variables)
        let results = try #require((try bench.json() as? [String: Any])?["results"] as? [[String: Any]], "\(bench)")
        #expect(bench.code == 1 && results.map { $0["verified"] as? Bool } == [true, false, true], "\(bench)")
        #expect((results[1]["error"] as? String)?.hasPrefix(reason) == true, "\(bench)")
        let mine = try await Binary.run(
            ["mine", "--sandbox", "-a", "cn-pico", "--max-shares", "1"], environment: variables)
        #expect(mine.code == 0, "\(mine)")
    }

    /// A child ends with the program, however that ends.
    @Test func noChildOutlivesTheProgram() async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source(.hang, at: .load))
        var variables = try Self.environment(driver, alone: true)
        func children() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
                func has(_ file: String, _ text: String) -> Bool {
                    guard let bytes = FileManager.default.contents(atPath: "/proc/\(name)/\(file)") else {
                        return false
                    }
                    return String(decoding: bytes, as: UTF8.self).contains(text)
                }
                return Int(name) != nil && has("cmdline", "--probe-opencl-drivers") && has("environ", driver.folder)
            }.count
        }
        let run = try Binary(["devices"], environment: variables)
        try await eventually("a child") { try children() > 0 }
        run.send(SIGKILL)
        try await eventually("its end") { try children() == 0 }
        // One whose parent has ended before it could ask for its own end: it ends at once, and does not hang.
        variables["NIGHTJAR_CHILD_OF"] = "1"
        let late = try await Binary.run(["--probe-opencl-drivers"], environment: variables)
        #expect(late.code == 1 && !late.wasKilled, "\(late)")
    }

    @Test func aProgramIsTriedOnce() async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source())
        let trace = driver.folder + "/trace"
        var variables = try Self.environment(driver, alone: true)
        variables["NIGHTJAR_TEST_TRACE"] = trace
        func builds() async throws -> [String] {
            try? FileManager.default.removeItem(atPath: trace)
            let hash = try await Binary.run(
                ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input, environment: variables)
            #expect(hash.code == 1 && hash.err.contains("clCreateKernel"), "\(hash)")
            return try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        // The child that lists, the program itself, then a child for the smallest program and one for the first kernels:
        // each builds and loads. Then the program loads the kernels.
        let child = ["loaded", "source", "binary"]
        #expect(try await builds() == ["loaded", "loaded"] + child + child + ["binary"])
        #expect(try await builds() == ["loaded", "loaded", "binary"], "it is on disk")
    }

    @Test func aBinaryOverWhichTheDriverCrashesIsNotKept() async throws {
        let driver = try await SharedObject("libbad.so", FakeDriver.source(.crash, at: .binary))
        let variables = try Self.environment(driver, alone: true)
        for _ in 0..<2 {
            let hash = try await Binary.run(
                ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input, environment: variables)
            #expect(hash.code == 1 && !hash.wasKilled && hash.err.contains("clCreateKernel"), "built: \(hash)")
        }
    }

    /// What a driver answers, by the number of the query, and what is said of the card then; `nil` where all is well.
    private static let lies: [(answer: [String: String], words: String?)] = [
        (["0x102B": "static char n[1 << 20]; memset(n, 'a', sizeof n - 1); TEXT(n)"], nil),
        (["0x102B": #"TEXT("\033[2J\r\nA \001card")"#], nil), (["0x102B": #"TEXT("")"#], nil),
        (["0x102B": "SIZE(0)"], nil), (["0x1038": "NUMBER(uint32_t, 0)"], nil),
        (["0x1038": "NUMBER(uint32_t, ~0u)"], nil), (["0x1004": "NUMBER(uint64_t, ~0ull)"], nil),
        (["0x1010": "NUMBER(uint64_t, ~0ull)"], nil), (["0x100D": "NUMBER(uint32_t, 32)"], nil),
        (["0x1010": "NUMBER(uint64_t, 200 << 20)"], nil), (["0x1000": "NUMBER(uint64_t, 0)"], nil),
        (["0x1002": "NUMBER(uint32_t, 0)"], "its driver claims 0 compute units"),
        (["0x1002": "NUMBER(uint32_t, ~0u)"], "its driver claims 4294967295 compute units"),
        (["0x101F": "NUMBER(uint64_t, 0)"], "its driver claims 0 bytes of memory"),
        (["0x101F": "NUMBER(uint64_t, ~0ull)"], "its driver claims 18446744073709551615 bytes of memory"),
        (["0x1010": "NUMBER(uint64_t, 0)"], "its driver claims no buffer in its memory"),
        (["0x1004": "NUMBER(uint64_t, 0)"], "its driver claims work-groups of no work-item"),
        (["0x100D": "NUMBER(uint32_t, 7)"], "its driver claims addresses of 7 bits"),
        (["0x1027": "NUMBER(uint32_t, 0)"], "its driver says that it is not available now"),
        (["0x1028": "NUMBER(uint32_t, 0)"], "its driver has no compiler"),
        (["0x1026": "NUMBER(uint32_t, 0)"], "the device is big-endian"),
    ]

    @Test(arguments: lies.indices) func aDriverThatLies(_ index: Int) async throws {
        let (answer, words) = Self.lies[index]
        let driver = try await SharedObject("libbad.so", FakeDriver.source(answer))
        let variables = try Self.environment(driver)
        let (devices, faults) = try await Self.list(variables)
        #expect(devices.keys.sorted() == ["cpu", "opencl:0.0", "opencl:1.0"], "\(devices)")
        let card = try #require(devices["opencl:0.0"])
        #expect(card["unusable"] as? String == words, "\(card)")
        let name = try #require(card["name"] as? String)
        #expect((1...300).contains(name.utf8.count) && !name.contains { $0.isNewline || $0 == "\u{1B}" })
        #expect(faults == (words.map { ["opencl:0.0 (\(name)) is left out: \($0)"] } ?? []))
        let text = try await Binary.run(["devices"], environment: variables)
        #expect(text.code == 0 && words.map { text.out.contains("    cannot be used: \($0)\n") } ?? true, "\(text)")
        guard let words else { return }
        let named = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl:0.0"], input: DriverFolder.input, environment: variables)
        #expect(named.code == 64 && named.err.contains("cn-pico does not run on opencl:0.0: \(words)"), "\(named)")
    }

    /// `opencl` means the devices that can work.
    @Test func aDriverThatLiesIsPassedOver() async throws {
        let (answer, words) = try #require(Self.lies.first { $0.1 != nil })
        let driver = try await SharedObject("libbad.so", FakeDriver.source(answer))
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", "opencl"], input: DriverFolder.input,
            environment: try Self.environment(driver))
        #expect(hash.code == 0 && hash.lines == [DriverFolder.digest], "\(words ?? ""): \(hash)")
    }

    @Test(arguments: [
        (
            FakeDriver.source(["0x102B": "SIZE((size_t)-9)"]),
            "opencl:0.0: clGetDeviceInfo: the driver says that its answer has"
        ),
        (FakeDriver.source(["0x101F": "return -5"]), "opencl:0.0: clGetDeviceInfo: CL_OUT_OF_RESOURCES (-5)"),
        (
            FakeDriver.source([:], ["#define COUNT 4000000000u"]),
            "clGetDeviceIDs: the driver says that it has 4000000000 devices"
        ),
        (FakeDriver.source([:], ["#define DEVICES return -6;"]), "clGetDeviceIDs: CL_OUT_OF_HOST_MEMORY (-6)"),
    ]) func aDriverWhoseCardCannotBeListed(_ source: String, _ words: String) async throws {
        let driver = try await SharedObject("libbad.so", source)
        let (devices, faults) = try await Self.list(try Self.environment(driver))
        // The loader may list first what has no card.
        #expect(devices.count == 2 && devices["cpu"] != nil, "\(devices)")
        #expect(faults.count == 1 && faults[0].contains(words), "\(faults)")
    }

    @Test func aCardOfTwoDriversIsListedOnce() async throws {
        func card(_ platform: String, _ answer: [String: String]) async throws -> SharedObject {
            try await SharedObject(
                "lib\(platform).so", FakeDriver.source(answer, [#"#define PLATFORM "\#(platform)""#]))
        }
        // By NVIDIA's extension, by the common one, by AMD's, and another card.
        let nvidia = ["0x4008": "NUMBER(uint32_t, 5)", "0x4009": "NUMBER(uint32_t, 8)"]
        let common = ["0x410F": "static uint32_t n[4] = {0, 5, 1, 0}; return answer(n, 16, size, value, actual)"]
        let amd = [
            "0x4037": "static uint8_t n[24] = {1}; n[21] = 5; n[22] = 1; return answer(n, 24, size, value, actual)"
        ]
        let other = ["0x4008": "NUMBER(uint32_t, 6)", "0x4009": "NUMBER(uint32_t, 8)"]
        var drivers: [SharedObject] = []
        for (index, answer) in [nvidia, common, amd, other].enumerated() {
            drivers.append(try await card("Fake\(index)", answer))
        }
        let variables = try Self.environment(drivers[0], drivers[1], drivers[2], drivers[3], alone: true)
        let (devices, faults) = try await Self.list(variables)
        // In whatever order the loader lists them.
        let platforms = devices.mapValues { $0["platform"] as? String ?? "" }
        let other3 = try #require(platforms.first { $0.value == "Fake3" }?.key)
        let first = try #require(platforms.keys.first { $0 != "cpu" && $0 != other3 })
        #expect(devices.count == 3, "\(devices)")
        let ending = " (A card) is left out: it is the same card as \(first), by another driver"
        #expect(faults.count == 2 && faults.allSatisfy { $0.hasSuffix(ending) }, "\(faults)")
        // A user may choose the other driver.
        let named = try #require(faults.first?.prefix { $0 != " " })
        let hash = try await Binary.run(
            ["hash", "-a", "cn-pico", "--device", String(named)], input: DriverFolder.input, environment: variables)
        #expect(hash.code == 1 && hash.err.contains("\(named): clCreateKernel"), "\(hash)")
    }

    @Test func aDriverThatIsInstalledTwiceIsListedOnce() async throws {
        // By another path, the loader takes it for another driver.
        let first = try await SharedObject("libfake.so", FakeDriver.source())
        let second = try await SharedObject("libfake.so", FakeDriver.source())
        let (devices, faults) = try await Self.list(try Self.environment(first, second, first))
        #expect(devices.count == 3, "the CPU, the card, and the machine's own: \(devices)")
        let words = " (A card) is left out: it is the same card as "
        #expect(faults.count == 1 && faults.first?.contains(words) == true, "\(faults)")
    }

    /// In a mount namespace of its own. Where the system allows none, what must hold holds all the same.
    @Test func withoutSysTheProgramWorks() async throws {
        let shell = #"""
            hide='mount -t tmpfs none /sys && exec "$0" "$@"'
            unshare -m true 2>/dev/null && exec unshare -m sh -c "$hide" "$0" "$@"
            unshare -rm true 2>/dev/null && exec unshare -rm sh -c "$hide" "$0" "$@"
            exec "$0" "$@"
            """#
        let devices = try await Binary.run(["devices"], shell: shell)
        #expect(devices.code == 0 && devices.out.hasPrefix("cpu "), "\(devices)")
        let hash = try await Binary.run(["hash", "-a", "cn-pico"], input: DriverFolder.input, shell: shell)
        #expect(hash.code == 0 && hash.lines == [DriverFolder.digest], "\(hash)")
        let bench = try await Binary.run(["bench", "-a", "cn-pico", "--hashes", "4"], shell: shell)
        #expect(bench.code == 0 && bench.out.hasPrefix("cn-pico on cpu: "), "\(bench)")
    }
}
