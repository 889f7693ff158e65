import Glibc
import NightjarPlatform

/// A file that is opened before the work whose results it is to hold: finding out afterwards would lose them.
struct ReportFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(CommandError) {
        self.path = path
        // Not truncated yet: an old report stays if there will be no new one.
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CommandError(.failed, "\(path): \(errorText(errno))") }
    }

    deinit { close(descriptor) }

    func write(_ text: String) throws(CommandError) {
        // Not everything can be truncated; a terminal or a pipe need not be.
        _ = ftruncate(descriptor, 0)
        let code = Output.write(text + "\n", to: descriptor)
        guard code == 0 else { throw CommandError(.failed, "\(path): \(errorText(code))") }
    }
}
