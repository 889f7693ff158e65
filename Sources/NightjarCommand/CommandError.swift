import NightjarMiner

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
