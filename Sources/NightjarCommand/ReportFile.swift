import NightjarPlatform

/// A file for results. It is looked at before the work begins, because a fault that is found afterwards would lose the
/// results.
struct ReportFile {
    private let file: NamedOutput

    init(path: String) throws(CommandError) {
        do { file = try NamedOutput(path) } catch { throw CommandError(.failed, "\(error)") }
    }

    func write(_ text: String) throws(CommandError) {
        do { try file.write(text + "\n") } catch { throw CommandError(.failed, "\(error)") }
    }
}
