import Nightjar
import NightjarCore

extension CommandError {
    /// Above any machine's number of threads, and scratchpads for this many still fit into a few gigabytes.
    private static let mostThreads = 4096

    /// Makes the engine, and turns its errors into the promised exit codes.
    static func engine(
        devices: [DeviceSelector]?, threads: Int? = nil, randomX: RandomXMode = .light, niceness: Int = 0
    ) throws(CommandError) -> Engine {
        if let threads, threads < 1 { throw CommandError(.usage, "-t \(threads): at least one thread is needed") }
        if let threads, threads > mostThreads {
            throw CommandError(.usage, "-t \(threads): at most \(mostThreads) threads")
        }
        do { return try Engine(selecting: devices, threads: threads, randomX: randomX, niceness: niceness) } catch {
            throw CommandError(.failed, "\(error)")
        }
    }

    /// The error for an algorithm that a device cannot run. It lists the devices that can.
    static func cannotRun(_ algorithm: Algorithm, on device: DeviceID, reason: String) -> CommandError {
        // A user who chose the CPU alone does not want OpenCL's drivers loaded just for this advice.
        let engine = device == .cpu ? nil : try? Engine()
        let others = engine?.devices.map(\.id).filter { engine?.support(for: algorithm, on: $0) == .supported } ?? []
        let advice = others.isEmpty ? "" : "; it runs on: \(others.map(\.description).joined(separator: ", "))"
        return CommandError(.usage, "\(algorithm) does not run on \(device): \(reason)\(advice)")
    }
}
