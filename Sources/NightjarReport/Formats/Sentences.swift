/// What every form of a report says in words.
package enum Sentences {
    /// The machine, in a sentence.
    static func machine(_ report: BenchReport) -> String {
        let host = report.host
        let cores = host.cores.map { $0 == 1 ? ", 1 core" : ", \($0) cores" } ?? ""
        let date = report.created.map { ", \($0)" } ?? ""
        return "\(host.cpu)\(cores), \(host.os); nightjar \(report.version)\(date)"
    }

    static func verification(_ report: BenchReport) -> String {
        let failed = report.failed
        if failed.isEmpty {
            return report.results.count == 1
                ? "The result is verified." : "All \(report.results.count) results are verified."
        }
        let names = failed.map { "\($0.algorithm) on \($0.device) (\($0.error ?? "not verified"))" }
        return "\(failed.count) of \(report.results.count) results failed: \(names.joined(separator: "; "))."
    }

    /// The report's own warnings, and those that follow from its samples.
    package static func warnings(_ report: BenchReport) -> [String] {
        var lines = report.warnings
        for device in report.devices {
            if let other = device.sameSiliconAs {
                lines.append("\(device.id) is the same silicon as \(other): its bars are no other device's.")
            }
        }
        for row in report.measured {
            if let reasons = row.throttle, !reasons.isEmpty {
                lines.append("\(row.algorithm) on \(row.device) was held back: \(reasons.joined(separator: ", ")).")
            }
            guard let trend = row.trend, trend.isDrift else { continue }
            let way = trend.change < 0 ? "fell" : "rose"
            lines.append(
                "\(row.algorithm) on \(row.device) \(way) by \(Quantity.percent(abs(trend.change))) while it was measured."
            )
        }
        return lines
    }

    /// What must be known to read the numbers of energy, by where they are from.
    static func power(_ report: BenchReport) -> [String] {
        let sources = Set(report.measured.filter { $0.hashesPerJoule != nil }.compactMap(\.powerSource))
        let notes = [
            ("typed", "The power is a wall meter's reading that was typed in: the whole machine's."),
            ("battery", "The power is what flowed out of the battery: the whole machine's."),
            (
                "rapl",
                "RAPL counts the processor's packages and, where it can, their memory; nothing else of the machine."
            ),
            ("nvml", "NVML counts the whole card. The processor's part of the work is not in it."),
            ("hwmon", "The driver's monitor shows the card or the socket alone."),
        ]
        return notes.filter { sources.contains($0.0) }.map(\.1)
    }

    /// What is known of the conditions, and why the rest is not.
    static func conditions(_ conditions: ReportConditions) -> [ReportConditions.Note] {
        let reasons = conditions.unavailable
        func row(_ label: String, _ name: String, _ text: String?) -> ReportConditions.Note {
            let reason = reasons.first { $0.name == name }?.text
            return .init(label, text ?? reason.map { "not known: \($0)" } ?? "not known")
        }
        let pages = conditions.hugePages
        let pageText = pages.map { pages in
            let counts = [("2 MiB", pages.twoMebibytes), ("1 GiB", pages.oneGibibyte)].compactMap { size, count in
                count.map { "\($0) of \(size)" }
            }
            return (counts + [pages.transparent.map { "transparent \($0)" }].compactMap(\.self)).joined(separator: ", ")
        }
        let load = conditions.load.map { $0.map { Quantity.fixed($0, 2) }.joined(separator: " before, ") + " after" }
        let mitigations = conditions.mitigations.map { $0.map { "\($0.name): \($0.text)" }.joined(separator: "; ") }
        return [
            row("Processor", "cpu", conditions.cpu), row("Cores", "cores", conditions.cores.map(String.init)),
            row("Governor", "governor", conditions.governor),
            row("Frequency", "frequencyMHz", conditions.frequencyMHz.map { "\(Quantity.fixed($0, 0)) MHz" }),
            row("Virtual machine", "virtual", conditions.virtual),
            row("Stolen time", "steal", conditions.steal.map(Quantity.percent)), row("Load", "load", load),
            row("Huge pages", "hugePages", pageText), row("Memory", "memory", conditions.memory.map(Quantity.bytes)),
            row("Kernel", "kernel", conditions.kernel), row("Microcode", "microcode", conditions.microcode),
            row("Mitigations", "mitigations", mitigations),
        ]
    }
}
