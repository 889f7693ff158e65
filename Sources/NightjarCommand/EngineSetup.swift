import Nightjar
import NightjarCore
import NightjarPlatform

extension CommandError {
    /// Above any machine's number of threads, and scratchpads for this many still fit into a few gigabytes.
    private static let mostThreads = 4096

    /// Makes the engine, and turns its errors into the promised exit codes.
    ///
    /// - Parameter warns: whether to write a line to standard error for each driver, device or folder that is not used.
    static func engine(
        devices: [DeviceSelector]?, threads: Int? = nil, randomX: RandomXMode = .light, niceness: Int = 0,
        cpuUnits: [Int]? = nil, cpuShare: Double? = nil, warns: Bool = true
    ) throws(CommandError) -> Engine {
        if let threads, threads < 1 { throw CommandError(.usage, "-t \(threads): at least one thread is needed") }
        if let threads, threads > mostThreads {
            throw CommandError(.usage, "-t \(threads): at most \(mostThreads) threads")
        }
        do {
            let engine = try Engine(
                selecting: devices, threads: threads, randomX: randomX, niceness: niceness, cpuUnits: cpuUnits,
                cpuShare: cpuShare)
            for fault in warns ? engine.core.faults : [] { Output.standardError("warning: \(printable(fault))") }
            return engine
        } catch {
            // Where a driver fails, the name may be right.
            throw CommandError(error.isUnknownDevice ? .usage : .failed, "\(error)")
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
