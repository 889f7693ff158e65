/// Writes numbers into lines for people.
package enum PlainText {
    /// Hashes per second, with a unit that leaves about three digits: `98.3 H/s`, `5.41 kH/s`.
    package static func rate(_ hashesPerSecond: Double) -> String {
        var value = hashesPerSecond
        for unit in ["H/s", "kH/s", "MH/s", "GH/s"] {
            if value < 1000 { return "\(fixed(value, unit == "H/s" ? 1 : 2)) \(unit)" }
            value /= 1000
        }
        return "\(fixed(value, 2)) TH/s"
    }

    /// A line in pieces of at most `width` characters, broken between words where that is possible. The later pieces are
    /// indented further than the line.
    package static func folded(_ line: String, width: Int) -> [String] {
        guard line.count > width, width > 0 else { return [line] }
        let lead = line.prefix { $0 == " " }.count + 2
        let indent = String(repeating: " ", count: lead < width / 2 ? lead : 0)
        var pieces: [String] = []
        var rest = indent.isEmpty ? String(line.drop { $0 == " " }) : line
        while rest.count > width {
            let words = rest.firstIndex { $0 != " " } ?? rest.startIndex
            let space = rest[words...].prefix(width + 1 - rest.distance(from: rest.startIndex, to: words))
                .lastIndex(of: " ")
            let end = space ?? rest.index(rest.startIndex, offsetBy: width)
            pieces.append(String(rest[..<end]))
            let next = rest[end...].drop { $0 == " " }
            guard !next.isEmpty else { return pieces }
            rest = indent + next
        }
        return pieces + [rest]
    }

    /// `0.8 s` below one second, then whole seconds.
    package static func seconds(_ seconds: Double) -> String {
        seconds < 0.95 ? "\(fixed(seconds, 1)) s" : "\(Int(min(seconds, 1e9).rounded())) s"
    }

    /// A decimal with exactly `digits` places, at least one.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / scale)."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
