import NightjarCore
import NightjarOpenCL

extension Engine {
    /// Measures an OpenCL device's memory: copying, and random accesses over ever more of it. Takes some seconds, and
    /// up to three quarters of the memory.
    ///
    /// - Throws: ``NightjarError`` when it is not an OpenCL device of this engine, or the device fails or computes
    ///   wrongly.
    package func measureMemory(of device: DeviceID) async throws(NightjarError) -> MemoryMeasurement {
        let core = core
        guard let backend = core.backend(of: device) as? OpenCLBackend else {
            throw .noSuchDevice("\(device)", present: devices.map(\.id).filter { $0 != .cpu })
        }
        return try await blocking("memory") { _ throws(NightjarError) in
            do { return try backend.measureMemory(of: device) } catch { throw NightjarError(error, on: device) }
        }
    }
}
