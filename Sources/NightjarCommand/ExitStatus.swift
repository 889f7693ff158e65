/// The exit codes that Nightjar promises.
enum ExitStatus: Int32 {
    /// No usable device, wrong hashes, output that cannot be written.
    case failed = 1
    case usage = 64
    case badInput = 65
    case unavailable = 69
    case badConfiguration = 78
}
