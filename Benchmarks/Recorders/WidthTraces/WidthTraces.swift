import Glibc
import NightjarStages

/// Prints how fast each width hashes, a row a turn. `Benchmarks/width-traces.py` runs it.
@main struct WidthTraces {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3, let name = arguments.first, let seconds = arguments.last.flatMap(Double.init),
            let recorder = WidthRecorder(
                algorithm: name, units: arguments.dropFirst().first?.split(separator: ",").compactMap { Int($0) } ?? [])
        else {
            print("usage: WidthTraces ALGORITHM UNIT[,UNIT…] SECONDS")
            return
        }
        let words = recorder.widths.map(String.init).joined(separator: " ")
        print("widths \(words) batch \(recorder.batch ?? 0)")
        try recorder.record(seconds: seconds) { row in
            print(row.start, (row.times + row.wall).map { String(Int($0.rounded())) }.joined(separator: " "))
            fflush(nil)
        }
    }
}
