import NightjarMiner

/// The exit codes that Nightjar promises.
enum ExitStatus: Int32 {
    /// No usable device, wrong hashes, output that cannot be written.
    case failed = 1
    case usage = 64
    case badInput = 65
    case unavailable = 69
    case badConfiguration = 78
}

/// A command failed: the exit code, and one line for standard error.
struct CommandError: Error {
    let code: ExitStatus
    let message: String

    init(_ code: ExitStatus, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A fault in a flag is a usage error; a fault in a file or the environment is a configuration error.
    init(_ error: SettingError) { self.init(error.isUsage ? .usage : .badConfiguration, error.description) }
}
