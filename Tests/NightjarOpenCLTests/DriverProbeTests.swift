import Foundation
import NightjarOpenCL
import Testing

/// Drivers are tried in child processes. Here a child is a shell that crashes or hangs when it finds a certain file.
@Suite("Drivers are tried before they are loaded", .timeLimit(.minutes(2)))
struct DriverProbeTests {
    private let drivers = ["a", "b", "c"].map { OpenCLDriver(name: "\($0).icd", library: "lib\($0).so") }
    private let limits = ChildRun.Limits(still: .seconds(1), all: .seconds(20))

    /// A child that runs `body` if the loader would find a library of that name, or all libraries.
    private func child(on library: String, _ body: String) -> [String] {
        let text = """
            test -z "$OCL_ICD_VENDORS" && { \(body); }
            grep -qsx '\(library)' "$OCL_ICD_VENDORS"/*.icd && { \(body); }
            exit 42
            """
        return ["/bin/sh", "-c", text]
    }

    @Test("If all drivers are sound, the loader loads what it finds")
    func sound() {
        let trial = DriverProbe.trial(["/bin/sh", "-c", "exit 42"], of: drivers)
        #expect(trial.drivers == nil && trial.faults.isEmpty)
    }

    @Test("A driver that crashes is left out, by name")
    func crash() {
        let trial = DriverProbe.trial(child(on: "libb.so", "kill -SEGV $$"), of: drivers)
        #expect(trial.drivers == [drivers[0], drivers[2]])
        let line = "OpenCL driver b.icd (libb.so) is left out: it crashes the process that asks it (signal 11, "
        #expect(trial.faults.count == 1 && trial.faults[0].hasPrefix(line), "\(trial.faults)")
    }

