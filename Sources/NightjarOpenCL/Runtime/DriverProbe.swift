import COpenCL
import Glibc
import NightjarPlatform
import Synchronization

/// Tries OpenCL's drivers in child processes before this process loads them.
///
/// The loader loads every driver into the process that asks for platforms. A driver that crashes there takes the
/// process with it, and one that hangs holds it for ever. A child can do both and harm nothing: it asks for all devices
/// and ends; drivers with which it dies or hangs are left out here, by name.
///
/// The child is the program itself, started with ``argument``: see ``command``. A library has no program to start, so
/// that its user's process loads the drivers untried, as every OpenCL program does, unless the user sets ``command``
/// before the first engine.
package enum DriverProbe {
    /// The one argument of a child, which then does nothing but ``runChild()``.
    package static let argument = "--probe-opencl-drivers"

    /// The program and the arguments of a child; `nil` loads drivers untried.
    package static let command = Mutex<[String]?>(nil)

    /// What has been loaded into this process.
    struct Loaded: Sendable {
        /// Whether devices may be asked for.
        var isUsable: Bool
        /// A line for each driver that was left out, and why; or why there are none at all.
        var faults: [String] = []
    }

    /// Tries the drivers, if there is a ``command``, and lets the loader load those that are sound. Once a process.
    static func load() -> Loaded {
        var loaded = Loaded(isUsable: true)
        if let command = command.withLock({ $0 }) {
            let trial = trial(command, of: OpenCLDriver.all())
            loaded.faults = trial.faults
            if let drivers = trial.drivers {
                guard !drivers.isEmpty else { return Loaded(isUsable: false, faults: trial.faults) }
                // They are loaded when platforms are first counted, with whatever comes of it.
                let isDone: Void? = only(drivers) { if OpenCLLoader.isUsable { _ = try? Platform.all(Calls()) } }
                guard isDone != nil else {
                    loaded.faults.append("OpenCL is not used: there is no temporary folder to sort its drivers in")
                    return Loaded(isUsable: false, faults: loaded.faults)
                }
            }
        }
        loaded.isUsable = OpenCLLoader.isUsable
        if let fault = OpenCLLoader.fault { loaded.faults.append("OpenCL is not used: \(fault)") }
        return loaded
    }

    /// What a trial came to.
    package struct Trial: Sendable, Hashable {
        /// The drivers that may be loaded; `nil` for all that the loader finds.
        package var drivers: [OpenCLDriver]?
        /// A line for each driver that is left out, and why.
        package var faults: [String] = []
    }

    /// Tries the drivers together and, if that fails, adds one after the other to those that work.
    ///
    /// - Parameters:
    ///   - command: see ``command``.
    ///   - drivers: those that the loader would load.
    ///   - limits: how long a child may take.
    package static func trial(
        _ command: [String], of drivers: [OpenCLDriver], limits: ChildRun.Limits = ChildRun.Limits()
    ) -> Trial {
        func fault(with drivers: [OpenCLDriver]?) -> String? {
            let folder = drivers.flatMap(DriverFolder.init)
            // Without a folder to try them in, nothing can be said against them.
            if drivers != nil, folder == nil { return nil }
            return ChildRun(command, variable: folder.map { ("OCL_ICD_VENDORS", $0.path) }, limits: limits)?.fault
        }
        guard let all = fault(with: nil) else { return Trial() }
        // Not a driver's doing then: the loader's own, or that of something else which it loads.
        if let reason = fault(with: []) {
            return Trial(drivers: [], faults: ["OpenCL is not used: its loader \(reason)"])
        }
        var trial = Trial(drivers: [])
        for driver in drivers {
            let sound = trial.drivers ?? []
            // What has been found out about one driver alone need not be found out again.
            guard let reason = drivers.count == 1 ? all : fault(with: sound + [driver]) else {
                trial.drivers = sound + [driver]
                continue
            }
            trial.faults.append("OpenCL driver \(driver.description) is left out: it \(reason)")
        }
        return trial
    }

    /// What a child does: asks for all devices, and ends.
    package static func runChild() -> Never {
        // Its crash is expected; nobody is going to look into it.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // Should its parent end before it.
        alarm(60)
        _ = OpenCLDevice.all()
        _exit(0)
    }

    /// Runs `body`, in which the loader loads its drivers, so that it finds no others than these.
    ///
    /// The environment is changed meanwhile, as loaders know no other way.
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
