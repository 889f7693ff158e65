import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import NightjarWire
import TestSupport
import Testing

/// Every OpenCL call fails in every way. The error names the call, nothing leaks, and the device hashes right after a
/// new start.
@Suite("Faults of drivers", .serialized, .timeLimit(.minutes(20)))
struct DriverFaultTests {
    /// A lane's whole life on a context of its own: it is made, prepares work and a dataset, scans with hits, ends.
    struct Life: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let run: @Sendable (OpenCLDevice, Calls, String?, Duration?) throws -> [Digest]

        static let cryptoNight = Life(testDescription: "CryptoNight") { device, calls, directory, hangLimit in
            let algorithm = CryptoNightLaneTests.small(.r)
            guard let parameters = algorithm.parameters as? CryptoNightParameters else {
                preconditionFailure("not CryptoNight")
            }
            return try onDevice(device.id) {
                let runtime = try DeviceRuntime(device, cacheDirectory: directory, calls: calls, hangLimit: hangLimit)
                var launch = try CryptoNightLaunch(parameters, within: device.limits)
                (launch.batch, launch.padsPerBuffer) = (4, 2)
                let lane = try CryptoNightLane(runtime, algorithm, launch: launch)
                return try DriverFaultTests.hits(lane, CryptoNightLaneTests.work(algorithm))
            }
        }

