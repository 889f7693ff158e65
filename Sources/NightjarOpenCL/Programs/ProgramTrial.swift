import Glibc
import NightjarCore
import NightjarPlatform
import Synchronization

/// Builds programs in child processes before this process builds them: see ``DriverChild``.
///
/// A compiler that crashes over a source would end the process, and one that hangs would stop a lane for ever. So the
/// first build of a source, by a device's driver, happens in a child. It leaves the program's binary on disk, where this
/// process and every later one find it; so a program on disk is one that this driver can build and load.
package enum ProgramTrial {
    /// The argument of the child: see ``DriverChild``.
    static let argument = "--try-opencl-program"

    /// Is told once for each device when a trial takes long, in one line. For the user, who waits.
    package static let tell = Locked<(@Sendable (String) -> Void)?>(nil)

    /// How long a build may take: some compilers need minutes for the largest kernels.
    package static let limits = ChildRun.Limits(still: .seconds(8), busy: .seconds(600), all: .seconds(900))
    /// The time after which the user is told.
    private static let patience = Duration.seconds(5)
    private static let told = Locked<Set<DeviceID>>([])

    /// What came of the trials of this process, by their keys' fingerprints. The lock of an outcome is held during its
    /// trial, so that devices that are alike wait for one child.
    private static let outcomes = Locked<[UInt64: Outcome]>([:])

    private final class Outcome: Sendable {
        /// `nil` before the trial; then the reason why the program cannot be built, if it cannot.
        let reason = Locked<String??>(nil)
    }

    /// Tries a program that is not on disk. Does nothing in a process without ``DriverChild/program``, and when the
    /// child cannot be started.
    ///
    /// - Parameter key: see ``ProgramCache/key(_:source:options:)``.
    /// - Returns: an error when the child crashes or hangs. For the rest of this process, the answer stays.
    static func fault(_ request: ProgramRequest, key: String, on device: OpenCLDevice) -> NightjarError? {
        guard let command = DriverChild.command(argument) else { return nil }
        let fingerprint = BinaryFiles.fingerprint(Array(key.utf8))
        let outcome = outcomes.withLock { outcomes in
            let outcome = outcomes[fingerprint] ?? Outcome()
            outcomes[fingerprint] = outcome
            return outcome
        }
        let reason = outcome.reason.withLock { known -> String? in
            if let known { return known }
            let reason = run(command, request, on: device)
            known = .some(reason)
            return reason
        }
        guard let reason else { return nil }
        let driver = device.library.map { " \(printable($0, limit: 512))" } ?? ""
        return NightjarError(device: device.id, reason: "the compiler of its OpenCL driver\(driver) \(reason)")
    }

    /// - Returns: the reason why the program cannot be built, if it cannot.
    private static func run(_ command: [String], _ request: ProgramRequest, on device: OpenCLDevice) -> String? {
        // The child must see the same devices under the same indices.
        let drivers = OpenCLDevice.drivers
        let folder = drivers.flatMap(DriverFolder.init)
        guard drivers == nil || folder != nil else { return nil }
        guard let child = ChildRun(command, variable: folder?.variable, input: request.bytes, limits: limits) else {
            return nil
        }
        ChildRun.wait(for: [child]) { time in
            guard time > patience, told.withLock({ $0.insert(device.id).inserted }) else { return }
            tell.withLock { $0 }?("\(device.id): its driver compiles kernels that are new to it; this can take minutes")
        }
        return withExtendedLifetime(folder) { child.fault }
    }

    /// Runs in the child: builds the program that its input asks for, and ends.
    static func runChild() -> Never {
        DriverChild.run(seconds: 1000) { files in
            guard let request = ProgramRequest(readingFrom: STDIN_FILENO) else { _exit(64) }
            // An error is an answer: this process's parent asks again itself, and gets the same.
            try? request.build { files.isIntact }
        }
    }
}
