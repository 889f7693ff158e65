import COpenCL
import Glibc
import NightjarPlatform
import Synchronization

/// Tries OpenCL's drivers in child processes before this process loads them.
///
/// When a process asks for platforms, the loader loads every driver into it. A driver that crashes then ends the
/// process, and a driver that hangs stops it for ever. So a child process asks first: it lists all devices and ends. If
/// it crashes or hangs, the driver that causes this is left out here, and named.
///
/// The child is this program, started with ``argument``: see ``command``. A library has no program that it could start.
/// So the process of its user loads the drivers untried, as every OpenCL program does, unless the user sets ``command``
/// before the first engine.
package enum DriverProbe {
    /// The one argument of a child. A program that finds it calls ``runChild()`` and does nothing else.
    package static let argument = "--probe-opencl-drivers"

    /// The path and the arguments of a child; with `nil`, drivers are loaded untried.
    package static let command = Locked<[String]?>(nil)

    /// What has been loaded into this process.
    struct Loaded: Sendable {
        /// Whether devices may be asked for.
        var isUsable: Bool
        /// A line for each driver that was left out, with the reason; or the reason why there are no drivers.
        var faults: [String] = []
    }

    /// Tries the drivers, if ``command`` is set, and lets the loader load the sound ones. Called once a process.
    static func load() -> Loaded {
        DriverCaches.make()
        var loaded = Loaded(isUsable: true, faults: DriverCaches.faults)
        if let command = command.withLock({ $0 }) {
            let trial = trial(command, of: OpenCLDriver.all())
            loaded.faults += trial.faults
            if let drivers = trial.drivers {
                guard !drivers.isEmpty else { return Loaded(isUsable: false, faults: loaded.faults) }
                // The loader loads drivers when platforms are first counted. A failure shows when they are listed.
                let isDone: Void? = only(drivers) { if OpenCLLoader.isUsable { _ = try? Platform.all(Calls()) } }
                guard isDone != nil else {
                    loaded.faults.append("OpenCL is not used: leaving a driver out takes a temporary folder")
                    return Loaded(isUsable: false, faults: loaded.faults)
                }
            }
        }
        loaded.isUsable = OpenCLLoader.isUsable
        if let fault = OpenCLLoader.fault { loaded.faults.append("OpenCL is not used: \(fault)") }
        return loaded
    }

    /// The result of a trial.
    package struct Trial: Sendable, Hashable {
        /// The drivers that may be loaded; `nil` means all that the loader finds.
        package var drivers: [OpenCLDriver]?
        /// A line for each driver that is left out, with the reason.
        package var faults: [String] = []
    }

    /// Tries all drivers together. If that fails, tries them one after the other, each together with the sound ones
    /// before it.
    ///
    /// - Parameters:
    ///   - command: see ``command``.
    ///   - drivers: the drivers that the loader would load.
    ///   - limits: how long a child may take.
    package static func trial(
        _ command: [String], of drivers: [OpenCLDriver], limits: ChildRun.Limits = ChildRun.Limits()
    ) -> Trial {
        func fault(with drivers: [OpenCLDriver]?) -> String? {
            let folder = drivers.flatMap(DriverFolder.init)
            // Without a temporary folder drivers cannot be tried; they count as sound.
            if drivers != nil, folder == nil { return nil }
            return ChildRun(command, variable: folder.map { ("OCL_ICD_VENDORS", $0.path) }, limits: limits)?.fault
        }
        guard let all = fault(with: nil) else { return Trial() }
        // It fails without any driver: the fault is in the loader, or in a library that it loads.
        if let reason = fault(with: []) {
            return Trial(drivers: [], faults: ["OpenCL is not used: its loader \(reason)"])
        }
        var trial = Trial(drivers: [])
        for driver in drivers {
            let sound = trial.drivers ?? []
            // A single driver has just been tried.
            guard let reason = drivers.count == 1 ? all : fault(with: sound + [driver]) else {
                trial.drivers = sound + [driver]
                continue
            }
            trial.faults.append("OpenCL driver \(driver.description) is left out: it \(reason)")
        }
        return trial
    }

    /// Runs in the child: asks for all devices, and ends.
    package static func runChild() -> Never {
        // A crash is expected here: leave no core file.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // Ends the child if its parent is gone and the driver hangs.
        alarm(60)
        _ = OpenCLDevice.all()
        _exit(0)
    }

    /// Runs `body`. If the loader loads its drivers meanwhile, it finds these and no others.
    ///
    /// This changes the environment for the time of `body`, because loaders read nothing else.
    ///
    /// - Returns: `nil` when there is no temporary folder; `body` was not called then.
    static func only<Result>(_ drivers: [OpenCLDriver], _ body: () -> Result) -> Result? {
        guard let folder = DriverFolder(drivers) else { return nil }
        let name = "OCL_ICD_VENDORS"
        let before = getenv(name).map { String(cString: $0) }
        setenv(name, folder.path, 1)
        defer {
            if let before { setenv(name, before, 1) } else { unsetenv(name) }
        }
        return withExtendedLifetime(folder) { body() }
    }
}