        static let randomX = Life(testDescription: "RandomX") { device, calls, directory, hangLimit in
            let algorithm = SmallRandomX.algorithm(SmallRandomX.parameters())
            guard let parameters = algorithm.parameters as? RandomXParameters else {
                preconditionFailure("not RandomX")
            }
            return try onDevice(device.id) {
                let runtime = try DeviceRuntime(device, cacheDirectory: directory, calls: calls, hangLimit: hangLimit)
                var launch = try RandomXLaunch(parameters, within: device.limits, dataset: true)
                (launch.batch, launch.padsPerBuffer) = (4, 4)
                return try DriverFaultTests.hits(
                    RandomXLane(runtime, algorithm, launch: launch), SmallRandomX.work(algorithm))
            }
        }
    }

    private static func hits(_ lane: any Lane, _ work: Work) throws -> [Digest] {
        try lane.prepare(work)
        _ = try lane.settle(Settling())
        var candidates: [Candidate] = []
        candidates.reserveCapacity(lane.batch)
        try lane.scan(0..<4, target: .easiest, audit: nil, into: &candidates)
        return candidates.sorted { $0.nonce < $1.nonce }.map(\.digest)
    }

    /// Calls whose failure changes no digest: a program's binary goes unkept; arguments' names go uncompared; a release
    /// is reported.
    private static let harmless: Set<String> = ["clGetProgramInfo", "clGetKernelArgInfo"]
    /// Of the kernels here.
    private static let output = KernelParameter<Buffer>("out")

    @Test(
        "Each call of a lane's life fails once, the first and the last of its name",
        arguments: [Life.cryptoNight, .randomX])
    func everyCall(_ life: Life) throws {
        let device = try Fixture.device()
        let directory = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let sound = FaultyDriver()
        let expected = try life.run(device, sound.calls, directory, nil)
        #expect(expected.count == 4 && Set(expected).count == 4)
        #expect(sound.retained == 0, "a life without faults leaves nothing behind")
        // The calls of a life whose programs are on disk.
        let warm = FaultyDriver()
        #expect(try life.run(device, warm.calls, directory, nil) == expected)
        #expect(warm.counts["clCreateProgramWithBinary"] != nil && warm.retained == 0)
        for (call, count) in warm.counts.sorted(by: { $0.key < $1.key }) {
            // The number of these calls depends on how long a wait takes.
            for occurrence in call == "clGetEventInfo" ? [1] : Set([1, count]).sorted() {
                let driver = FaultyDriver(.init(call: call, occurrence: occurrence, code: -5))
                if Self.harmless.contains(call) || call.hasPrefix("clRelease") {
                    #expect(try life.run(device, driver.calls, directory, nil) == expected, "\(call) \(occurrence)")
                } else {
                    do {
                        let digests = try life.run(device, driver.calls, directory, nil)
                        // A program whose binary is refused is built from source, and a lane without memory for a
                        // dataset hashes in light mode.
                        #expect(digests == expected, "\(call) \(occurrence)")
                        let forgiven = ["clCreateProgramWithBinary", "clBuildProgram", "clCreateBuffer"].contains(call)
                        #expect(forgiven, "\(call) \(occurrence) failed, and no error was thrown")
                    } catch let error as NightjarError {
                        #expect(error.device == device.id)
                        #expect(error.reason.hasPrefix(call), "\(error) does not name \(call)")
                        #expect(error.reason.hasSuffix(": CL_OUT_OF_RESOURCES (-5)"), "\(error)")
                        let isOneLine = !error.description.contains(where: \.isNewline)
                        #expect(isOneLine)
                    }
                }
                #expect(driver.retained == 0, "\(call) \(occurrence) leaks \(driver.retained) objects")
            }
        }
        // After all that, the device hashes right.
        #expect(try life.run(device, Calls(), directory, nil) == expected)
    }

    @Test("Every code at every call: one line that names both, and no leak")
    func everyCode() throws {
        let device = try Fixture.device()
        let source = ["Tests/Nine.cl": "__kernel void nine(__global uint *out) { out[get_global_id(0)] = 9; }\n"]
        let driver = FaultyDriver(profiles: true)
        let shared = try DeviceRuntime(device, cacheDirectory: nil, extraSources: source, calls: driver.calls)
        let program = try shared.program("Tests/Nine.cl", prelude: Prelude())

        /// Builds the program, on a context of its own.
        func before() throws {
            _ = try DeviceRuntime(device, cacheDirectory: nil, extraSources: source, calls: driver.calls)
                .program("Tests/Nine.cl", prelude: Prelude())
        }
        /// Uses the program.
        func after() throws {
            let queue = try Queue(shared.context, profiles: true)
            let buffer = try Buffer(shared.context, bytes: 4, purpose: "test output")
            let kernel = try Kernel(program, KernelSignature("nine", Self.output))
            try kernel.set(Self.output, buffer)
            var value: UInt32 = 0
            try withUnsafeMutableBytes(of: &value) { bytes in
                try queue.write(UnsafeRawBufferPointer(bytes), to: buffer)
                try queue.launch(kernel, items: 1, group: 1)
                try queue.read(buffer, into: bytes)
            }
            let times = try queue.takeProfile()
            #expect(value == 9 && times.map(\.kernel) == ["nine"])
        }
        // Without a fault, all works.
        try after()
        var tried = 0
        for (calls, step) in [
            (["clCreateContext", "clCreateProgramWithSource", "clBuildProgram"], before),
            (
                [
                    "clCreateCommandQueue", "clCreateBuffer", "clCreateKernel", "clGetKernelInfo", "clSetKernelArg",
                    "clEnqueueWriteBuffer",
                    "clEnqueueNDRangeKernel", "clEnqueueMarkerWithWaitList", "clFlush", "clGetEventInfo",
                    "clEnqueueReadBuffer", "clGetEventProfilingInfo",
                ], after
            ),
        ] as [([String], () throws -> Void)] {
            for call in calls {
                for code in OpenCLCode.failures {
                    let retained = driver.retained
                    driver.fail(call, code: code)
                    #expect {
                        try onDevice(device.id) { try step() }
                    } throws: { error in
                        guard let error = error as? NightjarError else { return false }
                        return error.reason.hasPrefix(call)
                            && error.reason.contains("\(OpenCLCode.name(code)) (\(code))")
                            && !error.description.contains(where: \.isNewline)
                    }
                    #expect(driver.retained == retained, "\(call) with \(code) leaks")
                    tried += 1
                }
            }
        }
        #expect(tried == 15 * OpenCLCode.failures.count && OpenCLCode.failures.count > 50)
        try after()
    }

    @Test(
        "Listing: a call that fails is a line, and hides nothing else",
        arguments: [
            "clGetPlatformIDs", "clGetPlatformInfo", "clGetDeviceIDs", "clGetDeviceInfo",
        ])
    func listing(_ call: String) throws {
        let all = FaultyDriver()
        let devices = OpenCLDevice.all(all.calls).devices
        #expect(!devices.isEmpty)
        for code in OpenCLCode.failures {
            let driver = FaultyDriver(.init(call: call, occurrence: 1, code: code))
            let list = OpenCLDevice.all(driver.calls)
            let (found, faults) = (list.devices, list.faults)
            switch (call, code) {
            // These codes mean that there are no platforms or devices: no fault.
            case ("clGetPlatformIDs", -1001), ("clGetDeviceIDs", -1):
                #expect(faults.isEmpty && found.count < devices.count)
            default:
                #expect(found.count < devices.count || call == "clGetDeviceInfo")
                // The question about doubles may be refused; any other is a fault.
                let named = faults.contains { $0.contains("\(call): \(OpenCLCode.name(code)) (\(code))") }
                #expect(named || (call == "clGetDeviceInfo" && found.count == devices.count), "\(code): \(faults)")
            }
        }
    }

    @Test(
        "A launch that never ends is given up, and everything is released all the same",
        arguments: [Life.cryptoNight, .randomX])
    func hang(_ life: Life) async throws {
        let device = try Fixture.device()
        let driver = FaultyDriver()
        driver.hang()
        #expect {
            try life.run(device, driver.calls, nil, .milliseconds(20))
        } throws: { error in
            guard let error = error as? NightjarError else { return false }
            return error.reason.hasPrefix("clGetEventInfo (")
                && error.reason.contains("the device hangs: not done after 0.02 seconds")
        }
        // The lane does not wait for these releases. The test does.
        try await eventually("the release of \(driver.retained) objects") { driver.retained <= 0 }
        #expect(driver.counts["clReleaseContext"] == 1)
    }

    @Test("A queue that profiles says what each launch took, once; others say nothing")
    func profile() throws {
        let device = try Fixture.device()
        let runtime = try DeviceRuntime(
            device, cacheDirectory: nil,
            extraSources: ["Tests/Two.cl": "__kernel void two(__global uint *out) { out[get_global_id(0)] = 2; }\n"])
        let kernel = try Kernel(
            try runtime.program("Tests/Two.cl", prelude: Prelude()), KernelSignature("two", Self.output))
        let buffer = try Buffer(runtime.context, bytes: 4000, purpose: "test output")
        try kernel.set(Self.output, buffer)
        let queue = try Queue(runtime.context, profiles: true)
        for _ in 0..<3 { try queue.launch(kernel, items: 1000, group: 10) }
        try queue.finish()
        #expect(try queue.takeProfile().map(\.kernel) == ["two", "two", "two"])
        #expect(try queue.takeProfile().isEmpty, "taken once")
        let plain = try Queue(runtime.context)
        try plain.launch(kernel, items: 1, group: 1)
        try plain.finish()
        #expect(try plain.takeProfile().isEmpty)
    }

    @Test("A binary that the driver refuses is replaced; files may be used, only written, or not be used at all")
    func worthlessBinary() throws {
        let device = try Fixture.device()
        let directory = NSTemporaryDirectory() + "nightjar-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let source = "__kernel void five(__global uint *out) { out[get_global_id(0)] = 5; }\n"
        let files = BinaryFiles(directory: directory)
        let key = ProgramCache.key(device, source: source, options: "-cl-std=CL1.2")
        func build(trusts: Bool = true) throws -> [String: Int] {
            let driver = FaultyDriver()
            let context = try Context(device, calls: driver.calls)
            let cache = ProgramCache(context, directory: directory, trustsFiles: trusts)
            _ = try Kernel(
                cache.program(source: source, options: "-cl-std=CL1.2", keep: .forGood),
                KernelSignature("five", Self.output))
            return driver.counts
        }
        #expect(try build()["clCreateProgramWithSource"] == 1)
        let good = try #require(files.read(key))
        #expect(try build()["clCreateProgramWithSource"] == nil, "from disk")
        #expect(try build(trusts: false)["clCreateProgramWithBinary"] == nil, "a suspect device's files are not used")
        // None of these is a cut binary: the checksum finds those, and a driver may crash over one.
        for worthless in [[0], [UInt8](repeating: 0xA5, count: 5000)] {
            files.write(worthless, for: key)
            #expect(try build()["clCreateProgramWithSource"] == 1, "\(worthless.count) bytes")
            #expect(files.read(key)?.count == good.count, "replaced")
        }
        // An empty file says that the source is good, and that the driver takes no binary of it.
        files.write([], for: key)
        #expect(try build()["clCreateProgramWithSource"] == 1)
        #expect(files.read(key) == [], "it stays")
        // Another device's, driver's, or options' program is another program.
        #expect(files.read(ProgramCache.key(device, source: source, options: "-cl-std=CL2.0")) == nil)
        // If something other than a file has the file's name, it is left alone.
        let path = files.path(key)
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        #expect(files.read(key) == nil)
        #expect(try build()["clCreateProgramWithSource"] == 1)
    }
}
