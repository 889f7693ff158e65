import COpenCL
import Glibc
import NightjarPlatform
import Synchronization

/// Tries OpenCL's drivers in child processes before this process loads them.
///
/// When a process asks for platforms, the loader loads every driver into it. A driver that crashes then ends the
/// process, and a driver that hangs stops it for ever. So a child process asks first: it lists all devices and ends. If
/// it crashes or hangs, the driver that causes this is left out here, and named.
package enum DriverProbe {
    /// The argument of the child: see ``DriverChild``.
    static let argument = "--probe-opencl-drivers"

    /// What has been loaded into this process.
    struct Loaded: Sendable {
        /// Whether devices may be asked for.
        var isUsable: Bool
        /// A line for each driver that was left out, with the reason; or the reason why there are no drivers.
        var faults: [String] = []
        /// The drivers that were loaded; `nil` means all that the loader finds.
        var drivers: [OpenCLDriver]?
    }

    /// Tries the drivers, if this program can be started anew, and lets the loader load the sound ones. Called once a
    /// process.
    static func load() -> Loaded {
        DriverCaches.make()
        var loaded = Loaded(isUsable: true, faults: DriverCaches.faults)
        if let command = DriverChild.command(argument) {
            let found = OpenCLDriver.find()
            loaded.faults += found.faults
            let trial = trial(command, of: found.drivers, hidesOthers: !found.faults.isEmpty)
            loaded.faults += trial.faults
            if let drivers = trial.drivers {
                guard !drivers.isEmpty else { return Loaded(isUsable: false, faults: loaded.faults) }
                let isDone: Void? = only(drivers, loadDrivers)
                guard isDone != nil else {
                    loaded.faults.append("OpenCL is not used: leaving a driver out takes a temporary folder")
                    return Loaded(isUsable: false, faults: loaded.faults)
                }
                loaded.drivers = drivers
            }
        }
        loadDrivers()
        loaded.isUsable = OpenCLLoader.isUsable
        if loaded.isUsable {
            loaded.faults += (loaded.drivers ?? OpenCLDriver.find().drivers).compactMap(\.loadFault)
        }
        if let fault = OpenCLLoader.fault { loaded.faults.append("OpenCL is not used: \(fault)") }
        return loaded
    }

    /// The loader loads drivers when platforms are first counted. A failure shows when they are listed.
    private static func loadDrivers() {
        if OpenCLLoader.isUsable { _ = try? Platform.all(Calls()) }
    }

    /// The result of a trial.
    package struct Trial: Sendable, Hashable {
        /// The drivers that may be loaded; `nil` means all that the loader finds.
        package var drivers: [OpenCLDriver]?
        /// A line for each driver that is left out, with the reason.
        package var faults: [String] = []
    }

    /// Tries all drivers together. If that fails, tries each alone, all at the same time, and then the sound ones
    /// together.
    ///
    /// - Parameters:
    ///   - command: starts a child.
    ///   - drivers: the drivers that the loader would load.
    ///   - hidesOthers: whether the loader is to find these drivers only, and not what else it would read.
    ///   - limits: how long a child may take.
    package static func trial(
        _ command: [String], of drivers: [OpenCLDriver], hidesOthers: Bool = false,
        limits: ChildRun.Limits = ChildRun.Limits()
    ) -> Trial {
        let wanted = hidesOthers ? drivers : nil
        guard let all = faults(command, [wanted], limits)[0] else { return Trial(drivers: wanted) }
        // A single driver has just been tried.
        let alone = drivers.count == 1 ? [] : drivers.map { [$0] }
        let found = faults(command, [[]] + alone, limits)
        // It fails without any driver: the fault is in the loader, or in a library that it loads.
        if let reason = found[0] {
            return Trial(drivers: [], faults: ["OpenCL is not used: its loader \(reason)"])
        }
        var trial = Trial(drivers: [])
        var sound: [OpenCLDriver] = []
        for (driver, reason) in zip(drivers, alone.isEmpty ? [all] : Array(found.dropFirst())) {
            if let reason {
                trial.faults.append("OpenCL driver \(driver.description) is left out: it \(reason)")
            } else {
                sound.append(driver)
            }
        }
        if drivers.isEmpty { trial.faults.append("OpenCL is not used: one of its drivers \(all)") }
        // If each is sound alone, they do not bear each other.
        let together = sound.count == drivers.count ? all : sound.count > 1 ? faults(command, [sound], limits)[0] : nil
        guard sound.count > 1, together != nil else {
            trial.drivers = sound
            return trial
        }
        var kept: [OpenCLDriver] = []
        for driver in sound {
            if !kept.isEmpty, let reason = faults(command, [kept + [driver]], limits)[0] {
                let others = kept.map(\.description).joined(separator: ", ")
                trial.faults.append(
                    "OpenCL driver \(driver.description) is left out: together with \(others) it \(reason)")
            } else {
                kept.append(driver)
            }
        }
        trial.drivers = kept
        return trial
    }

    /// What goes wrong with each list of drivers, where a child finds these drivers and no others; `nil` in place of a
    /// list means all that the loader finds. All children run at the same time.
    private static func faults(
        _ command: [String], _ lists: [[OpenCLDriver]?], _ limits: ChildRun.Limits
    ) -> [String?] {
        let trials = lists.map { drivers -> (folder: DriverFolder?, child: ChildRun?) in
            let folder = drivers.flatMap(DriverFolder.init)
            // Without a temporary folder drivers cannot be tried; they count as sound.
            if drivers != nil, folder == nil { return (nil, nil) }
            return (folder, ChildRun(command, variable: folder?.variable, limits: limits))
        }
        ChildRun.wait(for: trials.compactMap(\.child))
        return withExtendedLifetime(trials) { trials.map { $0.child?.fault } }
    }

    /// Runs in the child: asks for all devices, and ends.
    static func runChild() -> Never {
        DriverChild.run(seconds: 60) { _ in _ = OpenCLDevice.all() }
    }

    /// Runs `body`. If the loader loads its drivers meanwhile, it finds these and no others.
    ///
    /// This changes the environment for the time of `body`, because loaders read nothing else.
    ///
    /// - Returns: `nil` when there is no temporary folder; `body` was not called then.
    static func only<Result>(_ drivers: [OpenCLDriver], _ body: () -> Result) -> Result? {
        guard let folder = DriverFolder(drivers) else { return nil }
        let (name, value) = folder.variable
        let before = getenv(name).map { String(cString: $0) }
        setenv(name, value, 1)
        defer {
            if let before { setenv(name, before, 1) } else { unsetenv(name) }
        }
        return withExtendedLifetime(folder) { body() }
    }
}
