import Nightjar
import NightjarCore
import NightjarMiner

/// The devices of a run, by its settings.
enum MineDevices {
    /// Makes the engine on the devices that will mine.
    ///
    /// When the user named a device, it must be able to run the algorithm. Other devices that cannot run it are left
    /// out, and so are devices without a pool.
    static func engine(_ settings: RunSettings) throws(CommandError) -> Engine {
        let named = settings.pools.compactMap(\.devices).flatMap { $0 }
        guard !named.isEmpty else { return try engineOfOneTeam(settings) }
        let present = named.contains { $0 != .device(.cpu) } ? Engine.allDevices().map(\.id) : [.cpu]
        do { try TeamSplit.check(settings, present: present) } catch { throw CommandError(error) }
        let all: Engine
        if let devices = settings.devices {
            all = try engine(settings, devices)
        } else if settings.pools.allSatisfy({ $0.devices != nil }) {
            all = try engine(settings, named)
        } else {
            // One that is left out unless it is named is in, because a pool names it.
            all = try engine(settings, try engine(settings, nil).devices.map { .device($0.id) } + named)
        }
        let used = try split(settings, all).teams.flatMap(\.devices)
        guard !used.isEmpty else { throw CommandError(.failed, "no device here runs the algorithms of its pools") }
        return used.count == all.devices.count ? all : try engine(settings, used.map { .device($0.id) })
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

    private static func engineOfOneTeam(_ settings: RunSettings) throws(CommandError) -> Engine {
        let all = try engine(settings, settings.devices)
        guard let wanted = settings.algorithm else { return all }
        var able: [DeviceSelector] = []
        for device in all.devices {
            switch all.support(for: wanted, on: device.id) {
            case .supported: able.append(.device(device.id))
            case .unsupported(let reason):
                if let selectors = settings.devices, selectors.contains(.device(device.id)) || selectors == [.allOpenCL]
                {
                    throw CommandError.cannotRun(wanted, on: device.id, reason: reason)
                }
            }
        }
        guard !able.isEmpty else { throw CommandError(.failed, "no device here runs \(wanted)") }
        return able.count == all.devices.count ? all : try engine(settings, able)
    }
}
