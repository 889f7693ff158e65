import NightjarPlatform
import NightjarReport

/// A file for results, whose ending decides what is written. It is looked at before the work begins, because a fault that
/// is found afterwards would lose the results.
struct ReportFile {
    private let file: NamedOutput
    private let format: ReportFormat

    init(path: String) throws(CommandError) {
        guard let format = ReportFormat(path: path) else {
            let endings = ReportFormat.allCases.map { ".\($0)" }.joined(separator: ", ")
            throw CommandError(.usage, "\(path): a report's name ends in one of \(endings)")
        }
        self.format = format
        do { file = try NamedOutput(path) } catch { throw CommandError(.failed, "\(error)") }
    }

    func write(_ reports: ReportSet) throws(CommandError) {
        do { try file.write(format.text(reports)) } catch { throw CommandError(.failed, "\(error)") }
    }

    /// Reads what `bench` wrote.
    static func read(_ path: String) throws(CommandError) -> ReportSet {
        let bytes: [UInt8]
        do { bytes = try OwnFile(path, .report, for: .reading).contents(.report) } catch {
            throw CommandError(.badInput, "\(error)")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        do { return try ReportSet(reading: bytes, name: name) } catch {
            throw CommandError(.badInput, "\(path) is no report of 'nightjar bench': \(error)")
        }
    }
}
