import Nightjar
import NightjarCore

extension CommandError {
    /// Beyond any machine, and still a scratchpad each in a few gigabytes.
    private static let mostThreads = 4096

    /// Makes the engine, turning what it throws into the promised exit code.
    static func engine(
        devices: [DeviceSelector]?, threads: Int? = nil, randomX: RandomXMode = .light, niceness: Int = 0
    ) throws(CommandError) -> Engine {
        if let threads, threads < 1 { throw CommandError(.usage, "-t \(threads): at least one thread is needed") }
        if let threads, threads > mostThreads {
            throw CommandError(.usage, "-t \(threads): at most \(mostThreads) threads")
        }
        do { return try Engine(devices: devices, threads: threads, randomX: randomX, niceness: niceness) } catch {
            throw CommandError(.failed, "\(error)")
        }
    }

    /// The refusal of an algorithm on a device, by name, with what would run it.
    static func cannotRun(_ algorithm: Algorithm, on device: DeviceID, reason: String) -> CommandError {
        // Who chose the CPU alone does not want OpenCL's drivers looked through for advice.
        let engine = device == .cpu ? nil : try? Engine()
        let others = engine?.devices.map(\.id).filter { engine?.support(for: algorithm, on: $0) == .supported } ?? []
        let advice = others.isEmpty ? "" : "; it runs on: \(others.map(\.description).joined(separator: ", "))"
        return CommandError(.usage, "\(algorithm) does not run on \(device): \(reason)\(advice)")
    }
}
