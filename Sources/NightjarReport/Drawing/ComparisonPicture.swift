/// The picture of CPU against GPU: for each algorithm a mark and a whisker for each device, on a logarithmic axis for each
/// family, and the ratio in words.
package enum ComparisonPicture {
    private static let rowHeight = 21.0
    private static let headHeight = 24.0
    private static let left = 84.0
    private static let right = 88.0

    /// What is drawn of a result.
    struct DrawnValue: Sendable {
        let title: String
        let unit: String
        let value: @Sendable (BenchRow) -> Double?
        let interval: @Sendable (BenchRow) -> ClosedRange<Double>?
        let text: @Sendable (Double) -> String

        static let rate = DrawnValue(
            title: "Hashes per second by device", unit: "H/s", value: { $0.hashrate },
            interval: { $0.interval }, text: { Quantity.rate($0) })
        static let energy = DrawnValue(
            title: "Hashes per joule by device", unit: "H/J", value: { $0.hashesPerJoule }, interval: { _ in nil },
            text: { Quantity.text($0, "H/J") })
    }

    /// The picture as a file of its own.
    package static func file(_ report: BenchReport) -> String {
        picture(report, .rate, width: 760, id: "p", style: ChartStyle.colours + ChartStyle.charts)
    }

    /// - Parameter style: CSS, for a picture that stands alone.
    static func picture(
        _ report: BenchReport, _ quantity: DrawnValue, width: Double, id: String, style: String? = nil
    ) -> String {
        let look = DeviceLook(report)
        let margin = style == nil ? 0.0 : 16
        var svg = SVG(width: width)
        var y = margin
        if style != nil {
            svg.text(
                DeviceLook.fitting(report.host.cpu, width: 0.87 * (width - 2 * margin)), x: margin, y: y + 14,
                kind: "strong")
            y += 24
        }
        y = look.legend(look.devices, in: &svg, x: margin, y: y, width: width - 2 * margin)
        for rows in families(report.measured.filter { quantity.value($0) != nil }) {
            y = panel(rows, quantity, report, look, &svg, from: y + 6, margin: margin)
        }
        if style != nil {
            let head = ["nightjar \(report.version)", report.created].compactMap(\.self).joined(separator: ", ")
            svg.text(
                "\(head); medians with 95 % intervals, known answers passed", x: margin, y: y + 16, kind: "faint small")
            y += 22
        }
        return svg.document(
            height: y + margin, id: id, title: quantity.title, description: description(report, quantity, look),
            style: style)
    }

    /// The results of each family in a list, whose speeds are alike; in the order of their first result.
    static func families(_ rows: [BenchRow]) -> [[BenchRow]] {
        var names: [String] = []
        for row in rows where !names.contains(family(row.algorithm)) { names.append(family(row.algorithm)) }
        return names.map { name in rows.filter { family($0.algorithm) == name } }
    }

    /// `cn/r` and `cn-lite/1` are CryptoNight, `rx/0` RandomX; every other algorithm is its own.
    static func family(_ algorithm: String) -> String {
        if algorithm.hasPrefix("cn") { return "CryptoNight" }
        if algorithm.hasPrefix("rx") { return "RandomX" }
        return algorithm
    }

    private static func panel(
        _ rows: [BenchRow], _ quantity: DrawnValue, _ report: BenchReport, _ look: DeviceLook, _ svg: inout SVG,
        from top: Double, margin: Double
    ) -> Double {
        let values = rows.flatMap { row -> [Double] in
            let interval = quantity.interval(row)
            return [quantity.value(row), interval?.lowerBound, interval?.upperBound].compactMap(\.self)
        }
        let end = svg.width - margin - right
        let axis = Axis(logarithmic: values, from: margin + left, to: end)
        var algorithms: [String] = []
        for row in rows where !algorithms.contains(row.algorithm) { algorithms.append(row.algorithm) }
        let height = algorithms.reduce(0) { sum, name in
            sum + headHeight + rowHeight * Double(rows.filter { $0.algorithm == name }.count)
        }
        var last = -Double.infinity
        for tick in axis.ticks {
            let x = axis.place(tick)
            svg.line(x1: x, y1: top + 4, x2: x, y2: top + height + 4, kind: "grid")
            // Labels that would touch are left out.
            if x - last < 52 { continue }
            last = x
            svg.text(
                Quantity.tick(tick, quantity.unit), x: x, y: top + height + 18, anchor: .middle, kind: "faint small")
        }
        var y = top
        for algorithm in algorithms {
            let words = ratioWords(algorithm, quantity, report)
            let room = svg.width - 2 * margin
            svg.text(
                DeviceLook.fitting(algorithm, width: words.isEmpty ? 0.87 * room : 88), x: margin, y: y + 18,
                kind: "strong")
            if !words.isEmpty {
                svg.text(DeviceLook.fitting(words, width: room - 92), x: svg.width - margin, y: y + 18, anchor: .end)
            }
            y += headHeight
            for row in rows where row.algorithm == algorithm {
                draw(row, quantity, look, axis, &svg, y: y + rowHeight / 2, margin: margin)
                y += rowHeight
            }
        }
        return y + 26
    }

    private static func draw(
        _ row: BenchRow, _ quantity: DrawnValue, _ look: DeviceLook, _ axis: Axis, _ svg: inout SVG, y: Double,
        margin: Double
    ) {
        guard let value = quantity.value(row) else { return }
        let text = quantity.text(value)
        let interval = quantity.interval(row)
        let spread =
            interval.map { ", 95 % from \(quantity.text($0.lowerBound)) to \(quantity.text($0.upperBound))" } ?? ""
        let note = "\(row.algorithm) on \(row.device): \(text)\(spread)"
        svg.text(DeviceLook.fitting(row.device, width: left - 6), x: margin, y: y + 4, kind: "faint")
        svg.line(x1: axis.begin, y1: y, x2: axis.end, y2: y, kind: "grid")
        if let interval {
            let (low, high) = (axis.place(interval.lowerBound), axis.place(interval.upperBound))
            svg.whisker(from: low, to: high, y: y, kind: "whisker \(ChartStyle.stroke(look.index(row.device)))")
        }
        svg.mark(look.index(row.device), x: axis.place(value), y: y, kind: look.mark(row.device), note: note)
        svg.text(text, x: svg.width - margin, y: y + 4, anchor: .end)
    }

    /// Such as "opencl:0.0 = 3.41 × cpu (3.38 to 3.45)": the greatest ratio, of other silicon where there is any.
    ///
    /// - Returns: the same in ever fewer words; empty where there is nothing to compare.
    private static func ratioWords(_ algorithm: String, _ quantity: DrawnValue, _ report: BenchReport) -> [String] {
        if quantity.unit == "H/s" {
            let all = report.comparisons.filter { $0.a.algorithm == algorithm && $0.b.algorithm == algorithm }
            let others = all.filter { report.device($0.a.device)?.sameSiliconAs == nil }
            guard let most = (others.isEmpty ? all : others).max(by: { $0.ratio.ratio < $1.ratio.ratio }) else {
                return []
            }
            return [most.words, most.shortWords]
        }
        let rows = report.measured.filter { $0.algorithm == algorithm }
        guard let first = rows.first, let base = quantity.value(first) else { return [] }
        let words = rows.dropFirst().compactMap { row in
            quantity.value(row).map { "\(row.device) = \(Quantity.ratio($0 / base)) × \(first.device)" }
        }
        return words.isEmpty ? [] : [words.joined(separator: "; "), words[0]]
    }

    private static func description(_ report: BenchReport, _ quantity: DrawnValue, _ look: DeviceLook) -> String {
        report.measured.compactMap { row in
            quantity.value(row).map { "\(row.algorithm) on \(row.device): \(quantity.text($0))." }
        }.joined(separator: " ")
    }
}

extension RateComparison {
    /// Such as "opencl:0.0 = 3.41 × cpu (3.38 to 3.45)".
    var words: String {
        let range =
            ratio.interval.map { interval in
                let ends = [interval.lowerBound, interval.upperBound]
                let words = ends.map(Quantity.ratio)
                // Ends that round to the same number get one more digit.
                return words[0] != words[1] || interval.lowerBound == interval.upperBound
                    ? " (\(words[0]) to \(words[1]))"
                    : " (\(Quantity.fixed(ends[0], 3)) to \(Quantity.fixed(ends[1], 3)))"
            } ?? ""
        return shortWords + range
    }

    /// Such as "opencl:0.0 = 3.41 × cpu".
    var shortWords: String { "\(a.device) = \(Quantity.ratio(ratio.ratio)) × \(b.device)" }
}
