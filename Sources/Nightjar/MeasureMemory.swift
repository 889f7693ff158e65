import NightjarCPU
import NightjarCore
import NightjarOpenCL

extension Engine {
    /// Measures an OpenCL device's memory: copying, and random accesses over ever more of it. Takes some seconds, and
    /// up to three quarters of the memory.
    ///
    /// - Throws: ``EngineError`` when it is not an OpenCL device of this engine, ``DeviceError`` when the device fails
    ///   or computes wrongly.
    public func measureMemory(of device: DeviceID) async throws -> MemoryMeasurement {
        guard let backend = backend(of: device) as? OpenCLBackend else {
            throw EngineError.noSuchDevice("\(device)", present: devices.map(\.id).filter { $0 != .cpu })
        }
        await releaseLanes()
        let result: Result<MemoryMeasurement, any Error>
        do { result = try await onThread("memory") { Result { try backend.measureMemory(of: device) } } } catch {
            throw DeviceError(device: device, reason: error.reason)
        }
        return try result.get()
    }
}