    @Test("A driver that ends the process is left out, too", arguments: [3, 0])
    func exits(_ code: Int) {
        let trial = DriverProbe.trial(child(on: "liba.so", "exit \(code)"), of: [drivers[0]])
        #expect(trial.drivers == [])
        #expect(
            trial.faults == [
                "OpenCL driver a.icd (liba.so) is left out: it ends the process that asks it (exit code \(code))"
            ]
        )
    }

    @Test("A driver that hangs is left out, within the time limit")
    func hang() {
        let trial = DriverProbe.trial(child(on: "libc.so", "exec sleep 1000"), of: drivers, limits: limits)
        #expect(trial.drivers == [drivers[0], drivers[1]])
        #expect(trial.faults.count == 1 && trial.faults[0].contains("c.icd (libc.so) is left out: it does not answer"))
    }

    @Test("A driver that is busy for ever is left out, by the other limit")
    func busy() {
        for limits in [
            ChildRun.Limits(still: .seconds(60), busy: .seconds(60), all: .seconds(1)),
            ChildRun.Limits(still: .seconds(60), busy: .milliseconds(300), all: .seconds(60)),
        ] {
            let trial = DriverProbe.trial(child(on: "liba.so", "while :; do :; done"), of: [drivers[0]], limits: limits)
            #expect(trial.drivers == [] && trial.faults.count == 1)
        }
    }

    @Test("A driver that closes files of others is left out")
    func files() {
        let trial = DriverProbe.trial(child(on: "libb.so", "exit 43"), of: drivers)
        #expect(trial.drivers == [drivers[0], drivers[2]])
        let line = "OpenCL driver b.icd (libb.so) is left out: it closes open files that are not its own"
        #expect(trial.faults == [line])
    }

    @Test("Where other files are in the loader's way, it finds the named drivers alone")
    func others() {
        let onAll = #"test -z "$OCL_ICD_VENDORS" && exit 1; exit 42"#
        let trial = DriverProbe.trial(["/bin/sh", "-c", onAll], of: drivers, hidesOthers: true)
        #expect(trial.drivers == drivers && trial.faults == [])
        let none = DriverProbe.trial(["/bin/sh", "-c", onAll], of: [], hidesOthers: true)
        #expect(none.drivers == [] && none.faults == [])
    }

    @Test("Of two drivers that crash together, the first stays")
    func quarrel() {
        let text = """
            test -z "$OCL_ICD_VENDORS" && exit 1
            test $(cat "$OCL_ICD_VENDORS"/*.icd | grep -c 'lib[ab].so') = 2 && exit 1
            exit 42
            """
        let trial = DriverProbe.trial(["/bin/sh", "-c", text], of: drivers)
        #expect(trial.drivers == [drivers[0], drivers[2]])
        let line = "OpenCL driver b.icd (libb.so) is left out: together with a.icd (liba.so) it ends the process"
        #expect(trial.faults.count == 1 && trial.faults[0].hasPrefix(line), "\(trial.faults)")
    }

    @Test("Drivers that hang are tried at the same time")
    func hangs() {
        let text = #"ls "$OCL_ICD_VENDORS" | grep -q icd && exec sleep 1000; test -n "$OCL_ICD_VENDORS" && exit 42"#
        let trial = DriverProbe.trial(["/bin/sh", "-c", text], of: drivers, limits: limits)
        #expect(trial.drivers == [] && trial.faults.count == 3)
    }

    @Test("If it crashes without any driver, the loader is the fault")
    func loader() {
        let trial = DriverProbe.trial(["/bin/sh", "-c", "kill -ABRT $$"], of: drivers)
        #expect(trial.drivers == [])
        #expect(trial.faults.count == 1 && trial.faults[0].hasPrefix("OpenCL is not used: its loader crashes"))
    }

    @Test("A child that can't be started says nothing of drivers")
    func noChild() {
        let trial = DriverProbe.trial(["/nonexistent"], of: drivers)
        #expect(trial.drivers == nil && trial.faults.isEmpty)
    }

    @Test("A child has no open file of this process")
    func descriptors() throws {
        // As a library opens one that does not think of children.
        let open = fcntl(0, F_DUPFD, 200)
        #expect(open >= 200)
        defer { close(open) }
        let child = try #require(ChildRun(["/bin/sh", "-c", "test ! -e /proc/self/fd/\(open) && exit 42"]))
        ChildRun.wait(for: [child])
        #expect(child.fault == nil, "\(child.fault ?? "")")
    }

    @Test("A child reads its input to the end, however long it is")
    func input() throws {
        let text = [UInt8](repeating: 0x61, count: 1 << 20)
        let child = try #require(ChildRun(["/bin/sh", "-c", "test $(wc -c) = \(text.count) && exit 42"], input: text))
        ChildRun.wait(for: [child])
        #expect(child.fault == nil, "\(child.fault ?? "")")
        // One that reads nothing harms nothing.
        let deaf = try #require(ChildRun(["/bin/sh", "-c", "exit 42"], input: text))
        ChildRun.wait(for: [deaf])
        #expect(deaf.fault == nil)
    }

    @Test("Drivers are looked for where loaders look")
    func places() throws {
        let folder = NSTemporaryDirectory() + "nightjar-icd-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in [("b.icd", "libb.so\n"), ("a.icd", "liba.so"), ("c.txt", "libc.so"), ("d.icd", "")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        func all(_ variables: [String: String]) -> [OpenCLDriver] { OpenCLDriver.find { variables[$0] }.drivers }
        let (a, b) = (drivers[0], drivers[1])
        #expect(all(["OCL_ICD_VENDORS": folder]) == [a, b])
        let found = OpenCLDriver.find { ["OCL_ICD_VENDORS": folder][$0] }
        #expect(found.faults == ["OpenCL driver d.icd is left out: its file names no library"])
        #expect(all(["OPENCL_VENDOR_PATH": folder, "OCL_ICD_VENDORS": ""]) == [a, b])
        #expect(all(["OCL_ICD_VENDORS": "\(folder)/b.icd", "OPENCL_VENDOR_PATH": "/nonexistent"]) == [b])
        #expect(all(["OCL_ICD_VENDORS": "b.icd", "OPENCL_VENDOR_PATH": folder]) == [b])
        #expect(
            all(["OCL_ICD_VENDORS": "libx.so"]) == [OpenCLDriver(name: "libx.so", library: "libx.so")])
        #expect(all(["OCL_ICD_VENDORS": "/nonexistent.icd"]).isEmpty)
        #expect(all([:]) == OpenCLDriver.find { _ in nil }.drivers)
    }
}
