import Glibc
import NightjarPlatform

/// A file for results. It is opened before the work begins, because a fault that is found afterwards would lose the
/// results.
struct ReportFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(CommandError) {
        self.path = path
        // Not truncated yet: an old report stays when the work fails.
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CommandError(.failed, "\(path): \(errorText(errno))") }
    }

    deinit { close(descriptor) }

    func write(_ text: String) throws(CommandError) {
        // A failure does not matter: terminals and pipes cannot be truncated and need not be.
        _ = ftruncate(descriptor, 0)
        let code = Output.write(text + "\n", to: descriptor)
        guard code == 0 else { throw CommandError(.failed, "\(path): \(errorText(code))") }
    }
}
