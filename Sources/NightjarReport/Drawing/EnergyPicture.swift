/// Speed against hashes per joule: a panel for each family, a point for each algorithm on a device. Both axes are
/// logarithmic, so that points of the same power lie on a slanted line. The points of an algorithm are joined.
package enum EnergyPicture {
    /// Room around a panel's field: the ticks of hashes per joule, watts to the right, family and watts above, and the
    /// ticks of speed.
    private static let (left, right, above, below) = (66.0, 50.0, 44.0, 28.0)
    private static let fieldHeight = 190.0
    private static let gap = 16.0

    /// A result whose energy is known.
    private struct Point {
        let row: BenchRow
        let rate: Double
        let perJoule: Double

        init?(_ row: BenchRow) {
            guard let rate = row.hashrate, let perJoule = row.hashesPerJoule, rate > 0, perJoule > 0,
                rate.isFinite, perJoule.isFinite
            else { return nil }
            (self.row, self.rate, self.perJoule) = (row, rate, perJoule)
        }

        var words: String {
            "\(row.algorithm) on \(row.device): \(Quantity.rate(rate)), \(Quantity.text(perJoule, "H/J"))"
        }
    }

    /// `nil` where fewer than two results have energy: a single point shows nothing.
    package static func picture(_ report: BenchReport, width: Double, id: String) -> String? {
        let points = report.measured.compactMap(Point.init)
        guard points.count >= 2 else { return nil }
        let look = DeviceLook(report)
        var svg = SVG(width: width)
        let devices = look.devices.filter { device in points.contains { $0.row.device == device } }
        var y = look.legend(devices, in: &svg, x: 0, y: 0, width: width)
        let families = ComparisonPicture.families(points.map(\.row))
        let columns = width < 500 || families.count == 1 ? 1 : 2
        let panelWidth = (width - gap * Double(columns - 1)) / Double(columns)
        for (index, rows) in families.enumerated() {
            let column = index % columns
            let place = (x: Double(column) * (panelWidth + gap), y: y + 6)
            panel(rows.compactMap(Point.init), look, &svg, place, width: panelWidth)
            if column == columns - 1 || index == families.count - 1 { y += 6 + above + fieldHeight + below }
        }
        return svg.document(
            height: y, id: id, title: "Speed and hashes per joule",
            description: points.map { "\($0.words)." }.joined(separator: " "))
    }

    private static func panel(
        _ points: [Point], _ look: DeviceLook, _ svg: inout SVG, _ place: (x: Double, y: Double), width: Double
    ) {
        let field = Box(
            left: place.x + left, top: place.y + above, right: place.x + width - right,
            bottom: place.y + above + fieldHeight)
        let speed = Axis(logarithmic: points.map(\.rate), from: field.left, to: field.right)
        let energy = Axis(logarithmic: points.map(\.perJoule), from: field.bottom, to: field.top)
        let name = points.first.map { ComparisonPicture.family($0.row.algorithm) } ?? ""
        svg.text(DeviceLook.fitting(name, width: 0.87 * width), x: place.x, y: place.y + 16, kind: "strong")
        drawGrid(speed, energy, &svg, field)
        drawPower(speed, energy, &svg, field)
        var algorithms: [String] = []
        for point in points where !algorithms.contains(point.row.algorithm) { algorithms.append(point.row.algorithm) }
        func places(_ points: [Point]) -> [(x: Double, y: Double)] {
            points.map { (speed.place($0.rate), energy.place($0.perJoule)) }
        }
        for algorithm in algorithms {
            let mine = points.filter { $0.row.algorithm == algorithm }
            if mine.count > 1 { svg.path(places(mine), kind: "join") }
        }
        for (point, place) in zip(points, places(points)) {
            svg.mark(
                look.index(point.row.device), x: place.x, y: place.y, kind: look.mark(point.row.device),
                note: point.words)
        }
        var taken = places(points).map { Box(around: $0.x, $0.y, reach: 7) }
        for algorithm in algorithms {
            let text = DeviceLook.fitting(algorithm, width: 110)
            let mine = places(points.filter { $0.row.algorithm == algorithm })
            // Where there is no room, the name is left out: the mark's note has it.
            guard let (label, box) = self.label(text, beside: mine, in: field, without: taken) else { continue }
            svg.text(text, x: label.x, y: label.y, anchor: label.anchor, kind: "small")
            taken.append(box)
        }
    }

    private static func drawGrid(_ speed: Axis, _ energy: Axis, _ svg: inout SVG, _ field: Box) {
        svg.line(x1: field.left, y1: field.top, x2: field.left, y2: field.bottom, kind: "grid")
        svg.line(x1: field.left, y1: field.bottom, x2: field.right, y2: field.bottom, kind: "grid")
        var last = -Double.infinity
        for tick in speed.ticks {
            let x = speed.place(tick)
            svg.line(x1: x, y1: field.top, x2: x, y2: field.bottom, kind: "grid")
            // Labels that would touch are left out.
            if x - last < 52 { continue }
            last = x
            svg.text(Quantity.tick(tick, "H/s"), x: x, y: field.bottom + 18, anchor: .middle, kind: "faint small")
        }
        last = .infinity
        for tick in energy.ticks {
            let y = energy.place(tick)
            svg.line(x1: field.left, y1: y, x2: field.right, y2: y, kind: "grid")
            if last - y < 15 { continue }
            last = y
            svg.text(Quantity.tick(tick, "H/J"), x: field.left - 6, y: y + 4, anchor: .end, kind: "faint small")
        }
    }

    /// Lines of the same power: H/J is H/s by W. Each has its watts where it leaves the field.
    private static func drawPower(_ speed: Axis, _ energy: Axis, _ svg: inout SVG, _ field: Box) {
        let least = speed.domain.lowerBound / energy.domain.upperBound
        let most = speed.domain.upperBound / energy.domain.lowerBound
        var (lastX, lastY) = (-Double.infinity, -Double.infinity)
        for watts in Axis(logarithmic: [least, most], from: 0, to: 1).ticks where watts > least && watts < most {
            let from = max(speed.domain.lowerBound, watts * energy.domain.lowerBound)
            let to = min(speed.domain.upperBound, watts * energy.domain.upperBound)
            let (x, y) = (speed.place(to), energy.place(to / watts))
            svg.line(x1: speed.place(from), y1: energy.place(from / watts), x2: x, y2: y, kind: "iso")
            let text = Quantity.tick(watts, "W")
            if y > field.top + 0.5 || x > field.right - 3 {
                if y - lastY < 15 { continue }
                lastY = y
                svg.text(text, x: field.right + 5, y: y + 4, kind: "faint small")
            } else if x - lastX >= 48, x > field.left + 20, x < field.right - 22 {
                lastX = x
                svg.text(text, x: x, y: field.top - 5, anchor: .middle, kind: "faint small")
            }
        }
    }

    /// A part of the picture.
    private struct Box {
        let left, top, right, bottom: Double

        init(left: Double, top: Double, right: Double, bottom: Double) {
            (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
        }

        init(around x: Double, _ y: Double, reach: Double) {
            self.init(left: x - reach, top: y - reach, right: x + reach, bottom: y + reach)
        }

        func contains(_ other: Box) -> Bool {
            other.left >= left && other.right <= right && other.top >= top && other.bottom <= bottom
        }

        func meets(_ other: Box) -> Bool {
            other.left < right && left < other.right && other.top < bottom && top < other.bottom
        }
    }

    /// Where a name stands, beside one of its marks and on nothing else; `nil` where there is no room.
    private static func label(
        _ text: String, beside marks: [(x: Double, y: Double)], in field: Box, without taken: [Box]
    ) -> (place: (x: Double, y: Double, anchor: SVG.Anchor), box: Box)? {
        // Small text is a ninth smaller than the letters whose width is known.
        let width = DeviceLook.width(of: text) * 11.5 / 13
        for (x, y) in marks {
            for (place, left) in [
                ((x: x, y: y - 10, anchor: SVG.Anchor.middle), x - width / 2), ((x, y + 18, .middle), x - width / 2),
                ((x + 9, y + 4, .start), x + 9), ((x - 9, y + 4, .end), x - 9 - width),
            ] {
                let box = Box(left: left, top: place.y - 10, right: left + width, bottom: place.y + 3)
                if field.contains(box), !taken.contains(where: box.meets) { return (place, box) }
            }
        }
        return nil
    }
}
