import NightjarJSON

/// The sections of a page about one report.
struct PageSections {
    let report: BenchReport
    let id: String
    let detail: PageDetail
    private let look: DeviceLook

    /// - Parameter id: makes the ids of pictures unique on a page.
    init(_ report: BenchReport, id: String, _ detail: PageDetail) {
        self.report = report
        self.id = id
        self.detail = detail
        look = DeviceLook(report)
    }

    var all: String {
        [head, comparison, energy, repetitions, limits, together, scan, setup, baseline, conditions, numbers]
            .compactMap(\.self).joined()
    }

    static func section(_ title: String, _ body: String, isLong: Bool = false) -> String {
        let kind = isLong ? #" class="long""# : ""
        return "<section\(kind)>\n<h2>\(Markup.text(title))</h2>\n\(body)</section>\n"
    }

    /// A picture for phones and one for larger pages: text keeps its size in both.
    static func picture(
        _ id: String, _ detail: PageDetail, _ draw: (_ width: Double, _ id: String) -> String?
    ) -> String? {
        guard let wide = draw(760, "\(id)w") else { return nil }
        guard detail.hasCopies, let narrow = draw(360, "\(id)n") else {
            return
                "<div class=\"scroll picture\" tabindex=\"0\" role=\"region\" aria-label=\"Picture\">\n\(wide)</div>\n"
        }
        return "<div class=\"narrow\">\n\(narrow)</div>\n<div class=\"wide\">\n\(wide)</div>\n"
    }

    static func ratios(
        _ comparisons: [RateComparison], title: String, id: String, _ detail: PageDetail
    ) -> String {
        guard !comparisons.isEmpty else { return "<p>They have no algorithm on the same device in common.</p>\n" }
        let picture = picture(id, detail) { RatioPicture.picture(comparisons, title: title, width: $0, id: $1) } ?? ""
        return picture
            + table(
                title, ["Algorithm", "Device", "Ratio", "From", "To", "Verdict"], numbers: [2, 3, 4],
                comparisons.map { comparison in
                    [
                        comparison.a.algorithm, comparison.a.device, number(comparison.ratio.ratio),
                        number(comparison.ratio.interval?.lowerBound), number(comparison.ratio.interval?.upperBound),
                        comparison.verdict.rawValue,
                    ]
                })
    }

    private var head: String {
        let failed = !report.failed.isEmpty
        var text = "<p>\(Markup.text(Sentences.machine(report)))</p>\n"
        text += "<p\(failed ? #" class="bad""# : "")>\(Markup.text(Sentences.verification(report)))</p>\n"
        let warnings = Sentences.warnings(report)
        if !warnings.isEmpty {
            text += "<ul class=\"warnings\">\n"
            for warning in warnings { text += "<li><strong>Warning:</strong> \(Markup.text(warning))</li>\n" }
            text += "</ul>\n"
        }
        if let command = report.command { text += "<p>To repeat it: <code>\(Markup.text(command))</code></p>\n" }
        return text
    }

    private var comparison: String? {
        guard !report.measured.isEmpty else { return nil }
        let picture =
            Self.picture("\(id)s", detail) { ComparisonPicture.picture(report, .rate, width: $0, id: $1) } ?? ""
        let note = "<p class=\"faint\">Medians with 95 % intervals, on logarithmic axes. To the right is faster.</p>\n"
        guard !report.comparisons.isEmpty else { return Self.section("Speed", picture + note) }
        let ratios = Self.table(
            "Ratios", ["Algorithm", "Device", "Against", "Ratio", "From", "To", "Verdict"], numbers: [3, 4, 5],
            report.comparisons.map { comparison in
                [
                    comparison.a.algorithm, comparison.a.device, comparison.b.device,
                    Self.number(comparison.ratio.ratio),
                    Self.number(comparison.ratio.interval?.lowerBound),
                    Self.number(comparison.ratio.interval?.upperBound), comparison.verdict.rawValue,
                ]
            })
        return Self.section("Device against device", picture + note + ratios)
    }

    private var repetitions: String? {
        Self.picture("\(id)d", detail) { RepetitionPicture.picture(report, width: $0, id: $1) }.map { picture in
            Self.section(
                "Repetitions",
                picture
                    + "<p class=\"faint\">A mark is a sample, a cross an outlier by Tukey's fences, which counts like "
                    + "the others. The band is the interval of the median.</p>\n")
        }
    }

    private var together: String? {
        report.together.map { together in
            Self.section(
                "All devices at once",
                Self.table(
                    "All devices at once", ["Algorithm", "Device", "Alone", "At the same time"], numbers: [2, 3],
                    together.results.map { part in
                        let alone = report.measured.first { $0.pair == part.pair }?.hashrate
                        return [
                            part.pair.algorithm, part.pair.device, alone.map(Quantity.rate) ?? "–",
                            Quantity.rate(part.hashrate),
                        ]
                    } + together.sums.map { [$0.algorithm, "all", "–", Quantity.rate($0.hashrate)] }))
        }
    }

    private var scan: String? {
        guard !report.scan.isEmpty else { return nil }
        return Self.section(
            "Scaling",
            Self.table(
                "Scaling", ["Algorithm", "Device", "Threads", "Hashes a launch", "Speed"], numbers: [2, 3, 4],
                report.scan.map { point in
                    [
                        point.pair.algorithm, point.pair.device, point.threads.map(String.init) ?? "–",
                        point.batch.map(String.init) ?? "–", Quantity.rate(point.hashrate),
                    ]
                }))
    }

