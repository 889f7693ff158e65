import Glibc
import Synchronization

/// GPU temperatures from NVIDIA's management library (NVML). The library is opened at run time, so that a machine
/// without it needs none.
package final class GraphicsSensors: Sendable {
    private typealias Start = @convention(c) () -> Int32
    private typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
    private typealias Handle = @convention(c) (UInt32, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Name = @convention(c) (OpaquePointer, UnsafeMutablePointer<CChar>, UInt32) -> Int32
    private typealias Temperature = @convention(c) (OpaquePointer, Int32, UnsafeMutablePointer<UInt32>) -> Int32

    private struct Device {
        let handle: OpaquePointer
        let name: String
    }

    /// Unchecked: the library's handles are valid on every thread. It is never shut down, so they stay valid until the
    /// process ends.
    private struct Library: @unchecked Sendable {
        let devices: [Device]
        let temperature: Temperature
    }

    private let library: Library

    /// `nil` where the library is missing or lists no device.
    package init?() {
        guard let file = dlopen("libnvidia-ml.so.1", RTLD_NOW) else { return nil }
        func function<Function>(_ name: String, as type: Function.Type) -> Function? {
            dlsym(file, name).map { unsafeBitCast($0, to: type) }
        }
        guard let start = function("nvmlInit_v2", as: Start.self),
            let count = function("nvmlDeviceGetCount_v2", as: Count.self),
            let handle = function("nvmlDeviceGetHandleByIndex_v2", as: Handle.self),
            let name = function("nvmlDeviceGetName", as: Name.self),
            let temperature = function("nvmlDeviceGetTemperature", as: Temperature.self), start() == 0
        else { return nil }
        var number: UInt32 = 0
        guard count(&number) == 0 else { return nil }
        var devices: [Device] = []
        for index in 0..<number {
            var device: OpaquePointer?
            var text = [CChar](repeating: 0, count: 128)
            // The last byte stays zero.
            guard handle(index, &device) == 0, let device, name(device, &text, 127) == 0 else { continue }
            devices.append(
                Device(
                    handle: device,
                    name: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)))
        }
        guard !devices.isEmpty else { return nil }
        library = Library(devices: devices, temperature: temperature)
    }

    /// Degrees Celsius of the GPU with this name; `nil` unless exactly one GPU has it.
    func temperature(of name: String) -> Double? {
        let devices = library.devices.filter { $0.name == name }
        return devices.count == 1 ? reading(devices[0]) : nil
    }

    var hottest: Double? { library.devices.compactMap(reading).max() }

    private func reading(_ device: Device) -> Double? {
        var degrees: UInt32 = 0
        // 0 is the sensor on the die.
        guard library.temperature(device.handle, 0, &degrees) == 0, degrees > 0, degrees < 200 else { return nil }
        return Double(degrees)
    }
}
