/// Ratios with their intervals, one below the other, around the line of no difference: a forest plot.
enum RatioPicture {
    private static let rowHeight = 24.0
    private static let left = 150.0

    static func picture(_ comparisons: [RateComparison], title: String, width: Double, id: String) -> String {
        var svg = SVG(width: width)
        let values = comparisons.flatMap { comparison -> [Double] in
            let interval = comparison.ratio.interval
            return [comparison.ratio.ratio, interval?.lowerBound, interval?.upperBound].compactMap(\.self)
        }
        let reach = max(values.map { abs($0 - 1) }.max() ?? 0, 0.02) * 1.1
        let axis = Axis(
            linear: max(0, 1 - reach)...(1 + reach), ticks: width < 500 ? 3 : 6, from: left, to: width - 70)
        let bottom = rowHeight * Double(comparisons.count) + 4
        for tick in axis.ticks {
            let x = axis.place(tick)
            svg.line(x1: x, y1: 2, x2: x, y2: bottom, kind: "grid")
            svg.text(Quantity.fixed(tick, 2), x: x, y: bottom + 14, anchor: .middle, kind: "faint small")
        }
        // What counts as no difference.
        let (low, high) = (axis.place(1 - SpeedRatio.smallest), axis.place(1 + SpeedRatio.smallest))
        svg.box(
            x: low, y: 2, width: high - low, height: bottom - 2, kind: "band", note: "less than 1 % counts as the same")
        svg.line(x1: axis.place(1), y1: 2, x2: axis.place(1), y2: bottom, kind: "base")
        for (index, comparison) in comparisons.enumerated() {
            let y = rowHeight * (Double(index) + 0.5) + 2
            let name = "\(comparison.a.algorithm) \(comparison.a.device)"
            svg.text(DeviceLook.fitting(name, width: left - 6), x: 0, y: y + 4)
            let shape = comparison.verdict == .slower ? 1 : comparison.verdict == .faster ? 2 : 0
            if let interval = comparison.ratio.interval {
                svg.line(
                    x1: axis.place(interval.lowerBound), y1: y, x2: axis.place(interval.upperBound), y2: y,
                    kind: "whisker \(ChartStyle.stroke(shape))")
            }
            svg.mark(
                shape, x: axis.place(comparison.ratio.ratio), y: y, kind: ChartStyle.fill(shape),
                note: "\(name): \(comparison.baselineWords)")
            svg.text(comparison.verdict.rawValue, x: width, y: y + 4, anchor: .end)
        }
        return svg.document(
            height: bottom + 20, id: id, title: title,
            description: comparisons.map { "\($0.a.algorithm) on \($0.a.device): \($0.baselineWords)." }
                .joined(separator: " "))
    }
}

extension RateComparison {
    /// Such as "faster, 1.043 times (1.031 to 1.055)".
    package var baselineWords: String {
        let range = ratio.interval.map {
            " (\(Quantity.fixed($0.lowerBound, 3)) to \(Quantity.fixed($0.upperBound, 3)))"
        }
        return "\(verdict.rawValue), \(Quantity.fixed(ratio.ratio, 3)) times\(range ?? "")"
    }
}
