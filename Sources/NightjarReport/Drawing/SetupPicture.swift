/// What it takes before the first hash, where it takes long: RandomX's dataset, and everything else.
enum SetupPicture {
    private static let rowHeight = 24.0
    private static let left = 150.0

    /// Seconds that are not worth a bar.
    private static let short = 2.0

    /// `nil` where no result took long.
    static func picture(_ report: BenchReport, width: Double, id: String) -> String? {
        let rows = report.measured.filter { ($0.setupSeconds ?? 0) >= short }
        guard let most = rows.compactMap(\.setupSeconds).max() else { return nil }
        let look = DeviceLook(report)
        var svg = SVG(width: width)
        let axis = Axis(linear: 0...most, ticks: width < 500 ? 3 : 6, from: left, to: width - 70)
        let bottom = rowHeight * Double(rows.count) + 4
        for tick in axis.ticks {
            let x = axis.place(tick)
            svg.line(x1: x, y1: 2, x2: x, y2: bottom, kind: "grid")
            svg.text(
                tick < 1 ? "\(Quantity.fixed(tick, 2)) s" : Quantity.seconds(tick), x: x, y: bottom + 14,
                anchor: .middle, kind: "faint small")
        }
        for (index, row) in rows.enumerated() {
            guard let setup = row.setupSeconds else { continue }
            let y = rowHeight * Double(index) + 2
            let dataset = min(row.datasetSeconds ?? 0, setup)
            svg.text(DeviceLook.fitting("\(row.algorithm) \(row.device)", width: left - 6), x: 0, y: y + 17)
            let middle = axis.place(setup - dataset)
            svg.box(
                x: axis.begin, y: y + 5, width: middle - axis.begin, height: 14,
                kind: ChartStyle.fill(look.index(row.device)), note: "programs, caches and known answers")
            if dataset > 0 {
                svg.box(
                    x: middle, y: y + 5, width: axis.place(setup) - middle, height: 14, kind: "band",
                    note: "the dataset: \(Quantity.seconds(dataset))")
            }
            svg.text(Quantity.seconds(setup), x: width, y: y + 17, anchor: .end)
        }
        return svg.document(
            height: bottom + 20, id: id, title: "Time before the first hash",
            description: rows.map { "\($0.algorithm) on \($0.device): \(Quantity.seconds($0.setupSeconds ?? 0))." }
                .joined(separator: " "))
    }
}
