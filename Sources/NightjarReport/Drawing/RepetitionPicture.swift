/// All samples of all results: how far each is from its result's median, with the interval as a band and outliers as
/// crosses; and beside it the same over time.
enum RepetitionPicture {
    private static let left = 96.0
    private static let rowHeight = 26.0

    /// `nil` where no result has two samples.
    static func picture(_ report: BenchReport, width: Double, id: String) -> String? {
        let rows = report.measured.filter { $0.samples.count >= 2 }
        guard !rows.isEmpty else { return nil }
        let look = DeviceLook(report)
        var svg = SVG(width: width)
        let timeWidth = (width * 0.22).rounded()
        let farthest = rows.flatMap { Self.deviations($0) }.map { abs($0) }.max() ?? 0
        let reach = max(farthest, 0.005) * 1.05
        let axis = Axis(linear: -reach...reach, ticks: width < 500 ? 4 : 8, from: left, to: width - timeWidth - 16)
        let bottom = 20 + rowHeight * Double(heads(rows)) + rowHeight * Double(rows.count)
        for tick in axis.ticks {
            let x = axis.place(tick)
            svg.line(x1: x, y1: 20, x2: x, y2: bottom, kind: abs(tick) < 1e-12 ? "base" : "grid")
            svg.text(
                (tick > 1e-12 ? "+" : "") + trimmed(tick), x: x, y: bottom + 14, anchor: .middle, kind: "faint small")
        }
        svg.text("from the median", x: left, y: 12, kind: "faint small")
        svg.text("over time", x: width, y: 12, anchor: .end, kind: "faint small")
        var (y, algorithm) = (20.0, "")
        for row in rows {
            if row.algorithm != algorithm {
                algorithm = row.algorithm
                svg.text(DeviceLook.fitting(algorithm, width: 0.87 * width), x: 0, y: y + 18, kind: "strong")
                y += rowHeight
            }
            draw(row, look, axis, &svg, y: y + rowHeight / 2)
            drawTime(row, look, &svg, x: width - timeWidth, width: timeWidth, y: y + 3, reach: reach)
            y += rowHeight
        }
        return svg.document(
            height: bottom + 20, id: id, title: "Every repetition",
            description:
                "The deviation of each sample from the median of its result. The table of samples has the numbers.")
    }

    private static func heads(_ rows: [BenchRow]) -> Int {
        var (count, algorithm) = (0, "")
        for row in rows where row.algorithm != algorithm {
            algorithm = row.algorithm
            count += 1
        }
        return count
    }

    /// Each sample's distance from the median, as a part of it.
    private static func deviations(_ row: BenchRow) -> [Double] {
        guard let median = row.hashrate, median > 0 else { return [] }
        return row.samples.map { $0.rate / median - 1 }
    }

    private static func trimmed(_ part: Double) -> String {
        let text = Quantity.fixed(part * 100, 2)
        let short = text.hasSuffix("0") ? String(text.dropLast()) : text
        return (short.hasSuffix(".0") ? String(short.dropLast(2)) : short) + " %"
    }

    private static func draw(_ row: BenchRow, _ look: DeviceLook, _ axis: Axis, _ svg: inout SVG, y: Double) {
        guard let median = row.hashrate, median > 0 else { return }
        svg.text(DeviceLook.fitting(row.device, width: left - 8), x: 8, y: y + 4, kind: "faint")
        if let interval = row.interval {
            let (low, high) = (
                axis.place(interval.lowerBound / median - 1), axis.place(interval.upperBound / median - 1)
            )
            svg.box(
                x: low, y: y - 9, width: max(high - low, 1), height: 18, kind: "band",
                note: "95 % from \(Quantity.rate(interval.lowerBound)) to \(Quantity.rate(interval.upperBound))")
        }
        let outliers = Set(row.summary?.outliers ?? [])
        let shape = look.index(row.device)
        svg.group(look.mark(row.device)) { svg in
            for (index, sample) in row.samples.enumerated() where !outliers.contains(index) {
                svg.mark(shape, x: axis.place(sample.rate / median - 1), y: y, size: 3.5, kind: "")
            }
        }
        for index in outliers.sorted() {
            let rate = row.samples[index].rate
            svg.cross(
                x: axis.place(rate / median - 1), y: y, kind: "out",
                note: "sample \(index + 1), an outlier: \(Quantity.rate(rate))")
        }
    }

    private static func drawTime(
        _ row: BenchRow, _ look: DeviceLook, _ svg: inout SVG, x: Double, width: Double, y: Double, reach: Double
    ) {
        guard let first = row.samples.first?.start, let last = row.samples.map(\.start).max(), last > first else {
            return
        }
        let time = Axis(linear: first...last, ticks: 1, from: x, to: x + width)
        let height = Axis(linear: -reach...reach, ticks: 1, from: y + rowHeight - 6, to: y)
        let points = zip(row.samples, deviations(row)).map { (x: time.place($0.start), y: height.place($1)) }
        svg.line(x1: x, y1: height.place(0), x2: x + width, y2: height.place(0), kind: "grid")
        svg.path(points, kind: "time \(ChartStyle.stroke(look.index(row.device)))")
    }
}
