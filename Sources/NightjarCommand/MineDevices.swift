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
        if named.isEmpty {
            let all = try Self.engine(settings, settings.devices)
            rivals = Self.rivals(settings, all)
            faults = all.core.faults
            engine = try Self.engineOfOneTeam(settings, all, without: rivals)
            return
        }
        let present = named.contains { $0 != .device(.cpu) } ? Engine.allDevices().map(\.id) : [.cpu]
        do { try TeamSplit.check(settings, present: present) } catch { throw CommandError(error) }
        let all: Engine
        if let devices = settings.devices {
            all = try Self.engine(settings, devices)
            rivals = []
            faults = all.core.faults
        } else if settings.pools.allSatisfy({ $0.devices != nil }) {
            all = try Self.engine(settings, named)
            rivals = []
            faults = all.core.faults
        } else {
            // One that is left out unless it is named is in, because a pool names it.
            let found = try Self.engine(settings, nil)
            let rivals = Self.rivals(settings, found).filter { device in !named.contains { $0.matches(device.id) } }
            let others = found.devices.filter { !rivals.contains($0) }.map { DeviceSelector.device($0.id) }
            all = try Self.engine(settings, others + named)
            self.rivals = rivals
            faults = found.core.faults
        }
        let used = try Self.split(settings, all).teams.flatMap(\.devices)
        guard !used.isEmpty else { throw CommandError(.failed, "no device here runs the algorithms of its pools") }
        engine =
            used.count == all.devices.count ? all : try Self.engine(settings, used.map { .device($0.id) })
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

    /// A driver's device that is the processor competes with the processor's own threads for the same cores: on two of
    /// them, both together did rx/0 at six tenths of the threads' rate. So it mines only when the user names it, or
    /// where the threads can't run the algorithm.
    private static func rivals(_ settings: RunSettings, _ engine: Engine) -> [Device] {
        guard settings.devices == nil, engine.devices.contains(where: { $0.id == .cpu }) else { return [] }
        if let wanted = settings.algorithm, engine.support(for: wanted, on: .cpu) != .supported { return [] }
        return engine.devices.filter(\.isThisCPU)
    }

    private static func engineOfOneTeam(
        _ settings: RunSettings, _ all: Engine, without rivals: [Device]
    ) throws(CommandError) -> Engine {
        var able = all.devices.filter { !rivals.contains($0) }
        if let wanted = settings.algorithm {
            for device in able {
                guard case .unsupported(let reason) = all.support(for: wanted, on: device.id) else { continue }
                if let selectors = settings.devices, selectors.contains(.device(device.id)) || selectors == [.allOpenCL]
                {
                    throw CommandError.cannotRun(wanted, on: device.id, reason: reason)
                }
                able.removeAll { $0 == device }
            }
            guard !able.isEmpty else { throw CommandError(.failed, "no device here runs \(wanted)") }
        }
        return able.count == all.devices.count ? all : try engine(settings, able.map { .device($0.id) })
    }
}