    private var setup: String? {
        Self.picture("\(id)u", detail) { SetupPicture.picture(report, width: $0, id: $1) }.map { picture in
            Self.section(
                "Before the first hash",
                picture + "<p class=\"faint\">Programs, caches and known answers; the paler part is a RandomX dataset. "
                    + "Shown where it took two seconds or more.</p>\n")
        }
    }

    private var baseline: String? {
        report.baseline.map { baseline in
            let title = "Against \(baseline.file)"
            return Self.section(title, Self.ratios(baseline.comparisons, title: title, id: "\(id)b", detail))
        }
    }

    private var conditions: String? {
        let devices = Self.table(
            "Devices", ["Device", "Kind", "Name", "Platform", "Driver", "Units", "Memory"], numbers: [5, 6],
            texts: [2, 3, 4],
            report.devices.map { device in
                [
                    device.id, device.kind, device.name, device.platform ?? "–", device.driver ?? "–",
                    device.computeUnits.map(String.init) ?? "–", device.memory.map(Quantity.bytes) ?? "–",
                ]
            })
        guard let conditions = report.conditions else {
            return report.devices.isEmpty ? nil : Self.section("Devices", devices)
        }
        let table = Self.table(
            "Conditions", ["Condition", "Value"], numbers: [], texts: [1],
            Sentences.conditions(conditions).map { [$0.name, $0.text] })
        return Self.section("Conditions", table + (report.devices.isEmpty ? "" : "<h3>Devices</h3>\n" + devices))
    }

    private var numbers: String {
        let results = Self.table(
            "Results",
            [
                "Algorithm", "Device", "H/s", "Low", "High", "MAD", "Least", "Most", "Samples", "Hashes", "Seconds",
                "J per hash", "Checksum", "Verified", "Mode",
            ], numbers: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            report.results.map { row in
                let summary = row.summary
                return [
                    row.algorithm, row.device, Self.number(row.hashrate), Self.number(row.interval?.lowerBound),
                    Self.number(row.interval?.upperBound), Self.number(summary?.medianAbsoluteDeviation),
                    Self.number(summary?.minimum), Self.number(summary?.maximum), "\(row.samples.count)",
                    "\(row.hashes)", Self.number(row.seconds), Self.number(row.joulesPerHash), row.checksum ?? "–",
                    row.isVerified ? "yes" : "no: \(row.error ?? "not verified")", row.mode ?? "–",
                ]
            })
        return Self.section("Every number", results + everySample, isLong: true)
    }

    private var everySample: String {
        let rows = report.results.filter { !$0.samples.isEmpty }
        guard !rows.isEmpty else { return "" }
        guard detail.hasSamples else {
            let count = rows.reduce(0) { $0 + $1.samples.count }
            return "<p class=\"faint\">The \(count) samples are in the JSON below. They are too many for a table here: "
                + "<code>nightjar report -o FILE.csv</code> makes one.</p>\n"
        }
        return "<details>\n<summary>Every sample</summary>\n\(rows.map(samples).joined())</details>\n"
    }

    /// The samples of a result. There may be a thousand on a page, so that cells have no class of their own.
    private func samples(_ row: BenchRow) -> String {
        let title = Markup.text("\(row.algorithm) on \(row.device)")
        var text =
            "<div class=\"scroll samples\" tabindex=\"0\" role=\"region\" aria-label=\"Samples of \(title)\">\n<table>\n"
        text += "<caption>\(title)</caption>\n<thead><tr>"
        for head in ["Start", "Seconds", "Hashes", "H/s", "Joules", "°C", "MHz"] {
            text += "<th scope=\"col\">\(head)</th>"
        }
        text += "</tr></thead>\n<tbody>\n"
        for sample in row.samples {
            let rate = row.isVerified ? Self.number(sample.rate) : "–"
            let cells = [
                Self.number(sample.start), Self.number(sample.seconds), "\(sample.hashes)", rate,
                Self.number(sample.joules), Self.number(sample.temperature), Self.number(sample.clock),
            ]
            // HTML lets the ends of cells and rows be left out.
            text += "<tr>" + cells.map { "<td>\($0)" }.joined() + "\n"
        }
        return text + "</tbody>\n</table>\n</div>\n"
    }

    /// The number as the JSON has it.
    static func number(_ value: Double?) -> String {
        let json = JSON.measured(value)
        return json.isNull ? "–" : json.text
    }

    /// - Parameters:
    ///   - numbers: the columns of numbers.
    ///   - texts: the columns whose text may take several lines.
    static func table(
        _ title: String, _ head: [String], numbers: Set<Int>, texts: Set<Int> = [], _ rows: [[String]]
    ) -> String {
        func cells(_ name: String, _ cells: [String], _ scope: String) -> String {
            cells.enumerated().map { index, cell in
                let kind = numbers.contains(index) ? #" class="n""# : texts.contains(index) ? #" class="text""# : ""
                return "<\(name)\(scope)\(kind)>\(Markup.text(cell))</\(name)>"
            }.joined()
        }
        var text =
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(Markup.text(title))\">\n<table>\n"
        text += "<thead><tr>\(cells("th", head, #" scope="col""#))</tr></thead>\n<tbody>\n"
        for row in rows { text += "<tr>\(cells("td", row, ""))</tr>\n" }
        return text + "</tbody>\n</table>\n</div>\n"
    }
}
