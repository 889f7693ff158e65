import Nightjar
import NightjarCore
import NightjarMiner

/// The devices of a run, by its settings.
struct MineDevices {
    /// On the devices that will mine.
    let engine: Engine
    /// OpenCL devices that are this processor, and rest because its own threads mine.
    let rivals: [Device]
    /// What drivers and devices did wrong, one line each.
    let faults: [String]

    /// When the user named a device, it must be able to run the algorithm. Other devices that cannot run it are left
    /// out, and so are devices without a pool, and rivals.
    init(_ settings: RunSettings) throws(CommandError) {
        let named = settings.pools.compactMap(\.devices).flatMap { $0 }
        if !named.isEmpty {
            let present = named.contains { $0 != .device(.cpu) } ? Engine.allDevices().map(\.id) : [.cpu]
            do { try TeamSplit.check(settings, present: present) } catch { throw CommandError(error) }
        }
        let areAllNamed = !named.isEmpty && settings.pools.allSatisfy { $0.devices != nil }
        let chosen = settings.devices ?? (areAllNamed ? named : nil)
        let found = try Self.engine(settings, chosen)
        faults = found.core.faults
        let rivals =
            chosen == nil
            ? Self.rivals(settings, found).filter { device in !named.contains { $0.matches(device.id) } } : []
        self.rivals = rivals
        let others = found.devices.filter { !rivals.contains($0) }
        if named.isEmpty {
            engine = try Self.engine(settings, found, on: try Self.able(settings, others, of: found))
            return
        }
        // One that is left out unless it is named is in, because a pool names it.
        let all =
            chosen == nil ? try Self.engine(settings, others.map { .device($0.id) } + named) : found
        let used = try Self.split(settings, all).teams.flatMap(\.devices)
        guard !used.isEmpty else { throw CommandError(.failed, "no device here runs the algorithms of its pools") }
        engine = try Self.engine(settings, all, on: used)
    }

    /// Which of the engine's devices work for which pools.
    static func split(_ settings: RunSettings, _ engine: Engine) throws(CommandError) -> TeamSplit {
        do {
            return try TeamSplit(settings, devices: engine.devices) { engine.support(for: $0, on: $1) }
        } catch { throw CommandError(error) }
    }

    private static func engine(_ settings: RunSettings, _ devices: [DeviceSelector]?) throws(CommandError) -> Engine {
        do {
            return try CommandError.engine(
                devices: devices, threads: settings.threads, randomX: settings.randomX, niceness: settings.nice,
                cpuUnits: settings.cpuCores, cpuShare: settings.cpuShare, warns: false)
        } catch {
            guard error.code == .usage, !settings.devicesAreFromFlag else { throw error }
            throw CommandError(.badConfiguration, error.message)
        }
    }

    /// `whole`, or where it has more devices, one on these alone.
    private static func engine(
        _ settings: RunSettings, _ whole: Engine, on devices: [Device]
    ) throws(CommandError) -> Engine {
        if devices.count == whole.devices.count { return whole }
        return try engine(settings, devices.map { .device($0.id) })
    }

    /// A driver's device that is the processor competes with the processor's own threads for the same cores: on two of
    /// them, both together did rx/0 at six tenths of the threads' rate. So it mines only when the user names it, or
    /// where the threads can't run the algorithm.
    private static func rivals(_ settings: RunSettings, _ engine: Engine) -> [Device] {
        guard engine.devices.contains(where: { $0.id == .cpu }) else { return [] }
        if let wanted = settings.algorithm, engine.support(for: wanted, on: .cpu) != .supported { return [] }
        return engine.devices.filter(\.isThisCPU)
    }

    /// Those of the devices that run the wanted algorithm.
    private static func able(
        _ settings: RunSettings, _ devices: [Device], of engine: Engine
    ) throws(CommandError) -> [Device] {
        guard let wanted = settings.algorithm else { return devices }
        var able: [Device] = []
        for device in devices {
            switch engine.support(for: wanted, on: device.id) {
            case .supported: able.append(device)
            case .unsupported(let reason):
                if let selectors = settings.devices, selectors.contains(.device(device.id)) || selectors == [.allOpenCL]
                {
                    throw CommandError.cannotRun(wanted, on: device.id, reason: reason)
                }
            }
        }
        guard !able.isEmpty else { throw CommandError(.failed, "no device here runs \(wanted)") }
        return able
    }
}
