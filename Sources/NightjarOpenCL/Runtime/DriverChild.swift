import COpenCL
import Glibc
import NightjarPlatform
import Synchronization

/// This program, started anew to do what a driver may crash or hang over.
///
/// A library has no program that it could start. So the process of its user calls the drivers itself, as every OpenCL
/// program does, unless the user sets ``program`` before the first engine.
package enum DriverChild {
    /// The program's path; with `nil`, no child is started.
    package static let program = Locked<String?>(nil)

    /// Does the work of a child and ends the process, if the program was started as one. To be called first.
    ///
    /// - Parameter arguments: of the program, without its name.
    package static func run(_ arguments: some Collection<String>) {
        switch arguments.count == 1 ? arguments.first : nil {
        case DriverProbe.argument: DriverProbe.runChild()
        case ProgramTrial.argument: ProgramTrial.runChild()
        default: return
        }
    }

    /// A child's command; `nil` when there is no program.
    static func command(_ argument: String) -> [String]? { program.withLock { $0.map { [$0, argument] } } }

    /// Runs in a child: does its work, and ends it.
    ///
    /// - Parameters:
    ///   - seconds: when it ends if it hangs and its parent process is gone.
    ///   - work: gets the files that drivers must leave open.
    static func run(seconds: UInt32, _ work: (OpenFileWatch) -> Void) -> Never {
        begin(seconds: seconds)
        let files = OpenFileWatch()
        work(files)
        _exit(files.isIntact ? ChildRun.done : ChildRun.closedFiles)
    }

    private static func begin(seconds: UInt32) {
        nj_end_with_parent()
        // The parent may have ended before that.
        if let parent = getenv(ChildRun.parentVariable), pid_t(String(cString: parent)) != getppid() {
            _exit(EXIT_FAILURE)
        }
        alarm(seconds)
        // A crash is expected here: leave no core file.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        crashAtOnce()
    }

    /// Lets a fault end the child without a report, which takes seconds. Drivers set handlers when they are loaded, and
    /// some go on after a fault.
    static func crashAtOnce() {
        for number in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { signal(number, SIG_DFL) }
    }
}
