import COpenCL
import NightjarPlatform
import Synchronization

/// A program, built for the one device of its context.
///
/// `@unchecked Sendable`: only an atomic changes after `init`, and any thread may make kernels of it.
package final class Program: @unchecked Sendable {
    let handle: cl_program
    let context: Context
    /// Marks the program's file during its first run; `nil` for a program that was built from source.
    private let marker: LoadMarker?
    private let hasBegun = Atomic(false)

    /// Compiles `source`.
    ///
    /// - Throws: ``BuildFailure``, with the driver's log, when the compiler refuses the source; else ``CallFailure``.
    package convenience init(_ context: Context, source: String, options: String) throws {
        let handle = try context.calls.create("clCreateProgramWithSource") { code in
            source.withCString { text in
                var text: UnsafePointer<CChar>? = text
                return cl.clCreateProgramWithSource(context.handle, 1, &text, nil, code)
            }
        }
        try self.init(context, unbuilt: handle, options: options, marker: nil)
    }

    /// Loads a binary that ``binary()`` gave.
    ///
    /// - Parameter marker: marks the binary's file during its first run; `nil` marks nothing.
    /// - Throws: as for a source. A driver may refuse a binary at any time; then the program must be built from source.
    convenience init(_ context: Context, binary: [UInt8], options: String, marker: LoadMarker?) throws {
        let handle = try context.calls.create("clCreateProgramWithBinary") { code in
            binary.withUnsafeBufferPointer { bytes in
                var id: cl_device_id? = context.device.handle
                var length = bytes.count
                var start = bytes.baseAddress
                return cl.clCreateProgramWithBinary(context.handle, 1, &id, &length, &start, nil, code)
            }
        }
        try self.init(context, unbuilt: handle, options: options, marker: marker)
    }

    private init(_ context: Context, unbuilt handle: cl_program, options: String, marker: LoadMarker?) throws {
        // From here on, deinit releases the handle, even if the build fails.
        self.handle = handle
        self.context = context
        self.marker = marker
        var id: cl_device_id? = context.device.handle
        let code = context.calls.make("clBuildProgram") { cl.clBuildProgram(handle, 1, &id, options, nil, nil) }
        guard code != CL_SUCCESS else { return }
        let failure = CallFailure(call: "clBuildProgram", code: code)
        // With any other code the fault is not in the source, and there is no log.
        guard code == CL_BUILD_PROGRAM_FAILURE || code == CL_INVALID_BUILD_OPTIONS else { throw failure }
        throw BuildFailure(failure: failure, log: (try? log()) ?? "")
    }

    deinit { context.release("clReleaseProgram", handle) { cl.clReleaseProgram($0) } }

    /// Called before each launch. Some drivers load a program's machine code when it is launched first.
    ///
    /// - Returns: whether ``firstRunIsOver()`` is to be called when the launch is done.
    func beginsFirstRun() -> Bool {
        guard let marker, !hasBegun.exchange(true, ordering: .relaxed) else { return false }
        return marker.begin()
    }

    func firstRunIsOver() { marker?.end() }

    /// The built program, for this device and driver only. Empty when the driver does not give it.
    package func binary() throws(CallFailure) -> [UInt8] {
        var length = 0
        try context.calls.check("clGetProgramInfo") {
            cl.clGetProgramInfo(handle, cl_program_info(CL_PROGRAM_BINARY_SIZES), MemoryLayout<Int>.size, &length, nil)
        }
        guard length > 0, length <= FileRules.program.mostBytes else { return [] }
        var bytes = [UInt8](repeating: 0, count: length)
        try bytes.withUnsafeMutableBufferPointer { buffer throws(CallFailure) in
            var start = buffer.baseAddress
            let size = MemoryLayout<UnsafeMutablePointer<UInt8>?>.size
            try context.calls.check("clGetProgramInfo") {
                cl.clGetProgramInfo(handle, cl_program_info(CL_PROGRAM_BINARIES), size, &start, nil)
            }
        }
        return bytes
    }

    /// Makes every kernel once, which is when some drivers look at a loaded program.
    func makeKernels() throws(CallFailure) {
        let names = try context.calls.bytes("clGetProgramInfo") {
            cl.clGetProgramInfo(handle, cl_program_info(CL_PROGRAM_KERNEL_NAMES), $0, $1, $2)
        }
        for name in String(decoding: names.prefix { $0 != 0 }, as: UTF8.self).split(separator: ";") {
            let kernel = try context.calls.create("clCreateKernel", String(name)) { code in
                cl.clCreateKernel(handle, String(name), code)
            }
            context.release("clReleaseKernel", kernel) { cl.clReleaseKernel($0) }
        }
    }

    private func log() throws(CallFailure) -> String {
        let device = context.device.handle
        let parameter = cl_program_build_info(CL_PROGRAM_BUILD_LOG)
        return driverLog(
            try context.calls.bytes("clGetProgramBuildInfo") {
                cl.clGetProgramBuildInfo(handle, device, parameter, $0, $1, $2)
            })
    }
}
