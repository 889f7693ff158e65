import NightjarMiner

/// The promised exit codes.
enum ExitStatus: Int32 {
    /// No usable device, wrong hashes, output that cannot be written.
    case failed = 1
    case usage = 64
    case badInput = 65
    case unavailable = 69
    case badConfiguration = 78
}

/// The end of a command that did not do what was asked: an exit code, and one line for standard error.
struct CommandError: Error {
    let code: ExitStatus
    let message: String

    init(_ code: ExitStatus, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Faults of flags are of usage; those of a file or the environment, of the configuration.
    init(_ error: SettingError) { self.init(error.isUsage ? .usage : .badConfiguration, error.description) }
}
