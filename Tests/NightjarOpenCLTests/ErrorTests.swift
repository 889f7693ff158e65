import Foundation
import NightjarCore
import NightjarOpenCL
import Testing

@Suite("What goes wrong on OpenCL devices", .timeLimit(.minutes(20)))
struct ErrorTests {
    @Test("At least one device, and each says what it is")
    func devices() throws {
        let backend = Fixture.backend
        #expect(!backend.devices.isEmpty, "the tests need an OpenCL device")
        #expect(backend.faults.isEmpty)
        #expect(backend.devices.map(\.id) == backend.devices.map(\.id).sorted())
        #expect(Set(backend.devices.map(\.id)).count == backend.devices.count)
        for device in backend.devices {
            #expect(device.id != .cpu)
            #expect(!device.name.isEmpty && !device.platform.isEmpty && !device.driver.isEmpty)
            #expect(device.computeUnits > 0 && device.memory > 1 << 20)
        }
    }

    /// The loader reads its directory once a process, so that this needs a process of its own.
    @Test("No driver at all is no device and no fault")
    func noDriver() async {
        await #expect(processExitsWith: .success) {
            setenv("OCL_ICD_VENDORS", "/nonexistent", 1)
            let backend = OpenCLBackend()
            precondition(backend.devices.isEmpty && backend.faults.isEmpty)
        }
    }

    @Test("A driver that does not load hides no other")
    func brokenDriver() async {
        await #expect(processExitsWith: .success) {
            let vendors = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: vendors, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: vendors) }
            try Data("/nonexistent/libbroken.so\n".utf8).write(to: URL(fileURLWithPath: vendors + "/a.icd"))
            for icd in try FileManager.default.contentsOfDirectory(atPath: "/etc/OpenCL/vendors") {
                try FileManager.default.copyItem(atPath: "/etc/OpenCL/vendors/\(icd)", toPath: "\(vendors)/\(icd)")
            }
            setenv("OCL_ICD_VENDORS", vendors, 1)
            precondition(!OpenCLBackend().devices.isEmpty)
        }
    }

    @Test("An algorithm that is not supported is refused with the reason")
    func unsupported() throws {
        let device = try Fixture.device().id
        #expect(Fixture.backend.support(for: .cn0, on: device) == .supported)
        let huge = Algorithm(
            name: "huge",
            parameters: CryptoNightParameters(base: .v0, memory: 1 << 50, iterations: 1, mask: 0xFF0))
        let reason = "the device has no memory for a scratchpad of \(1 << 50) bytes"
        #expect(Fixture.backend.support(for: huge, on: device) == .unsupported(reason))
        #expect(throws: NightjarError(device: device, reason: "cannot run huge: \(reason)")) {
            try Fixture.backend.plan(huge, on: device, threads: nil)
        }
        let absent = DeviceID.opencl(platform: 99, device: 0)
        #expect(Fixture.backend.support(for: .cn0, on: absent) == .unsupported("there is no such device"))
        #expect(throws: NightjarError.self) { try Fixture.backend.plan(.cn0, on: absent, threads: nil) }
    }

    @Test("A source that does not compile: one line, with file, line and fault; the log whole")
    func badSource() throws {
        let device = try Fixture.device()
        let runtime = try DeviceRuntime(
            device, cacheDirectory: nil,
            extraSources: [
                "Tests/Good.cl": "#include \"Tests/Bad.cl\"\n__kernel void good(void) {}\n",
                "Tests/Bad.cl": "\n\nvoid bad(void) { nonsense = 1; }\n",
            ])
        #expect {
            try onDevice(device.id) { try runtime.program("Tests/Good.cl", prelude: Prelude()) }
        } throws: { error in
            guard let error = error as? NightjarError else { return false }
            return error.device == device.id && error.reason.hasPrefix("clBuildProgram: CL_BUILD_PROGRAM_FAILURE (-11)")
                && error.reason.contains("Tests/Bad.cl:3") && error.reason.contains("nonsense")
                && !error.description.contains(where: \.isNewline)
        }
    }

    @Test("A call that fails is named, with its code")
    func calls() throws {
        let device = try Fixture.device()
        let runtime = try DeviceRuntime(
            device, cacheDirectory: nil,
            extraSources: [
                "Tests/One.cl": "__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void one(const uint n) {}\n"
            ])
        let program = try runtime.program("Tests/One.cl", prelude: Prelude())
        let number = KernelParameter<UInt32>("n")
        #expect(throws: CallFailure(call: "clCreateKernel (two)", code: -46)) {
            try Kernel(program, KernelSignature("two", number))
        }
        let kernel = try Kernel(program, KernelSignature("one", number))
        try kernel.set(number, 1)
        let queue = try Queue(runtime.context)
        #expect {
            try queue.launch(kernel, items: 4, group: 2)
        } throws: {
            "\($0)" == "clEnqueueNDRangeKernel (one): CL_INVALID_WORK_GROUP_SIZE (-54)"
        }
        try queue.launch(kernel, items: 4, group: 1)
        try queue.finish()
        #expect {
            try Buffer(runtime.context, bytes: 1 << 60, purpose: "scratchpads")
        } throws: { error in
            guard let error = error as? CallFailure else { return false }
            return error.call == "clCreateBuffer (1152921504606846976 bytes of scratchpads)" && error.code < 0
        }
    }

    @Test("Codes have the header's names")
    func codes() {
        #expect(CallFailure(call: "clFinish", code: -5).description == "clFinish: CL_OUT_OF_RESOURCES (-5)")
        #expect(OpenCLCode.name(-1001) == "CL_PLATFORM_NOT_FOUND_KHR")
        #expect(OpenCLCode.name(-9999) == "unknown code")
    }

    @Test("Programs on disk: used when whole, ignored when not")
    func binaries() throws {
        let directory = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)/nested"
        defer { try? FileManager.default.removeItem(atPath: (directory as NSString).deletingLastPathComponent) }
        let files = BinaryFiles(directory: directory)
        #expect(files.read("key") == nil)
        files.write([1, 2, 3], for: "key")
        #expect(files.read("key") == [1, 2, 3])
        #expect(files.read("other") == nil)
        files.write([], for: "key")
        #expect(files.read("key") == [])
        files.write([7, 8], for: "key")
        let whole = try Data(contentsOf: URL(fileURLWithPath: files.path("key")))
        // A file that is cut or changed anywhere counts as absent.
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: files.path("key")))
            #expect(files.read("key") == nil, "cut to \(length) bytes")
        }
        for at in 0..<whole.count {
            var damaged = whole
            damaged[at] ^= 0x10
            try damaged.write(to: URL(fileURLWithPath: files.path("key")))
            #expect(files.read("key") == nil, "byte \(at) changed")
        }
        // A directory that cannot be written is no error.
        BinaryFiles(directory: "/dev/null/nowhere").write([1], for: "key")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 1)
    }

    @Test("A program from disk does what the compiled one does; a damaged file is replaced")
    func cachedProgram() throws {
        let directory = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let device = try Fixture.device()
        let source = ["Tests/Seven.cl": "__kernel void seven(__global uint *out) { out[get_global_id(0)] = 7; }\n"]
        let output = KernelParameter<Buffer>("out")
        func run() throws -> UInt32 {
            let runtime = try DeviceRuntime(device, cacheDirectory: directory, extraSources: source)
            let kernel = try Kernel(
                try runtime.program("Tests/Seven.cl", prelude: Prelude()), KernelSignature("seven", output))
            let queue = try Queue(runtime.context)
            let buffer = try Buffer(runtime.context, bytes: 4, purpose: "test output")
            try kernel.set(output, buffer)
            try queue.launch(kernel, items: 1, group: 1)
            var result: UInt32 = 0
            try withUnsafeMutableBytes(of: &result) { try queue.read(buffer, into: $0) }
            return result
        }
        #expect(try run() == 7)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(files.count == 1)
        #expect(try run() == 7)
        let path = directory + "/" + (try #require(files.first))
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        try good.prefix(good.count / 2).write(to: URL(fileURLWithPath: path))
        #expect(try run() == 7)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count >= good.count)
    }
}
